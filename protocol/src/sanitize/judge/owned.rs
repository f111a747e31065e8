//! Rules about whose it is: the member's, or the recipients'.

use super::Sanitizer;
use crate::indicator::Kind;
use crate::sanitize::origin::Candidate;
use crate::sanitize::rules::{OWN_DOMAIN, OWN_EMAIL, OWN_URL, RECIPIENT, Rule};
use crate::sanitize::url_parts::UrlParts;

impl Sanitizer<'_> {
    pub(super) fn by_whose_it_is(&self, candidate: &Candidate) -> Option<Rule> {
        let value = candidate.indicator.value();
        let kind = candidate.indicator.kind();
        let host = match kind {
            Kind::Domain => value,
            Kind::Url => UrlParts::split(value)?.host,
            Kind::Email => value.rsplit_once('@')?.1,
            _ => return None,
        };
        if self.own.list.has_host(host) || (kind == Kind::Email && self.own.list.has_address(value)) {
            return Some(match kind {
                Kind::Url => OWN_URL,
                Kind::Email => OWN_EMAIL,
                _ => OWN_DOMAIN,
            });
        }
        let is_learned =
            self.learned.list.has_host(host) || (kind == Kind::Email && self.learned.list.has_address(value));
        is_learned.then_some(RECIPIENT)
    }
}
