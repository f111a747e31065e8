//! Whether enough stewards of enough sides agreed to an act, by the rules at the act's own past.
//!
//! Approvals only add up. A refusal is shown, and takes nothing away: if a late refusal could undo what every side
//! approved, a backdated one would be a removal by one side alone.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;
use watchfire_keys::name::Side;

use super::approval::Decision;
use super::circle_rules::Consent;
use super::roster::Roster;

/// What an act needs, by the rules at its own past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needs {
    consent: Consent,
    /// The sides that have fewer stewards than the rules ask for, and how many. All of them have to agree then: a
    /// removal beside a change of the rules must not leave a circle that can never decide again.
    fewer: Vec<(Side, u16)>,
}

impl Needs {
    pub(super) fn at(roster: &Roster) -> Self {
        let consent = roster.rules.consent;
        let mut fewer = Vec::new();
        if consent.stewards > 1 {
            for side in &roster.charter.sides {
                let stewards = roster.stewards().filter(|entry| entry.side == *side).count();
                let stewards = u16::try_from(stewards).unwrap_or(u16::MAX).max(1);
                if stewards < consent.stewards {
                    fewer.push((side.clone(), stewards));
                }
            }
        }
        Self { consent, fewer }
    }

    /// How many stewards of this side have to agree for it to agree.
    pub(super) fn of(&self, side: &Side) -> usize {
        let fewer = self.fewer.iter().find(|(other, _)| other == side).map(|(_, stewards)| *stewards);
        usize::from(fewer.unwrap_or(self.consent.stewards))
    }
}

/// Where an act stands with the sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Whether the consent is met.
    pub(super) met: bool,
    /// The sides that have not approved; empty once the consent is met.
    pub(super) missing: Vec<Side>,
    /// Those of the missing sides of which a steward refused.
    pub(super) refused: Vec<Side>,
}

/// Counts the author for its own side and every approver for its own. An act without an author speaks by its side's
/// recovery key, for the whole side.
pub(super) fn tally<'a>(
    sides: &[Side],
    needs: &Needs,
    author: Option<MemberId>,
    author_side: &'a Side,
    voices: impl Iterator<Item = (MemberId, &'a Side, Decision)>,
) -> Tally {
    let mut approved: BTreeMap<&Side, BTreeSet<MemberId>> = BTreeMap::new();
    if let Some(author) = author {
        approved.entry(author_side).or_default().insert(author);
    }
    let mut refused = BTreeSet::new();
    for (member, side, decision) in voices {
        match decision {
            Decision::Approve => {
                approved.entry(side).or_default().insert(member);
            }
            Decision::Refuse => {
                refused.insert(side);
            }
        }
    }
    let agrees = |side: &Side| {
        (author.is_none() && side == author_side)
            || approved.get(side).is_some_and(|members| members.len() >= needs.of(side))
    };
    let agreeing = sides.iter().filter(|side| agrees(side)).count();
    let met = agreeing >= usize::from(needs.consent.sides);
    let missing: Vec<Side> =
        if met { Vec::new() } else { sides.iter().filter(|side| !agrees(side)).cloned().collect() };
    let refused = missing.iter().filter(|side| refused.contains(side)).cloned().collect();
    Tally { met, missing, refused }
}
