//! What becomes of each candidate before it may leave.
//!
//! Decides by the table in `rules`: kept, masked, dropped or held. Never looks anything up and never asks a person.
//! The order: out of a gateway's wrapper, what the person decided, where it stood, whose it is, what it means, whom it
//! would harm.

mod gateways;
mod harm;
mod listed;
mod names;
mod owned;
mod stood;
mod url_masks;
mod urls;

pub(super) use harm::built_in;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::decisions::{Decisions, Verdict};
use super::fingerprint::{Fingerprint, fingerprint};
use super::forms::Forbidden;
use super::imitation::Imitations;
use super::origin::{Candidate, Origin};
use super::own::{Own, OwnList};
use super::rules::{ChangeKind, DECIDED, OWN_INSIDE, RECIPIENT_INSIDE, Rule, SECRET_INSIDE};
use super::text::{self, CleanText, Persons, clean_reference, clean_text};
use super::warninglist::Warninglists;
use crate::indicator::{Indicator, Kind};

/// What happened to one candidate or text, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Masked, dropped or held.
    pub kind: ChangeKind,
    /// The number of the rule in [`RULES`](super::RULES).
    pub rule: u16,
    /// The rule's reason, in plain words.
    pub reason: &'static str,
    /// More about the reason where there is more to say, such as the name of a warninglist.
    pub detail: Option<String>,
    /// The value as it came. It stays home.
    pub before: String,
    /// The value that leaves instead, if it was masked.
    pub after: Option<String>,
    /// The kind and number of the candidate; `None` for a part of a text.
    pub of: Option<(Kind, u32)>,
}

impl Change {
    pub(super) fn in_text(rule: Rule, before: String, after: Option<String>) -> Change {
        let Rule { number, kind, reason } = rule;
        Change { kind, rule: number, reason, detail: None, before, after, of: None }
    }

    pub(super) fn of(candidate: &Candidate, rule: Rule, after: Option<String>) -> Change {
        let before = candidate.indicator.value().to_string();
        let of = Some((candidate.indicator.kind(), candidate.number));
        Change { of, ..Change::in_text(rule, before, after) }
    }
}

/// A candidate that may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What leaves, masked where needed.
    pub indicator: Indicator,
    /// The number of the candidate that it came from.
    pub number: u32,
}

/// What may leave, and what became of the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// What may leave, each indicator once, in the order they came.
    pub kept: Vec<Kept>,
    /// Every change, in the order the candidates came.
    pub changed: Vec<Change>,
}

/// What is known of one indicator while an input is judged.
#[derive(Default)]
struct Known {
    /// The origins it came with, one bit each.
    origins: u16,
    /// Whether it leaves.
    is_kept: bool,
}

impl Known {
    /// Notes an origin; false when it was noted before.
    fn stood(&mut self, origin: Origin) -> bool {
        let bit = 1_u16.checked_shl(u32::from(origin as u8)).unwrap_or(0);
        let is_new = self.origins & bit == 0;
        self.origins |= bit;
        is_new
    }
}

/// The rules made ready for one input: the member's own list, what the input tells of its recipients, what the person
/// decided before, and the warninglists.
pub struct Sanitizer<'a> {
    pub(super) own: Owned,
    pub(super) learned: Owned,
    decisions: &'a Decisions,
    warninglists: &'a Warninglists,
}

/// One list of forbidden strings, ready for both ways of comparing.
pub(super) struct Owned {
    pub(super) list: Own,
    pub(super) forbidden: Forbidden,
    pub(super) persons: Persons,
    pub(super) imitations: Imitations,
}

impl Owned {
    fn new(list: &OwnList) -> Owned {
        let own = Own::new(list);
        Owned {
            imitations: Imitations::new(own.domains()),
            list: own,
            forbidden: Forbidden::new(&[list]),
            persons: Persons::new(list),
        }
    }
}

impl<'a> Sanitizer<'a> {
    /// `own` is the member's list; `learned` is what the input itself tells about the people it was sent to.
    pub fn new(
        own: &OwnList,
        learned: &OwnList,
        decisions: &'a Decisions,
        warninglists: &'a Warninglists,
    ) -> Sanitizer<'a> {
        Sanitizer { own: Owned::new(own), learned: Owned::new(learned), decisions, warninglists }
    }

    /// Judges every candidate. Whatever is kept passes [`guard`](super::guard()) with the same lists.
    pub fn decide(&self, candidates: impl IntoIterator<Item = Candidate>) -> Decision {
        let mut changed = Vec::new();
        let mut known: BTreeMap<Fingerprint, Known> = BTreeMap::new();
        // Collected straight away, which lets what is kept take the room of a `Vec` of candidates.
        let kept = candidates.into_iter().filter_map(|candidate| {
            let number = candidate.number;
            let before = fingerprint(&candidate.indicator);
            if !known.entry(before).or_default().stood(candidate.origin) {
                return None;
            }
            let masked = changed.len();
            let indicator = self.judge(candidate, &mut changed)?;
            // Without a change what leaves is what came.
            let after = if changed.len() == masked { before } else { fingerprint(&indicator) };
            let known = known.entry(after).or_default();
            (!core::mem::replace(&mut known.is_kept, true)).then_some(Kept { indicator, number })
        });
        let kept = kept.collect();
        Decision { kept, changed }
    }

    /// A title, a summary or other words that people wrote, as they may leave beside what was `kept`.
    pub fn clean_text(&self, text: &str, kept: &[Kept]) -> CleanText {
        clean_text(self, text, kept)
    }

    /// The address of a report or an article, as it may leave beside what was `kept`: like a text, but of a whole URL only
    /// what is certain is masked.
    pub fn clean_reference(&self, reference: &str, kept: &[Kept]) -> CleanText {
        clean_reference(self, reference, kept)
    }

    pub(super) fn judge(&self, candidate: Candidate, changed: &mut Vec<Change>) -> Option<Indicator> {
        let candidate = self.without_gateway(candidate, changed)?;
        match self.decisions.about(&candidate.indicator) {
            Some(Verdict::Keep) => {
                changed.push(Change::of(&candidate, DECIDED, None));
                return None;
            }
            Some(Verdict::Share) | None => {}
        }
        let may_share = self.decisions.about(&candidate.indicator) == Some(Verdict::Share);
        let refusal = self.refusal(&candidate);
        if let Some(rule) = refusal.filter(|rule| !(may_share && rule.kind == ChangeKind::Held)) {
            changed.push(Change::of(&candidate, rule, None));
            return None;
        }
        if let Some(change) = self.listed(&candidate, may_share) {
            changed.push(change);
            return None;
        }
        let kept = match candidate.indicator.kind() {
            Kind::Url => self.masked_url(&candidate, may_share, changed)?,
            Kind::Domain => self.masked_domain(&candidate, changed)?,
            Kind::Filename => self.masked_file(&candidate, changed),
            Kind::Email => self.masked_sender(&candidate, changed)?,
            _ => candidate.indicator.clone(),
        };
        // What is left of a name after masking may be a service that many depend on.
        if kept != candidate.indicator {
            let left = Candidate { indicator: kept.clone(), ..candidate.clone() };
            let harm =
                self.by_whom_it_harms(&left).filter(|rule| !(may_share && rule.kind == ChangeKind::Held));
            let harm =
                harm.map(|rule| Change::of(&left, rule, None)).or_else(|| self.listed(&left, may_share));
            if let Some(change) = harm {
                changed.push(change);
                return None;
            }
        }
        let is_prose = is_written_by_hand(kept.kind());
        let holds = |owned: &Owned| {
            let forbidden = &owned.forbidden;
            let form = if is_prose {
                forbidden.form_in_prose(kept.value())
            } else {
                forbidden.form_in(kept.value())
            };
            form.is_some()
        };
        let inside = if holds(&self.own) {
            Some(OWN_INSIDE)
        } else if holds(&self.learned) {
            Some(RECIPIENT_INSIDE)
        } else if is_prose && text::tells(kept.value()) {
            Some(SECRET_INSIDE)
        } else {
            None
        };
        if let Some(rule) = inside.filter(|_| !may_share) {
            changed.push(Change::of(&candidate, rule, None));
            return None;
        }
        // A copy would hold the million values of a long list in other memory than they came in.
        Some(if kept == candidate.indicator { candidate.indicator } else { kept })
    }

    /// The change by a warninglist, if a candidate is on one.
    fn listed(&self, candidate: &Candidate, may_share: bool) -> Option<Change> {
        let (rule, list) = self.by_list(candidate)?;
        let change = Change { detail: Some(list), ..Change::of(candidate, rule, None) };
        (!(may_share && rule.kind == ChangeKind::Held)).then_some(change)
    }

    /// The rule that keeps the whole candidate home.
    fn refusal(&self, candidate: &Candidate) -> Option<Rule> {
        self.by_where_it_stood(candidate)
            .or_else(|| self.by_whose_it_is(candidate))
            .or_else(|| self.by_whom_it_harms(candidate))
            .or_else(|| self.by_what_only_a_person_knows(candidate))
    }
}

/// Whether values of this kind are running text, in which anything can stand.
fn is_written_by_hand(kind: Kind) -> bool {
    matches!(kind, Kind::UserAgent | Kind::StixPattern | Kind::Yara | Kind::Sigma | Kind::Suricata)
}
