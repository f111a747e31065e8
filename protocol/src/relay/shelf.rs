//! Which envelopes of one circle are kept: ids, sizes and ages, never bytes. The oldest make room.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use watchfire_keys::{EnvelopeId, UnixMillis};

use super::limits::MAX_FORGOTTEN;

/// What is kept, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: BTreeMap<EnvelopeId, u64>,
    order: BTreeMap<u64, Kept>,
    next: u64,
    bytes: u64,
    forgotten: BTreeSet<EnvelopeId>,
    forgotten_order: VecDeque<EnvelopeId>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    id: EnvelopeId,
    bytes: u64,
    since: UnixMillis,
}

impl Shelf {
    /// Whether the envelope is kept.
    pub(super) fn has(&self, id: &EnvelopeId) -> bool {
        self.kept.contains_key(id)
    }

    /// Whether the envelope is or was kept, as far back as is remembered.
    pub(super) fn knew(&self, id: &EnvelopeId) -> bool {
        self.has(id) || self.forgotten.contains(id)
    }

    /// The size of a kept envelope.
    pub(super) fn size(&self, id: &EnvelopeId) -> Option<u64> {
        self.kept.get(id).and_then(|number| self.order.get(number)).map(|kept| kept.bytes)
    }

    /// The ids of all kept envelopes, oldest first.
    pub(super) fn ids(&self) -> impl Iterator<Item = EnvelopeId> + '_ {
        self.order.values().map(|kept| kept.id)
    }

    /// How many envelopes are kept.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// How many bytes they have together.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Keeps an envelope, and returns those that made room for it, so that all together have at most `max_bytes`.
    pub(super) fn keep(
        &mut self,
        id: EnvelopeId,
        bytes: u64,
        since: UnixMillis,
        max_bytes: u64,
    ) -> Vec<EnvelopeId> {
        if self.has(&id) {
            return Vec::new();
        }
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.kept.insert(id, number);
        self.order.insert(number, Kept { id, bytes, since });
        self.bytes = self.bytes.saturating_add(bytes);
        let mut dropped = Vec::new();
        while self.bytes > max_bytes {
            let Some(oldest) = self.drop_oldest() else { break };
            dropped.push(oldest);
        }
        dropped
    }

    /// Lets go of everything that came before `floor`, and returns it.
    pub(super) fn expire(&mut self, floor: UnixMillis) -> Vec<EnvelopeId> {
        let mut dropped = Vec::new();
        while self.order.first_key_value().is_some_and(|(_, oldest)| oldest.since < floor) {
            dropped.extend(self.drop_oldest());
        }
        dropped
    }

    fn drop_oldest(&mut self) -> Option<EnvelopeId> {
        let (_, oldest) = self.order.pop_first()?;
        self.kept.remove(&oldest.id);
        self.bytes = self.bytes.saturating_sub(oldest.bytes);
        if self.forgotten.insert(oldest.id) {
            self.forgotten_order.push_back(oldest.id);
        }
        if self.forgotten_order.len() > MAX_FORGOTTEN
            && let Some(first) = self.forgotten_order.pop_front()
        {
            self.forgotten.remove(&first);
        }
        Some(oldest.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> EnvelopeId {
        EnvelopeId::from_bytes([number; 32])
    }

    #[test]
    fn the_oldest_make_room_and_are_not_taken_again() {
        let mut shelf = Shelf::default();
        for number in 0..3 {
            assert!(shelf.keep(id(number), 10, UnixMillis(u64::from(number)), 30).is_empty());
        }
        assert_eq!(shelf.keep(id(3), 15, UnixMillis(3), 30), [id(0), id(1)]);
        assert_eq!(shelf.bytes(), 25);
        assert!(!shelf.has(&id(0)) && shelf.knew(&id(0)));
        assert_eq!(shelf.expire(UnixMillis(3)), [id(2)]);
        assert!(shelf.ids().eq([id(3)]));
        assert_eq!(shelf.size(&id(3)), Some(15));
    }

    #[test]
    fn what_was_forgotten_is_remembered_within_a_bound() {
        let mut shelf = Shelf::default();
        for number in 0..(MAX_FORGOTTEN as u64 + 10) {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            shelf.keep(EnvelopeId::from_bytes(bytes), 10, UnixMillis(0), 10);
        }
        assert_eq!(shelf.forgotten.len(), MAX_FORGOTTEN);
        assert_eq!((shelf.len(), shelf.bytes()), (1, 10));
    }
}
