//! Rules about the parts of a URL: what of it names a person or the member.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Change, Sanitizer};
use crate::indicator::{Indicator, Kind};
use crate::sanitize::origin::Candidate;
use crate::sanitize::rules::{CREDENTIALS, OWN_TOKEN, RECIPIENT_IN_URL, RECIPIENT_TOKEN};
use crate::sanitize::url_parts::{UrlParts, holds_address};

impl Sanitizer<'_> {
    /// The URL without what names a person or the member: user names, own strings and mail addresses in its parts.
    pub(super) fn masked_url(&self, candidate: &Candidate, changed: &mut Vec<Change>) -> Indicator {
        let url = candidate.indicator.clone();
        let Some(parts) = UrlParts::split(url.value()) else { return url };
        let mut rules: BTreeSet<u16> = BTreeSet::new();
        let rewritten = parts.rewrite(|part| {
            let rule = if self.own.forbidden.form_in(part).is_some() {
                OWN_TOKEN
            } else if self.learned.forbidden.form_in(part).is_some() {
                RECIPIENT_IN_URL
            } else if holds_address(part) {
                RECIPIENT_TOKEN
            } else {
                return false;
            };
            rules.insert(rule.number);
            true
        });
        if parts.user.is_some() {
            rules.insert(CREDENTIALS.number);
        }
        // The first rule in the order of the table names the change; the value after it shows all of it.
        let rule = [OWN_TOKEN, CREDENTIALS, RECIPIENT_TOKEN, RECIPIENT_IN_URL]
            .into_iter()
            .find(|rule| rules.contains(&rule.number));
        match (rule, Indicator::parse(Kind::Url, &rewritten)) {
            (Some(rule), Ok(masked)) => {
                changed.push(Change::of(candidate, rule, Some(masked.value().to_string())));
                masked
            }
            _ => url,
        }
    }
}
