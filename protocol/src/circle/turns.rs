//! Whose turn it is to deal an epoch, so that stewards who see the same history mostly deal once.
//!
//! For each frontier the stewards stand in an order that nobody chooses: by a hash of the frontier and the member. Turn
//! `t` belongs to the steward at place `t mod n`; a full count of `n` turns is a round. The first in the order deals at
//! once, each next one only if nothing was dealt in the time that it waits. Dealing anew (on schedule, or because a
//! person asks for it) is the next round.

use alloc::vec::Vec;

use watchfire_keys::hash::hash;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::labels;

use super::roster::Roster;

/// How long each place in the order waits for those before it, in milliseconds: a dealt header reaches everybody well
/// within that.
pub const TURN_DELAY_MS: u64 = 1_500;

/// A turn, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How often the whole order was gone through before.
    pub round: u32,
    /// The place in the order.
    pub rank: u32,
}

impl Turn {
    /// The turn with this number among so many stewards.
    #[must_use]
    pub const fn of(number: u32, stewards: u32) -> Option<Self> {
        match (number.checked_div(stewards), number.checked_rem(stewards)) {
            (Some(round), Some(rank)) => Some(Self { round, rank }),
            _ => None,
        }
    }

    /// The number, as it stands in a header.
    #[must_use]
    pub const fn number(self, stewards: u32) -> Option<u32> {
        match self.round.checked_mul(stewards) {
            Some(before) => before.checked_add(self.rank),
            None => None,
        }
    }
}

/// The stewards in the order in which they deal at this frontier.
#[must_use]
pub fn turn_order(frontier: &[ActId], roster: &Roster) -> Vec<MemberId> {
    let mut ids = Vec::with_capacity(frontier.len().saturating_mul(32));
    for act in frontier {
        ids.extend_from_slice(act.as_bytes());
    }
    let frontier = hash(labels::HASH_FRONTIER, &[&ids]);
    let mut order: Vec<MemberId> = roster.stewards().map(|entry| entry.member).collect();
    order.sort_by_cached_key(|member| hash(labels::HASH_TURN, &[&frontier, member.as_bytes()]));
    order
}

/// How long the steward at this place waits before it deals, in milliseconds.
#[must_use]
pub fn my_turn_delay(rank: u32) -> u64 {
    u64::from(rank).saturating_mul(TURN_DELAY_MS)
}
