//! What is known of one observable at a given time.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use watchfire_keys::{
    ids::{MemberId, RecordId},
    name::Side,
    time::UnixMillis,
};

use super::{
    Members, View, confidence,
    corroborate::Vote,
    dispute::{self, Objection},
    index::key_of,
    lifetime,
    slot::{Head, PartOf, Slot},
};
use crate::{crypto::Crypto, indicator::Indicator, record::SightingKind};

/// What the circle says of an observable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its reports have been taken back or replaced.
    Withdrawn,
    /// Its reports are past their time.
    Expired,
    /// An objection suspends its enforcement.
    Disputed,
    /// Reported, by too few to enforce it.
    Reported,
    /// Reported by enough members of enough sides.
    Corroborated,
}

impl State {
    /// The lower case name used on the command line and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Disputed => "disputed",
            Self::Reported => "reported",
            Self::Corroborated => "corroborated",
        }
    }
}

/// One observable at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observable {
    /// What the circle says of it.
    pub state: State,
    /// 0 to 100: the state's weight, fading with the time since the last report or sighting.
    pub confidence: u8,
    /// The publications (heads) that report it and still count, by id.
    pub reports: Vec<RecordId>,
    /// Different members whose reports still count.
    pub members: u32,
    /// Their different sides, in alphabetical order.
    pub sides: Vec<Side>,
    /// When it was first reported, by the authors' clocks.
    pub first_reported: UnixMillis,
    /// When the last report that still counts stops doing so; the last to have done so when none counts.
    pub expires: UnixMillis,
    /// Sightings by different members on different days.
    pub sightings: u32,
    /// The same for harmless occurrences.
    pub false_positives: u32,
}

/// Everything that names one observable, sorted by what it means.
#[derive(Default)]
struct Findings<'v> {
    /// Publications by the id of their head, so that a head and its parts are one report.
    heads: BTreeMap<RecordId, &'v Head>,
    objections: Vec<(MemberId, RecordId, UnixMillis)>,
    seen: BTreeSet<(MemberId, u32)>,
    harmless: BTreeSet<(MemberId, u32)>,
}

impl View {
    /// What the circle says of this indicator at this time; `None` when no report of a member names it.
    ///
    /// `members` is the roster, with those who were members and whose records stand.
    #[must_use]
    pub fn observable<C: Crypto>(
        &self,
        crypto: &C,
        indicator: &Indicator,
        now: UnixMillis,
        members: &impl Members,
    ) -> Option<Observable> {
        let lifetime_ms = lifetime::lifetime_ms(indicator.kind());
        let findings = self.findings(crypto, indicator);
        let mut counting = Vec::new();
        let mut any_lapsed = false;
        let mut first_reported = None;
        let mut last_expiry = None;
        for head in findings.heads.values() {
            let Some(side) = members.side_of(&head.author) else {
                continue;
            };
            let until = head.valid_until.unwrap_or_else(|| head.created.saturating_add(lifetime_ms));
            first_reported =
                Some(first_reported.map_or(head.created, |first: UnixMillis| first.min(head.created)));
            last_expiry = Some(last_expiry.map_or(until, |last: UnixMillis| last.max(until)));
            if self.ending(&head.id, &head.author, members).is_some() {
                continue;
            }
            if now < until {
                counting.push((*head, side, until));
            } else {
                any_lapsed = true;
            }
        }

        let objections: Vec<Objection<'_>> = findings
            .objections
            .iter()
            .filter(|(author, id, _)| self.ending(id, author, members).is_none())
            .filter_map(|(author, id, created)| {
                let side = members.side_of(author)?.as_str();
                Some(Objection { created: *created, id: *id, side })
            })
            .collect();
        let votes: Vec<Vote<'_>> = counting
            .iter()
            .map(|(head, side, _)| Vote {
                member: members.canonical(&head.author),
                side: side.as_str(),
                sources: &head.sources,
            })
            .collect();
        let state = if counting.is_empty() {
            if any_lapsed { State::Expired } else { State::Withdrawn }
        } else if dispute::suspends(&objections, now, lifetime_ms) {
            State::Disputed
        } else if self.rule.holds(&votes) {
            State::Corroborated
        } else {
            State::Reported
        };

        let of_members = |days: &BTreeSet<(MemberId, u32)>| {
            let standing = days.iter().filter(|(member, _)| members.side_of(member).is_some());
            let counted: BTreeSet<_> =
                standing.map(|(member, day)| (members.canonical(member), *day)).collect();
            u32::try_from(counted.len()).unwrap_or(u32::MAX)
        };
        let authors: BTreeSet<MemberId> =
            counting.iter().map(|(head, ..)| members.canonical(&head.author)).collect();
        let sides: BTreeSet<&Side> = counting.iter().map(|(_, side, _)| *side).collect();
        let last_heard = self.last_heard(&findings, &counting, members);
        Some(Observable {
            state,
            confidence: confidence::confidence(state, now.0.saturating_sub(last_heard.0), lifetime_ms),
            reports: counting.iter().map(|(head, ..)| head.id).collect(),
            members: u32::try_from(authors.len()).unwrap_or(u32::MAX),
            sides: sides.into_iter().cloned().collect(),
            first_reported: first_reported?,
            expires: counting.iter().map(|(.., until)| *until).max().or(last_expiry)?,
            sightings: of_members(&findings.seen),
            false_positives: of_members(&findings.harmless),
        })
    }

    /// The records that name this indicator, sorted by what they mean.
    fn findings<C: Crypto>(&self, crypto: &C, indicator: &Indicator) -> Findings<'_> {
        let key = key_of(crypto, indicator);
        let mut findings = Findings::default();
        for (_, number) in self.named.range((key, 0)..=(key, u32::MAX)) {
            let Some(entry) = self.slot(*number) else {
                continue;
            };
            match &entry.slot {
                Slot::Head(head) => {
                    findings.heads.insert(head.id, head);
                }
                Slot::Part(part) => {
                    if let Some(head) = self.head_of(part) {
                        findings.heads.insert(head.id, head);
                    }
                }
                Slot::Sighting { author, day, kind: SightingKind::Seen } => {
                    findings.seen.insert((*author, *day));
                }
                Slot::Sighting { author, day, kind: SightingKind::FalsePositive } => {
                    findings.harmless.insert((*author, *day));
                }
                Slot::Dispute { id, author, created } => findings.objections.push((*author, *id, *created)),
                Slot::Sighting { kind: SightingKind::Expired, .. } | Slot::Silent => {}
            }
        }
        findings
    }

    /// The head that this part belongs to, when it is here and this is the part that counts for its index.
    fn head_of(&self, part: &PartOf) -> Option<&Head> {
        let (_, head) = self.head(&part.head)?;
        let is_chosen = self.part_of(head, part.index).is_some_and(|chosen| chosen.id == part.id);
        (head.author == part.author && head.signer == part.signer && is_chosen).then_some(head)
    }

    /// The part that counts for this index: of the head's author and signer, announced, and the lowest id of several.
    pub(super) fn part_of(&self, head: &Head, index: u16) -> Option<&PartOf> {
        if index >= head.parts {
            return None;
        }
        let from = (head.id, head.author, head.signer, index, RecordId::from_bytes([0; 32]));
        let to = (head.id, head.author, head.signer, index, RecordId::from_bytes([0xff; 32]));
        let (_, number) = self.parts.range(from..=to).next()?;
        match &self.slot(*number)?.slot {
            Slot::Part(part) => Some(part),
            _ => None,
        }
    }

    /// The last report or sighting, which confidence fades from.
    fn last_heard(
        &self,
        findings: &Findings<'_>,
        counting: &[(&Head, &Side, UnixMillis)],
        members: &impl Members,
    ) -> UnixMillis {
        let reported = counting.iter().map(|(head, ..)| head.created);
        let sighted = findings.seen.iter().filter(|(member, _)| members.side_of(member).is_some());
        let days = sighted.map(|(_, day)| UnixMillis(u64::from(*day).saturating_mul(crate::limits::DAY_MS)));
        reported.chain(days).max().unwrap_or(UnixMillis(0))
    }
}

impl Observable {
    /// Whether it may stand on a block list.
    #[must_use]
    pub fn is_enforceable(&self) -> bool {
        self.state == State::Corroborated
    }
}
