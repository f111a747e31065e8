//! The ids one node holds, sorted, each with its keyed hash, and the coded symbols of all of them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Bound;

use watchfire_keys::ids::{CircleId, RecordId};

use super::cell::Cell;
use super::journal::Journal;
use super::prefix::Prefix;
use super::range::Fingerprint;
use super::source::{Key, Keyed, Mapping, Salt};

/// Coded symbols that are ever made of a set: enough for a difference of 220,000 records. They take 32 bytes each.
pub(super) const MAX_CELLS: usize = 300_000;
/// The first ones made.
const FIRST_CELLS: usize = 64;
/// How many times as long the sequence gets whenever it is too short: each time all ids are gone through, and that takes
/// longer than the symbols ahead, of which an id is in `2 ln 4`.
const GROWTH: usize = 4;

/// An id's keyed hash, and the first coded symbol that it is part of and that has not been made yet.
#[derive(Clone, Copy, Debug)]
struct Held {
    keyed: Keyed,
    mapping: Mapping,
}

/// A set of record ids that can be fingerprinted by range, and be described by coded symbols.
///
/// The symbols are made when they are first asked for, some at a time, and follow the set from then on: an id that comes
/// or goes touches `2 ln(symbols)` of them. An id takes some 80 bytes, the symbols of a set at most ten megabytes.
#[derive(Clone, Debug)]
pub struct RecordSet {
    key: Key,
    ids: BTreeMap<RecordId, Held>,
    whole: Fingerprint,
    cells: Vec<Cell>,
    journal: Journal,
}

impl RecordSet {
    /// An empty set, keyed by the circle.
    pub fn new(circle: &CircleId) -> Self {
        Self {
            key: Key::of(circle),
            ids: BTreeMap::new(),
            whole: Fingerprint::default(),
            cells: Vec::new(),
            journal: Journal::default(),
        }
    }

    /// The same ids, keyed for one comparison alone: as much memory, and a hash for each.
    #[must_use]
    pub fn under(&self, salt: &Salt) -> Self {
        let key = self.key.under(salt);
        let mut whole = Fingerprint::default();
        let ids = self.ids.keys().map(|id| {
            let keyed = key.keyed(Prefix::of(id));
            whole.add(keyed.wide());
            (*id, Held { keyed, mapping: Mapping::default() })
        });
        let ids = ids.collect();
        Self { key, ids, whole, cells: Vec::new(), journal: Journal::default() }
    }

    /// Adds an id; `false` if it was there.
    pub fn insert(&mut self, id: RecordId) -> bool {
        if self.ids.contains_key(&id) {
            return false;
        }
        let prefix = Prefix::of(&id);
        let keyed = self.key.keyed(prefix);
        let mapping = self.change(prefix, keyed, 1);
        self.whole.add(keyed.wide());
        self.ids.insert(id, Held { keyed, mapping });
        true
    }

    /// Removes an id; `false` if it was not there.
    pub fn remove(&mut self, id: &RecordId) -> bool {
        let Some(held) = self.ids.remove(id) else { return false };
        self.change(Prefix::of(id), held.keyed, -1);
        self.whole.take(held.keyed.wide());
        true
    }

    /// Has the coded symbols follow a change.
    fn change(&mut self, prefix: Prefix, keyed: Keyed, sign: i64) -> Mapping {
        let mut mapping = Mapping::default();
        if !self.cells.is_empty() {
            self.journal.push(self.whole, prefix, keyed, sign);
        }
        while let Some(cell) = self.cells.get_mut(mapping.next()) {
            cell.add(prefix, keyed, sign);
            mapping.advance(keyed);
        }
        mapping
    }

    /// Whether the id is in the set.
    pub fn contains(&self, id: &RecordId) -> bool {
        self.ids.contains_key(id)
    }

    /// Whether an id with this prefix is in the set.
    pub fn holds(&self, prefix: Prefix) -> bool {
        self.named(prefix).next().is_some()
    }

    /// The ids with this prefix: one at most, unless somebody spent 2^64 hashes on it.
    pub fn named(&self, prefix: Prefix) -> impl Iterator<Item = &RecordId> {
        self.ids.range(prefix.ids()).map(|(id, _)| id)
    }

    /// Number of ids.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// All ids in order.
    pub fn iter(&self) -> impl Iterator<Item = &RecordId> {
        self.ids.keys()
    }

    /// The ids of `from..to` in order, each with its keyed hash.
    pub fn range(&self, from: &RecordId, to: Option<&RecordId>) -> impl Iterator<Item = (&RecordId, u128)> {
        let end = match to {
            // `BTreeMap::range` panics on an inverted range; an inverted range holds nothing.
            Some(to) => Bound::Excluded(to.max(from)),
            None => Bound::Unbounded,
        };
        self.ids.range((Bound::Included(from), end)).map(|(id, held)| (id, held.keyed.wide()))
    }

    /// Fingerprint of the whole set.
    pub fn whole(&self) -> Fingerprint {
        self.whole
    }

    /// Fingerprint of `from..to`.
    pub fn fingerprint(&self, from: &RecordId, to: Option<&RecordId>) -> Fingerprint {
        if to.is_none() && *from == RecordId::from_bytes([0; 32]) {
            return self.whole;
        }
        let mut print = Fingerprint::default();
        for (_, keyed) in self.range(from, to) {
            print.add(keyed);
        }
        print
    }

    /// Cuts `from..to`, which holds `count` of our ids, into at most `parts` ranges with about equally many of them. The
    /// ranges cover the whole of `from..to` without gap or overlap.
    pub fn split(
        &self,
        from: RecordId,
        to: Option<RecordId>,
        count: usize,
        parts: usize,
    ) -> Vec<(RecordId, Option<RecordId>, Fingerprint)> {
        let step = count.div_ceil(parts.max(1)).max(1);
        let mut cut: Vec<(RecordId, Option<RecordId>, Fingerprint)> = Vec::new();
        let mut start = from;
        let mut print = Fingerprint::default();
        for (index, (id, keyed)) in self.range(&from, to.as_ref()).enumerate() {
            if index > 0 && index % step == 0 {
                cut.push((start, Some(*id), core::mem::take(&mut print)));
                start = *id;
            }
            print.add(keyed);
        }
        cut.push((start, to, print));
        cut
    }

    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// How many changes lie between the set of this fingerprint and the present one, if that is known.
    pub(super) fn changes_since(&self, of: Fingerprint) -> usize {
        self.journal.since(of, self.whole).map_or(0, |changes| changes.len())
    }

    /// The coded symbols from index `from` on of the set as it was when its fingerprint was `of`; `None` if too much
    /// has changed since, or it never was like that.
    pub(super) fn cells_as_of(&mut self, of: Fingerprint, from: usize, count: usize) -> Option<Vec<Cell>> {
        let end = from.checked_add(count).filter(|end| *end <= MAX_CELLS)?;
        // Before anything is made: a fingerprint that never was costs its asker's budget and nothing else.
        let known = self.journal.since(of, self.whole).is_some();
        if !known {
            return None;
        }
        self.make(end);
        let mut cells = self.cells.get(from..end)?.to_vec();
        for change in self.journal.since(of, self.whole)? {
            let mut mapping = Mapping::default();
            while mapping.next() < end {
                if let Some(cell) = mapping.next().checked_sub(from).and_then(|index| cells.get_mut(index)) {
                    cell.add(change.prefix, change.keyed, -change.sign);
                }
                mapping.advance(change.keyed);
            }
        }
        Some(cells)
    }

    /// Makes coded symbols until there are so many.
    fn make(&mut self, wanted: usize) {
        let have = self.cells.len();
        if have >= wanted {
            return;
        }
        let end = wanted.max(have * GROWTH).clamp(FIRST_CELLS, MAX_CELLS);
        self.cells.reserve_exact(end - have);
        self.cells.resize(end, Cell::default());
        for (id, held) in &mut self.ids {
            let prefix = Prefix::of(id);
            while let Some(cell) = self.cells.get_mut(held.mapping.next()) {
                cell.add(prefix, held.keyed, 1);
                held.mapping.advance(held.keyed);
            }
        }
    }
}
