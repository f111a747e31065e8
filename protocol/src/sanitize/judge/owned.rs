//! Rules about whose it is: the member's, or the recipients'.

use core::net::IpAddr;

use super::Sanitizer;
use crate::indicator::Kind;
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{
    OWN_DOMAIN, OWN_EMAIL, OWN_INSIDE, OWN_LOOKALIKE, OWN_NETWORK, OWN_PHONE, OWN_URL, RECIPIENT,
    RECIPIENT_INSIDE, Rule,
};
use crate::sanitize::url_parts::UrlParts;

impl Sanitizer<'_> {
    pub(super) fn by_whose_it_is(&self, candidate: &Candidate) -> Option<Rule> {
        let value = candidate.indicator.value();
        let kind = candidate.indicator.kind();
        let host = match kind {
            Kind::Domain => value,
            Kind::Url => UrlParts::split(value)?.bare_host(),
            Kind::Email => value.rsplit_once('@')?.1,
            Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => {
                return if self.own.list.has_network(value) {
                    Some(OWN_NETWORK)
                } else {
                    self.learned.list.has_network(value).then_some(RECIPIENT)
                };
            }
            Kind::Phone => {
                return if self.own.list.has_phone(value) {
                    Some(OWN_PHONE)
                } else {
                    self.learned.list.has_phone(value).then_some(RECIPIENT)
                };
            }
            Kind::Account | Kind::Hashtag | Kind::App => return self.by_its_handle(value),
            _ => return None,
        };
        if kind == Kind::Url && host.parse::<IpAddr>().is_ok() {
            if self.own.list.has_network(host) {
                return Some(OWN_NETWORK);
            }
            return self.learned.list.has_network(host).then_some(RECIPIENT);
        }
        if self.own.list.has_host(host) || (kind == Kind::Email && self.own.list.has_address(value)) {
            return Some(match kind {
                Kind::Url => OWN_URL,
                Kind::Email => OWN_EMAIL,
                _ => OWN_DOMAIN,
            });
        }
        if self.learned.list.has_host(host) || (kind == Kind::Email && self.learned.list.has_address(value)) {
            return Some(RECIPIENT);
        }
        // Of a mail's sender the domain leaves without what is before the `@`.
        if kind == Kind::Email
            && candidate.origin != Origin::Sender
            && let Some(rule) = self.by_its_local_part(value)
        {
            return Some(rule);
        }
        let imitates = self.own.imitations.imitates(host) || self.learned.imitations.imitates(host);
        imitates.then_some(OWN_LOOKALIKE)
    }

    /// Words are glued together in handles, hashtags and the names of apps.
    fn by_its_handle(&self, value: &str) -> Option<Rule> {
        let handle = value.split_once(':').map_or(value, |(_, handle)| handle);
        let holds = |owned: &super::Owned| {
            owned.forbidden.form_in_handle(value).is_some() || owned.forbidden.token_is(handle)
        };
        if holds(&self.own) {
            return Some(OWN_INSIDE);
        }
        holds(&self.learned).then_some(RECIPIENT_INSIDE)
    }

    /// A sender who took a person's name for the part before the `@`.
    fn by_its_local_part(&self, address: &str) -> Option<Rule> {
        // Shorter ones are names that thousands have.
        const SHORTEST: usize = 5;
        let (local, _) = address.rsplit_once('@')?;
        if local.len() < SHORTEST {
            return None;
        }
        if self.own.forbidden.token_is(local) {
            return Some(OWN_INSIDE);
        }
        self.learned.forbidden.token_is(local).then_some(RECIPIENT_INSIDE)
    }
}
