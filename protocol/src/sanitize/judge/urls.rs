//! Rules about the parts of a URL: what of it names a person or the member.
//!
//! One pass over the parts; the first rule that meets one is named with the change, the others in its detail.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::url_masks::Masks;
use super::{Change, Sanitizer};
use crate::indicator::{Indicator, Kind};
use crate::sanitize::origin::Candidate;
use crate::sanitize::rules::{
    CREDENTIALS, OWN_INSIDE, OWN_TOKEN, PIXEL, RECIPIENT_IN_URL, RECIPIENT_INSIDE, RECIPIENT_TOKEN, Rule,
    SECRET_IN_URL, TOKEN, TOKEN_LABEL,
};
use crate::sanitize::stable::is_telling;
use crate::sanitize::url_parts::UrlParts;

/// The rules that mask parts of URLs, the most telling first.
const ORDER: [Rule; 8] =
    [OWN_TOKEN, RECIPIENT_IN_URL, CREDENTIALS, RECIPIENT_TOKEN, SECRET_IN_URL, PIXEL, TOKEN, TOKEN_LABEL];

impl Sanitizer<'_> {
    /// The URL without what names a person or the member, and what looks made for one recipient. `None` when nothing is
    /// left that tells one stranger's page from another's, unless the person wants it shared as it is.
    pub(super) fn masked_url(
        &self,
        candidate: &Candidate,
        may_share: bool,
        changed: &mut Vec<Change>,
    ) -> Option<Indicator> {
        let url = candidate.indicator.clone();
        let Some(parts) = UrlParts::split(url.value()) else { return Some(url) };
        let mut masks = Masks::new(self, candidate.origin, &parts);
        let mut rewritten = parts.rewrite(&mut masks);
        let mut masked = Indicator::parse(Kind::Url, &rewritten);
        if masked.as_ref().is_ok_and(|masked| masked.value() != rewritten) {
            // A bracket lost its partner: what is left of the parts would no longer match.
            rewritten = parts.rewrite(&mut masks.mask_all());
            masked = Indicator::parse(Kind::Url, &rewritten);
        }
        let mut met = masks.met;
        if parts.user.is_some() {
            met.insert(CREDENTIALS.number);
        }
        let mut rules = ORDER.into_iter().filter(|rule| met.contains(&rule.number));
        match (rules.next(), masked) {
            (Some(rule), Ok(masked)) => {
                let also: Vec<String> =
                    rules.map(|rule| format!("{} (rule {})", rule.reason, rule.number)).collect();
                let mut change = Change::of(candidate, rule, Some(masked.value().to_string()));
                if !also.is_empty() {
                    change.detail = Some(format!("also {}", also.join("; ")));
                }
                if !UrlParts::split(masked.value()).is_some_and(|parts| is_telling(&parts)) {
                    if may_share {
                        return Some(url);
                    }
                    let inside = if rule.number == OWN_TOKEN.number { OWN_INSIDE } else { RECIPIENT_INSIDE };
                    changed.push(Change::of(candidate, inside, None));
                    return None;
                }
                changed.push(change);
                Some(masked)
            }
            _ => Some(url),
        }
    }
}
