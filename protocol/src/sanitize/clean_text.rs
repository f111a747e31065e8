//! Titles, summaries and other words that people wrote.
//!
//! Decides what is cut out of them before they leave: whatever the leak guard would stop. It judges no indicator.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::judge::{Change, Kept, Sanitizer};
use super::rules::{OWN_IN_TEXT, OWN_STAYS_IN_TEXT};

/// What stands in the place of what was cut out.
pub const REMOVED: &str = "[removed]";

/// The longest text that is cleaned; above it the text is held.
const MAX_BYTES: usize = 256 * 1024;

/// A text after cleaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanText {
    /// What may leave; `None` when the text is held.
    pub text: Option<String>,
    /// What was cut out, or that the text is held.
    pub changed: Vec<Change>,
}

/// `text` with every word that holds an own domain, address or name replaced by [`REMOVED`], defanged and encoded ones
/// too. Held when something stays that cannot be cut out.
pub(super) fn clean_text(sanitizer: &Sanitizer<'_>, text: &str, _kept: &[Kept]) -> CleanText {
    let forbidden = &sanitizer.own.forbidden;
    if text.len() > MAX_BYTES {
        return held(text);
    }
    if forbidden.form_in(text).is_none() {
        return CleanText { text: Some(text.to_string()), changed: Vec::new() };
    }
    let mut cut = Cut { text: String::with_capacity(text.len()), changed: Vec::new() };
    let mut kept_to = 0_usize;
    for origin in forbidden.ranges_in(text) {
        cut.text.push_str(text.get(kept_to..origin.start).unwrap_or_default());
        cut.text.push_str(REMOVED);
        let before = text.get(origin.clone()).unwrap_or_default().to_string();
        cut.changed.push(Change::in_text(OWN_IN_TEXT, before, Some(REMOVED.to_string())));
        kept_to = origin.end;
    }
    cut.text.push_str(text.get(kept_to..).unwrap_or_default());
    if forbidden.form_in(&cut.text).is_some() {
        return held(text);
    }
    CleanText { text: Some(cut.text), changed: cut.changed }
}

struct Cut {
    text: String,
    changed: Vec<Change>,
}

fn held(text: &str) -> CleanText {
    CleanText { text: None, changed: Vec::from([Change::in_text(OWN_STAYS_IN_TEXT, text.to_string(), None)]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanitize::{Decisions, OwnList, Warninglists};
    use alloc::vec;

    fn clean(text: &str) -> CleanText {
        let own = OwnList {
            domains: vec!["campaign.org".to_string()],
            names: vec!["Anna Lee".to_string()],
            ..OwnList::default()
        };
        let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
        Sanitizer::new(&own, &OwnList::default(), &decisions, &warninglists).clean_text(text, &[])
    }

    #[test]
    fn own_domains_addresses_and_names_are_cut_out() {
        let clean = clean(
            "Phish at Anna  Lee <anna@campaign.org>, see (https://www.Campaign[.]org/x) and evil.net; signed: ANNA-LEE.",
        );
        assert_eq!(
            clean.text.as_deref(),
            Some("Phish at [removed] <[removed]>, see ([removed]) and evil.net; signed: [removed].")
        );
        assert_eq!(clean.changed.len(), 4);
        assert_eq!(clean.changed.first().map(|change| change.before.as_str()), Some("Anna  Lee"));
    }

    #[test]
    fn an_innocent_text_is_untouched() {
        let text = "Anna likes champagne; evil.net, campaign.com";
        assert_eq!(clean(text), CleanText { text: Some(text.to_string()), changed: vec![] });
    }

    #[test]
    fn what_cannot_be_cut_out_is_held() {
        let clean = clean("write to anna at campaign dot org please");
        assert_eq!(clean.text, None);
        assert_eq!(clean.changed.first().map(|change| change.rule), Some(307));
    }
}
