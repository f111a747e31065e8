//! The acts in force as a graph of numbers: which comes before which, and which ends of offices each one knew.
//!
//! An act is numbered when it comes into force, and what it stands on was in force before: a higher number never comes
//! before a lower one. The numbers are this node's own; nothing that nodes have to agree on may follow from them.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::bits::Bits;
use super::item::ItemId;

/// An act in force.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) id: ActId,
    /// The acts that it names, without the founding.
    pub(super) parents: Vec<u32>,
    /// The voices that it names.
    pub(super) named: Vec<ItemId>,
    /// One more than the deepest parent: an ancestor is always less deep.
    depth: u32,
    /// Which unbranched line of acts it is in.
    line: u32,
    /// The ends that come before it. Most acts know what the one before them knew, and share it.
    knows: Arc<Bits>,
    /// Its number among the ends, if it is one.
    end: Option<u32>,
}

/// An act in force that cuts somebody off.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) act: u32,
    /// Whom.
    pub(super) member: MemberId,
    /// The acts beside it that can lose their effect.
    pub(super) beside: Bits,
}

/// All acts in force, by number.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    placed: Vec<Placed>,
    /// The last act of each unbranched line.
    lines: Vec<u32>,
    ends: Vec<End>,
    /// The acts that can lose their effect.
    voidable: Bits,
}

impl Graph {
    pub(super) const fn new() -> Self {
        Self { placed: Vec::new(), lines: Vec::new(), ends: Vec::new(), voidable: Bits::new() }
    }

    pub(super) fn get(&self, act: u32) -> Option<&Placed> {
        self.placed.get(act as usize)
    }

    pub(super) fn id(&self, act: u32) -> Option<ActId> {
        self.get(act).map(|placed| placed.id)
    }

    pub(super) fn ends(&self) -> &[End] {
        &self.ends
    }

    pub(super) const fn voidable(&self) -> &Bits {
        &self.voidable
    }

    /// The ends that come before an act.
    pub(super) fn known_ends(&self, act: u32) -> Option<&Bits> {
        self.get(act).map(|placed| placed.knows.as_ref())
    }

    /// Takes an act that stands on these; returns its number.
    pub(super) fn place(&mut self, id: ActId, parents: Vec<u32>, named: Vec<ItemId>) -> u32 {
        let number = u32::try_from(self.placed.len()).unwrap_or(u32::MAX);
        let on = || parents.iter().filter_map(|parent| self.get(*parent).map(|placed| (*parent, placed)));
        let depth = on().map(|(_, placed)| placed.depth).max().unwrap_or(0).saturating_add(1);
        // It continues the line that ends in one of the parents, or begins a new one.
        let last = |line: u32| self.lines.get(line as usize).copied();
        let line = on().find(|(parent, placed)| last(placed.line) == Some(*parent));
        let mut knows: Option<Arc<Bits>> = None;
        for (_, placed) in on() {
            let known = knows.get_or_insert_with(|| Arc::clone(&placed.knows));
            if !Arc::ptr_eq(known, &placed.knows) && !placed.knows.is_within(known) {
                Arc::make_mut(known).extend(&placed.knows);
            }
        }
        let mut knows = knows.unwrap_or_default();
        let ends: Vec<u32> = on().filter_map(|(_, placed)| placed.end).collect();
        for end in ends {
            if !knows.contains(end) {
                Arc::make_mut(&mut knows).insert(end);
            }
        }
        let line = match line.map(|(_, placed)| placed.line) {
            Some(line) => {
                if let Some(last) = self.lines.get_mut(line as usize) {
                    *last = number;
                }
                line
            }
            None => {
                self.lines.push(number);
                u32::try_from(self.lines.len()).unwrap_or(u32::MAX).saturating_sub(1)
            }
        };
        self.placed.push(Placed { id, parents, named, depth, line, knows, end: None });
        number
    }

    /// Notes that an act that was just placed can lose its effect. Returns whom the ends beside it cut off; there are
    /// none when it stands on all others.
    pub(super) fn note_voidable(&mut self, act: u32, on_all: bool) -> BTreeSet<MemberId> {
        self.voidable.insert(act);
        let mut cut_off = BTreeSet::new();
        let Some(knows) = self.get(act).filter(|_| !on_all).map(|placed| Arc::clone(&placed.knows)) else {
            return cut_off;
        };
        for (number, end) in (0_u32..).zip(&mut self.ends) {
            if !knows.contains(number) {
                end.beside.insert(act);
                cut_off.insert(end.member);
            }
        }
        cut_off
    }

    /// Notes that an act that was just placed cuts somebody off. Returns whether something beside it can lose its
    /// effect by that; nothing can when it stands on all others.
    pub(super) fn note_end(&mut self, act: u32, member: MemberId, on_all: bool) -> bool {
        let beside = if on_all { Bits::new() } else { self.voidable.without(&self.upto([act].into_iter())) };
        let some = !beside.is_empty();
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.ends.push(End { act, member, beside });
        if let Some(placed) = self.placed.get_mut(act as usize) {
            placed.end = Some(number);
        }
        some
    }

    /// These acts and all that come before them.
    pub(super) fn upto(&self, tips: impl Iterator<Item = u32>) -> Bits {
        let mut all = Bits::new();
        let mut highest = None;
        for tip in tips {
            all.insert(tip);
            highest = highest.max(Some(tip));
        }
        for act in highest.map_or(0..0, |highest| 0..highest.saturating_add(1)).rev() {
            if all.contains(act) {
                for parent in self.get(act).map_or(&[][..], |placed| &placed.parents) {
                    all.insert(*parent);
                }
            }
        }
        all
    }

    /// Whether an act is one of these or comes before one of them.
    pub(super) fn includes(&self, mut tips: Vec<u32>, act: u32) -> bool {
        let Some(target) = self.get(act) else { return false };
        // Mostly it is one of them, and there is nothing to walk.
        if tips.contains(&act) {
            return true;
        }
        let mut seen = Bits::new();
        while let Some(tip) = tips.pop() {
            if tip == act {
                return true;
            }
            let Some(placed) = self.get(tip) else { continue };
            if tip < act || placed.depth <= target.depth || !seen.insert(tip) {
                continue;
            }
            // Along one line each act follows the one before it, so a history without branches is no walk at all.
            if placed.line == target.line {
                return true;
            }
            tips.extend_from_slice(&placed.parents);
        }
        false
    }

    /// Whether `first` comes before `then`.
    pub(super) fn precedes(&self, first: u32, then: u32) -> bool {
        first < then && self.includes(alloc::vec![then], first)
    }

    /// The acts among these that none of the others follows.
    pub(super) fn latest(&self, acts: &Bits) -> Vec<u32> {
        let mut left: Vec<u32> = acts.iter().collect();
        let Some(lowest) = left.first().copied() else { return left };
        let mut latest = Vec::new();
        let mut before = Bits::new();
        // From the highest number down: what follows an act was looked at before it.
        while let Some(act) = left.pop() {
            if before.contains(act) {
                continue;
            }
            latest.push(act);
            let mut todo = alloc::vec![act];
            while let Some(next) = todo.pop().filter(|_| !left.is_empty()) {
                let parents = self.get(next).map_or(&[][..], |placed| &placed.parents);
                todo.extend(parents.iter().filter(|parent| **parent >= lowest && before.insert(**parent)));
            }
        }
        latest
    }

    /// For up to 64 acts at once what comes before them: for each act a bit for each of them that it comes before, or
    /// is.
    pub(super) fn before_each(&self, tips: &[u32]) -> Vec<u64> {
        let mut before = alloc::vec![0_u64; self.placed.len()];
        for (bit, tip) in tips.iter().take(u64::BITS as usize).enumerate() {
            if let Some(before) = before.get_mut(*tip as usize) {
                *before |= 1 << bit;
            }
        }
        let highest = tips.iter().max().map_or(0, |highest| (*highest as usize).saturating_add(1));
        for act in (0..highest).rev() {
            let of = before.get(act).copied().unwrap_or_default();
            if of != 0 {
                for parent in self.placed.get(act).map_or(&[][..], |placed| &placed.parents) {
                    if let Some(before) = before.get_mut(*parent as usize) {
                        *before |= of;
                    }
                }
            }
        }
        before
    }
}
