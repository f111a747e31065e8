//! Whether enough stewards of enough sides agreed to an act, by the charter's rule.
//!
//! Approvals only add up. A refusal is shown, and takes nothing away: if a late refusal could undo what every side
//! approved, a backdated one would be a removal by one side alone.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;
use watchfire_keys::name::Side;

use super::approval::Decision;
use super::charter::Charter;

/// Where an act stands with the sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Whether the charter's consent is met.
    pub(super) met: bool,
    /// The sides that have not approved; empty once the consent is met.
    pub(super) missing: Vec<Side>,
    /// Those of the missing sides of which a steward refused.
    pub(super) refused: Vec<Side>,
}

/// Counts the author for its own side and every approver for its own.
pub(super) fn tally<'a>(
    charter: &Charter,
    author: MemberId,
    author_side: &'a Side,
    voices: impl Iterator<Item = (MemberId, &'a Side, Decision)>,
) -> Tally {
    let mut approved: BTreeMap<&Side, BTreeSet<MemberId>> = BTreeMap::new();
    approved.entry(author_side).or_default().insert(author);
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
    let enough = usize::from(charter.rules.consent.stewards);
    let agrees = |side: &Side| approved.get(side).is_some_and(|members| members.len() >= enough);
    let agreeing = charter.sides.iter().filter(|side| agrees(side)).count();
    let met = agreeing >= usize::from(charter.rules.consent.sides);
    let missing: Vec<Side> =
        if met { Vec::new() } else { charter.sides.iter().filter(|side| !agrees(side)).cloned().collect() };
    let refused = missing.iter().filter(|side| refused.contains(side)).cloned().collect();
    Tally { met, missing, refused }
}
