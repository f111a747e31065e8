//! Which act comes before which. A frontier names acts by their hash, and through them all that came before; it may
//! also name voices: single approvals that confirm an act whose author did not know of a removal.

use alloc::collections::BTreeSet;

use watchfire_keys::ids::ActId;

use super::bits::Bits;
use super::history::{History, Node};
use super::item::ItemId;

/// A frontier and everything before it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// The acts, by their numbers in the graph; the founding is before all of them, and has none.
    pub(super) acts: Bits,
    /// The voices that acts among them name.
    pub(super) named: BTreeSet<ItemId>,
    /// The voices that the frontier itself names, and no act does.
    pub(super) loose: BTreeSet<ItemId>,
}

impl History {
    /// Everything that `frontier` stands for. All of it must be in force.
    pub(super) fn closure(&self, frontier: &[ActId]) -> Past {
        let acts = self.graph.upto(frontier.iter().filter_map(|id| self.place(id)));
        let named = acts.iter().filter_map(|act| self.graph.get(act));
        let named: BTreeSet<ItemId> = named.flat_map(|placed| placed.named.iter().copied()).collect();
        let loose = frontier.iter().filter(|id| self.is_voice(id)).map(|id| *id.as_bytes());
        let loose = loose.filter(|voice| !named.contains(voice)).collect();
        Past { acts, named, loose }
    }

    /// The acts of a past without the founding, by id.
    pub(super) fn acts_of<'a>(&'a self, past: &'a Past) -> impl Iterator<Item = (&'a ActId, &'a Node)> {
        self.nodes().filter(|(_, node)| node.place.is_some_and(|place| past.acts.contains(place)))
    }

    /// The acts among these, all of them in force, that none of the others follows.
    pub(super) fn latest(&self, acts: impl Iterator<Item = ActId>) -> BTreeSet<ActId> {
        let mut places = Bits::new();
        let mut founding = None;
        for id in acts {
            match self.place(&id) {
                Some(place) => drop(places.insert(place)),
                None => founding = Some(id),
            }
        }
        // The founding comes before everything.
        let latest = self.graph.latest(&places);
        let founding = founding.filter(|_| latest.is_empty());
        latest.into_iter().filter_map(|act| self.graph.id(act)).chain(founding).collect()
    }

    /// Whether `act` is one of `frontier` or comes before one of them.
    pub(super) fn includes(&self, frontier: &[ActId], act: &ActId) -> bool {
        match self.place(act) {
            Some(place) => {
                let tips = frontier.iter().filter_map(|id| self.place(id));
                self.graph.includes(tips.collect(), place)
            }
            // The founding comes before everything.
            None => *act == self.root() && !frontier.is_empty(),
        }
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
