//! Rules about warninglists: what a hit means for a value.
//!
//! A hit proves that many know a thing, not that it is harmless, so only what *is* on a list by itself is dropped. Held is
//! what is on a list of things that strangers share; one rented machine is its tenant's and may leave. A customer's name below a shared service, and a page on a
//! host that is on a list, are judged by themselves.

use alloc::string::String;

use super::Sanitizer;
use crate::indicator::{Kind, is_icann_suffix, is_public_suffix};
use crate::sanitize::facts;
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{Rule, WARNINGLIST, WARNINGLIST_SHARED};
use crate::sanitize::url_parts::UrlParts;
use crate::sanitize::warninglist::{Effect, Hit, How};

/// Above this many names a list is one of everything that people visit, attackers' sites included.
const MANY: u32 = 50_000;

impl Sanitizer<'_> {
    /// The rule for a candidate on a warninglist, and the list's name. Of several the strictest.
    pub(super) fn by_list(&self, candidate: &Candidate) -> Option<(Rule, String)> {
        let hits = self.warninglists.hits(&candidate.indicator);
        // A name under one of a service's on a small list of such services (dynamic DNS, shorteners) is a customer's.
        let is_under_service = hits.iter().any(|hit| {
            matches!(hit.how, How::Under { .. })
                && hit.list.effect == Effect::Held
                && hit.list.entries <= MANY
        });
        let is_about_it = |hit: &&Hit<'_>| !(is_under_service && matches!(hit.how, How::Under { .. }));
        let judged = hits.iter().filter(is_about_it);
        let judged = judged.filter_map(|hit| Some((rule(candidate, hit)?, hit.list.name.clone())));
        judged.min_by_key(|(rule, _)| rule.number)
    }
}

fn rule(candidate: &Candidate, hit: &Hit<'_>) -> Option<Rule> {
    let kind = candidate.indicator.kind();
    let value = candidate.indicator.value();
    let is_of_network =
        matches!(kind, Kind::Domain | Kind::Url | Kind::Email | Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr);
    let is_weak = hit.list.effect == Effect::Held || (is_of_network && hit.list.entries > MANY);
    let if_itself = if is_weak { WARNINGLIST_SHARED } else { WARNINGLIST };
    let parts = (kind == Kind::Url).then(|| UrlParts::split(value)).flatten();
    let host = parts.map_or(value, |parts| parts.host);
    let is_page = parts.is_some_and(|parts| !parts.is_whole_site());
    match hit.how {
        _ if hit.list.effect == Effect::Told => None,
        How::Exact => Some(if_itself),
        How::Inside if kind == Kind::Url => Some(WARNINGLIST_SHARED),
        How::Inside => Some(if_itself),
        // A mail borrows pages of well-known sites to look real; a report means the page.
        How::Host | How::Under { .. } if is_page => {
            let in_mail = !matches!(candidate.origin, Origin::Stated | Origin::Text | Origin::Prose);
            let is_judged = facts::role(host).is_some() || is_customers(host, 1);
            (in_mail && !is_weak && !is_judged).then_some(WARNINGLIST_SHARED)
        }
        How::Host => Some(if_itself),
        How::Under { labels } => (!is_weak && !is_customers(host, labels)).then_some(WARNINGLIST_SHARED),
    }
}

/// Whether one of the names above `host`, of so many labels or more, gives each customer a name below it.
fn is_customers(host: &str, labels: usize) -> bool {
    let above = core::iter::successors(Some(host), |name| name.split_once('.').map(|(_, parent)| parent));
    above
        .skip(1)
        .take_while(|name| name.split('.').count() >= labels)
        .any(|name| name.contains('.') && (facts::has_customers(name) || is_private_suffix(name)))
}

fn is_private_suffix(name: &str) -> bool {
    is_public_suffix(name) && !is_icann_suffix(name)
}
