//! The ids one node holds, sorted, each with its keyed hash.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Bound;

use watchfire_keys::hash::mac;
use watchfire_keys::ids::{CircleId, RecordId};
use watchfire_keys::labels;

use super::range::Fingerprint;

/// A set of record ids that can be fingerprinted by range.
#[derive(Clone, Debug)]
pub struct RecordSet {
    key: [u8; 32],
    ids: BTreeMap<RecordId, u128>,
}

impl RecordSet {
    /// An empty set, keyed by the circle.
    pub fn new(circle: &CircleId) -> Self {
        let key = watchfire_keys::hash::hash(labels::DERIVE_RECONCILE, &[circle.as_bytes()]);
        Self { key, ids: BTreeMap::new() }
    }

    /// Adds an id; `false` if it was there.
    pub fn insert(&mut self, id: RecordId) -> bool {
        if self.ids.contains_key(&id) {
            return false;
        }
        let digest = mac(labels::HASH_RANGE, &self.key, &[id.as_bytes()]);
        let mut low = [0u8; 16];
        low.copy_from_slice(&digest[..16]);
        self.ids.insert(id, u128::from_le_bytes(low));
        true
    }

    /// Removes an id; `false` if it was not there.
    pub fn remove(&mut self, id: &RecordId) -> bool {
        self.ids.remove(id).is_some()
    }

    /// Whether the id is in the set.
    pub fn contains(&self, id: &RecordId) -> bool {
        self.ids.contains_key(id)
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

    /// The ids of `from..to` in order.
    pub fn range(&self, from: &RecordId, to: Option<&RecordId>) -> impl Iterator<Item = (&RecordId, &u128)> {
        let end = match to {
            // `BTreeMap::range` panics on an inverted range; an inverted range holds nothing.
            Some(to) => Bound::Excluded(to.max(from)),
            None => Bound::Unbounded,
        };
        self.ids.range((Bound::Included(from), end))
    }

    /// Fingerprint of `from..to`.
    pub fn fingerprint(&self, from: &RecordId, to: Option<&RecordId>) -> Fingerprint {
        let mut print = Fingerprint::default();
        for (_, keyed) in self.range(from, to) {
            print.add(*keyed);
        }
        print
    }

    /// Cuts `from..to` into at most `parts` ranges that hold about equally many of our ids. The ranges cover the
    /// whole of `from..to` without gap or overlap.
    pub fn split(
        &self,
        from: RecordId,
        to: Option<RecordId>,
        parts: usize,
    ) -> Vec<(RecordId, Option<RecordId>, Fingerprint)> {
        let count = self.range(&from, to.as_ref()).count();
        let step = count.div_ceil(parts.max(1)).max(1);
        let mut cut: Vec<(RecordId, Option<RecordId>, Fingerprint)> = Vec::new();
        let mut start = from;
        let mut print = Fingerprint::default();
        for (index, (id, keyed)) in self.range(&from, to.as_ref()).enumerate() {
            if index > 0 && index % step == 0 {
                cut.push((start, Some(*id), core::mem::take(&mut print)));
                start = *id;
            }
            print.add(*keyed);
        }
        cut.push((start, to, print));
        cut
    }
}
