//! What a person released in a review, on the same way out as everything else.
//!
//! The rules and the leak guard look at it again: the own list may have grown since, and a decision to share overrules
//! nothing but what held the indicator.

use watchfire_protocol::indicator::Indicator;
use watchfire_protocol::limits::MAX_TITLE_CHARS;
use watchfire_protocol::record::text;
use watchfire_protocol::sanitize::{Candidate, Change, Decision, Kept, OwnList, Sanitizer};

use super::prepare::{made_up_title, publication};
use super::{Draft, Outgoing, Policy};
use crate::error::Error;
use crate::exit::Exit;

/// How the title of such a report ends: its readers have one of the same name already.
const REVIEWED: &str = " (reviewed)";

/// What may leave of what was released.
pub struct Reviewed {
    /// What may leave.
    pub kept: Vec<Kept>,
    /// What the rules changed all the same.
    pub changed: Vec<Change>,
    /// The report that may leave, or why none may.
    pub outcome: Result<Outgoing, Error>,
}

/// The report of released indicators that came from one report. `policy` knows the decisions already.
pub fn reviewed(indicators: Vec<Indicator>, draft: Draft, policy: &Policy) -> Reviewed {
    let learned = OwnList::default();
    let sanitizer = Sanitizer::new(&policy.own, &learned, &policy.decisions, &policy.warninglists);
    let candidates = (0_u32..).zip(indicators).map(|(number, each)| Candidate::stated(each, number));
    let Decision { kept, mut changed } = sanitizer.decide(candidates);
    if kept.is_empty() {
        let outcome = Err(Error::new(
            Exit::Refused,
            "nothing-to-share",
            "the rules keep all of it home, whatever was decided",
            "watchfire sanitizer list shows what they compare with",
        ));
        return Reviewed { kept, changed, outcome };
    }
    let title = draft.title.clone().unwrap_or_else(|| made_up_title(&kept));
    let cleaned = sanitizer.clean_text(title.trim_end_matches(REVIEWED), &kept);
    changed.extend(cleaned.changed);
    let title = cleaned.text.map(|title| {
        let room = MAX_TITLE_CHARS.saturating_sub(REVIEWED.len());
        format!("{}{REVIEWED}", text::tidy(&title, room, text::Lines::One))
    });
    let outcome = publication(&Draft { title, ..draft }, &kept, policy, &learned);
    Reviewed { kept, changed, outcome }
}
