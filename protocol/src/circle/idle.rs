//! Keys that members delegated by acts that have no effect.

use alloc::collections::BTreeSet;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::MemberId;

use super::body::ActBody;
use super::log::ActLog;
use super::roster::Roster;

impl ActLog {
    /// Keys that are nobody's, though members delegated them: of two acts for one number the one with the lower id
    /// counts, and whoever heard of the other one first took the key for the member's until then. What such a key signed
    /// meanwhile is nobody's either.
    ///
    /// An act without effect is in no frontier, so the roster says nothing of its key; this says it to those that have
    /// the act. Those that do not have it never took anything under the key.
    #[must_use]
    pub fn idle_keys(&self) -> BTreeSet<PublicKey> {
        let Some(roster) = self.roster() else { return BTreeSet::new() };
        let history = &self.state().history;
        let mut idle = BTreeSet::new();
        for (member, slots) in history.own_slots() {
            let acts = slots.values().flatten().filter_map(|id| history.node(id));
            let keys = acts.filter_map(|node| match &node.act.act.body {
                ActBody::Delegate { delegation, .. } => Some(delegation.key),
                _ => None,
            });
            idle.extend(keys.filter(|key| !has(roster, member, key)));
        }
        // Nobody ends another member's key by delegating it once more.
        idle.retain(|key| {
            let mut everybody = roster.members.keys().chain(roster.former.keys());
            !everybody.any(|member| has(roster, member, key))
        });
        idle
    }
}

fn has(roster: &Roster, member: &MemberId, key: &PublicKey) -> bool {
    roster.known(member).is_some_and(|entry| entry.keys.contains_key(key))
}
