//! Titles, summaries and other words that people wrote.
//!
//! Decides what is cut out of them before they leave, piece by piece, so that an innocent text comes through letter by
//! letter. Each piece is a change with its rule; what was cut reads [`REMOVED`]. The steps, in this order:
//!
//! 1. `hidden`: invisible characters (427);
//! 2. what the lists forbid: the member's own (306), the recipients (426);
//! 3. `secret`: passwords, keys and codes (423);
//! 4. `indicator` and `inside`: what does not leave (424), what leaves masked, mail addresses that are no shared indicator (421);
//! 5. `path`: folders and machines that name somebody (417); `phone`: telephone numbers (422);
//! 6. `person`: names after a greeting, a title or a closing, and single words of names on the lists (420);
//! 7. `number`: numbers of invoices and tickets (425).
//!
//! What stays in spite of all this is held (307).
//!
//! # What is not caught
//! A person's name in running text that is on no list and has no greeting, title or closing beside it; a place, a job or
//! an event that tells who was hit, unless it is among the words of the own list; a telephone number in groups that no
//! country writes; a password that no word announces.

mod cut;
mod hidden;
mod indicator;
mod inside;
mod number;
mod path;
mod person;
mod phone;
mod secret;
mod word;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::judge::{Change, Kept, Sanitizer};
use super::rules::{HIDDEN_IN_TEXT, OWN_IN_TEXT, OWN_STAYS_IN_TEXT, RECIPIENT_IN_TEXT};
use cut::{Cut, apply};

pub(super) use person::Persons;
pub(super) use secret::{is_announced_by, is_key};

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

/// What one step cuts out of a text.
type Step<'s> = dyn Fn(&str) -> Vec<Cut> + 's;

/// `text` as it may leave beside what was `kept`.
pub(super) fn clean_text(sanitizer: &Sanitizer<'_>, text: &str, kept: &[Kept]) -> CleanText {
    if text.len() > MAX_BYTES {
        return held(text, Vec::new());
    }
    let mut changed = Vec::new();
    let mut clean = hidden::without(text);
    if clean != text {
        changed.push(Change::in_text(HIDDEN_IN_TEXT, text.to_string(), Some(clean.clone())));
    }
    let own = &sanitizer.own.forbidden;
    let learned = &sanitizer.learned.forbidden;
    let kept = indicator::KeptHere::new(kept);
    let steps: [&Step<'_>; 8] = [
        &|text| {
            let mut cuts: Vec<Cut> =
                own.ranges_in(text).into_iter().map(|range| Cut::out(range, OWN_IN_TEXT)).collect();
            let ranges = learned.ranges_in(text).into_iter();
            cuts.extend(ranges.map(|range| Cut::out(range, RECIPIENT_IN_TEXT)));
            cuts
        },
        &secret::cuts,
        &|text| indicator::cuts(sanitizer, text, &kept),
        &|text| inside::cuts(text, &kept),
        &path::cuts,
        &|text| phone::cuts(text, &kept),
        &|text| person::cuts(text, [&sanitizer.own.persons, &sanitizer.learned.persons]),
        &|text| number::cuts(text, &kept),
    ];
    for step in steps {
        clean = apply(&clean, step(&clean), &mut changed);
    }
    if own.form_in_prose(&clean).is_some() || learned.form_in_prose(&clean).is_some() {
        return held(text, changed);
    }
    CleanText { text: Some(clean), changed }
}

/// A reference as it may leave: a whole address that somebody wrote down to be looked up, so that only what is certain is
/// masked in it.
pub(super) fn clean_reference(sanitizer: &Sanitizer<'_>, reference: &str, kept: &[Kept]) -> CleanText {
    match indicator::stated_url(sanitizer, reference) {
        Some(clean) => clean,
        None => clean_text(sanitizer, reference, kept),
    }
}

/// Whether a text that cannot be cut, such as a detection rule, holds a password, a key or a person's folder.
pub(super) fn tells(text: &str) -> bool {
    !secret::cuts(text).is_empty() || !path::cuts(text).is_empty()
}

fn held(text: &str, mut changed: Vec<Change>) -> CleanText {
    changed.push(Change::in_text(OWN_STAYS_IN_TEXT, text.to_string(), None));
    CleanText { text: None, changed }
}

#[cfg(test)]
mod tests;
