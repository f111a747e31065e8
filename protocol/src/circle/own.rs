//! Which of a member's own acts have an effect.
//!
//! They need nobody's consent, so they are numbered, and only so many numbers are valid at a time. The first act is the
//! one with the lowest id that bears number one; each next one the lowest that bears the next number and comes after
//! it. What a member signs beside that has no effect, and proves that it signed twice.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::ActId;
use watchfire_keys::time::UnixMillis;

use super::history::History;
use crate::limits::{OWN_ACT_MS, SPARE_OWN_ACTS};

/// One member's own acts by their number.
pub(super) type Slots = BTreeMap<u32, BTreeSet<ActId>>;

/// Whether a number is valid in an act of that date.
pub(super) fn is_timely(number: u32, created: UnixMillis, founded: UnixMillis) -> bool {
    let since = created.ms_since(founded) / OWN_ACT_MS;
    u64::from(number) <= since.saturating_add(u64::from(SPARE_OWN_ACTS))
}

/// Those that have an effect, in the order of their numbers. `within` says which are looked at.
pub(super) fn effective(history: &History, slots: &Slots, within: impl Fn(&ActId) -> bool) -> Vec<ActId> {
    let mut chain: Vec<ActId> = Vec::new();
    for (number, acts) in slots {
        let last = chain.last().copied();
        if usize::try_from(*number).ok() != chain.len().checked_add(1) {
            break;
        }
        let follows = |act: &&ActId| last.is_none_or(|last| history.precedes(&last, act));
        let Some(next) = acts.iter().filter(|act| within(act)).find(follows) else { break };
        chain.push(*next);
    }
    chain
}

/// The acts with this number that follow those with an effect, the lowest id first, and the last of those. Nothing when
/// no act with the number before has one.
pub(super) fn followers(
    history: &History,
    slots: &Slots,
    number: u32,
) -> Option<(Option<ActId>, Vec<ActId>)> {
    let chain = effective(history, slots, |_| true);
    let before = usize::try_from(number).ok()?.checked_sub(1)?;
    let last = match before.checked_sub(1) {
        Some(place) => Some(*chain.get(place)?),
        None => None,
    };
    let acts = slots.get(&number).into_iter().flatten();
    let follows = |act: &&ActId| last.is_none_or(|last| history.precedes(&last, act));
    Some((last, acts.filter(follows).copied().collect()))
}
