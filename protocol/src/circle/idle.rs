//! A member's own acts that have no effect, and on which nothing stands: a log lets go of them.
//!
//! Of the acts that a member signs for one number only the lowest id has an effect. Signed in falling order of their ids
//! each is the lowest when it comes, so any number of them would be let in. What came before the two lowest has no effect any
//! more and will have none; unless something stands on it the circle is the same without it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use watchfire_keys::epoch::Header;
use watchfire_keys::ids::ActId;
use watchfire_keys::time::UnixMillis;

use super::history::History;
use super::item::ItemId;
use super::log::ActLog;
use super::own::{self, Slots};
use crate::limits::MAX_OWN_RIVALS;

impl ActLog {
    /// Lets go of own acts without effect on which nothing stands, no epoch header either (`headers`: all that are here or
    /// wait), once there are more than `most`; returns the ids of what went. It costs what reading the whole log from disk
    /// does, so `most` should not be small.
    pub fn let_go<'a>(
        &mut self,
        headers: impl Iterator<Item = &'a Header>,
        most: usize,
        now: UnixMillis,
    ) -> Vec<ItemId> {
        let history = &self.state().history;
        if !history.doubled || spare(history) <= most {
            return Vec::new();
        }
        let idle = self.idle(headers.flat_map(|header| header.frontier.iter()).copied());
        if idle.len() <= most {
            return Vec::new();
        }
        // What lapsed would not be let in again.
        let mut gone = self.prune(now);
        let kept = self.items().filter(|item| !idle.contains(&ActId::from_bytes(item.id())));
        let kept = Self::restore(*self.circle(), kept, now);
        self.renew(kept);
        gone.extend(idle.iter().map(|id| *id.as_bytes()));
        gone
    }

    /// Own acts without effect on which nothing stands: no act, approval or header, nor anything that waits here.
    fn idle(&self, frontiers: impl Iterator<Item = ActId>) -> BTreeSet<ActId> {
        let state = self.state();
        let history = &state.history;
        let mut idle: BTreeSet<ActId> =
            history.own_slots().flat_map(|(_, slots)| beaten(history, slots)).collect();
        let stood_on = frontiers.chain(state.aside.stood_on()).chain(state.wanted.iter().copied());
        for id in stood_on {
            idle.remove(&id);
        }
        for (_, node) in history.nodes() {
            let voices = node.voices.values().flat_map(|voice| &voice.approval.approval.frontier);
            for id in voices {
                idle.remove(id);
            }
        }
        // What stands only on what goes too is no reason to stay, and comes first in this order.
        let mut items: Vec<ActId> = history.ids().map(ActId::from_bytes).collect();
        while let Some(id) = items.pop() {
            if let Some(node) = history.node(&id).filter(|_| !idle.contains(&id)) {
                for parent in &node.act.act.parents {
                    idle.remove(parent);
                }
            }
        }
        idle
    }
}

/// At least as many own acts as could go, quickly counted.
fn spare(history: &History) -> usize {
    let slots = history.own_slots().flat_map(|(_, slots)| slots.values());
    slots.map(|acts| acts.len().saturating_sub(1)).sum()
}

/// The acts of a member without those with an effect and those that prove that it signed twice.
fn beaten(history: &History, slots: &Slots) -> BTreeSet<ActId> {
    let mut beaten: BTreeSet<ActId> = slots.values().flatten().copied().collect();
    for number in slots.keys() {
        let followers = own::followers(history, slots, *number).map(|(_, acts)| acts).unwrap_or_default();
        for id in followers.iter().take(MAX_OWN_RIVALS) {
            beaten.remove(id);
        }
    }
    beaten
}
