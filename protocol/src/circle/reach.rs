//! Which act comes before which. A frontier names acts by their hash, and through them all that came before; it may
//! also name voices: single approvals that confirm an act whose author did not know of a removal.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use watchfire_keys::ids::ActId;

use super::history::History;
use super::item::ItemId;

/// A frontier and everything before it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// The acts, the founding among them.
    pub(super) acts: BTreeSet<ActId>,
    /// The voices that acts among them name.
    pub(super) named: BTreeSet<ItemId>,
    /// The voices that the frontier itself names, and no act does.
    pub(super) loose: BTreeSet<ItemId>,
}

impl History {
    /// Everything that `frontier` stands for. All of it must be in force.
    pub(super) fn closure(&self, frontier: &[ActId]) -> Past {
        let mut past = Past { acts: BTreeSet::new(), named: BTreeSet::new(), loose: BTreeSet::new() };
        let mut todo: Vec<ActId> = Vec::new();
        for id in frontier {
            if self.is_voice(id) {
                past.loose.insert(*id.as_bytes());
            } else {
                todo.push(*id);
            }
        }
        while let Some(id) = todo.pop() {
            if !past.acts.insert(id) {
                continue;
            }
            for parent in self.node(&id).map_or(&[][..], |node| &node.act.act.parents) {
                if self.is_voice(parent) {
                    past.named.insert(*parent.as_bytes());
                } else if !past.acts.contains(parent) {
                    todo.push(*parent);
                }
            }
        }
        past.loose.retain(|voice| !past.named.contains(voice));
        past
    }

    /// The acts among these that none of the others follows.
    pub(super) fn latest(&self, acts: impl Iterator<Item = ActId>) -> BTreeSet<ActId> {
        let acts: BTreeSet<ActId> = acts.collect();
        let followed = |id: &ActId| acts.iter().any(|other| self.precedes(id, other));
        if acts.len() < 2 { acts.clone() } else { acts.iter().filter(|id| !followed(id)).copied().collect() }
    }

    /// Whether `act` is one of `frontier` or comes before one of them.
    pub(super) fn includes(&self, frontier: &[ActId], act: &ActId) -> bool {
        let Some((chain, depth)) = self.place(act) else {
            // The founding comes before everything.
            return *act == self.root() && !frontier.is_empty();
        };
        let mut seen = BTreeSet::new();
        let mut todo: Vec<ActId> = frontier.to_vec();
        while let Some(id) = todo.pop() {
            if id == *act {
                return true;
            }
            let Some(node) = self.node(&id) else { continue };
            if node.depth <= depth || !seen.insert(id) {
                continue;
            }
            // Along one chain each act follows the one before it, so a history without branches is no walk at all.
            if node.chain == chain {
                return true;
            }
            todo.extend_from_slice(&node.act.act.parents);
        }
        false
    }

    /// Whether `first` comes before `then`.
    pub(super) fn precedes(&self, first: &ActId, then: &ActId) -> bool {
        first != then && self.node(then).is_some_and(|node| self.includes(&node.act.act.parents, first))
    }

    /// Whether neither comes before the other.
    pub(super) fn are_concurrent(&self, one: &ActId, other: &ActId) -> bool {
        one != other && !self.precedes(one, other) && !self.precedes(other, one)
    }
}
