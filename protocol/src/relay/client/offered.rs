//! Envelopes that this node offers a relay: a bounded cache, and what the relay is known to have.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    vec::Vec,
};

use watchfire_keys::EnvelopeId;

use crate::relay::limits::MAX_IDS;

/// Bytes of envelopes that are kept for the relay to pull, some ten thousand records. Older ones are for reconciliation.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Ids that the relay is known to have.
const MAX_KNOWN: usize = 64 * 1024;

/// What is offered.
#[derive(Debug, Default)]
pub(super) struct Offered {
    envelopes: BTreeMap<EnvelopeId, Arc<[u8]>>,
    order: VecDeque<EnvelopeId>,
    bytes: usize,
    there: BTreeSet<EnvelopeId>,
    there_order: VecDeque<EnvelopeId>,
    to_announce: VecDeque<EnvelopeId>,
}

impl Offered {
    /// Adds an envelope. Returns whether the relay is known to have it already.
    pub(super) fn add(&mut self, id: EnvelopeId, envelope: &Arc<[u8]>) -> bool {
        if self.there.contains(&id) {
            return true;
        }
        if self.envelopes.insert(id, Arc::clone(envelope)).is_none() {
            self.order.push_back(id);
            self.bytes = self.bytes.saturating_add(envelope.len());
        }
        while self.bytes > MAX_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(envelope) = self.envelopes.remove(&oldest) {
                self.bytes = self.bytes.saturating_sub(envelope.len());
            }
        }
        false
    }

    pub(super) fn get(&self, id: &EnvelopeId) -> Option<&Arc<[u8]>> {
        self.envelopes.get(id)
    }

    /// The relay has these, or will in a moment.
    pub(super) fn relay_has(&mut self, ids: &[EnvelopeId]) {
        for id in ids {
            if self.there.insert(*id) {
                self.there_order.push_back(*id);
            }
        }
        while self.there_order.len() > MAX_KNOWN {
            if let Some(oldest) = self.there_order.pop_front() {
                self.there.remove(&oldest);
            }
        }
    }

    /// Announces one.
    pub(super) fn announce(&mut self, id: EnvelopeId) {
        self.to_announce.push_back(id);
    }

    /// Announces all, on a new subscription: what was pushed before may not have been taken.
    pub(super) fn announce_all(&mut self) {
        self.to_announce = self.order.clone();
    }

    /// The ids of the next announcement.
    pub(super) fn announcement(&mut self) -> Option<Vec<EnvelopeId>> {
        let count = self.to_announce.len().min(MAX_IDS);
        let ids: Vec<EnvelopeId> = self.to_announce.drain(..count).collect();
        (!ids.is_empty()).then_some(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn id(number: u32) -> EnvelopeId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        EnvelopeId::from_bytes(bytes)
    }

    #[test]
    fn neither_envelopes_nor_ids_grow_without_bound() {
        let mut offered = Offered::default();
        let envelope: Arc<[u8]> = vec![0; 64 * 1024].into();
        for number in 0..1000 {
            assert!(!offered.add(id(number), &envelope));
        }
        assert!(offered.bytes <= MAX_BYTES);
        assert_eq!(offered.envelopes.len(), offered.order.len());
        assert!(offered.get(&id(999)).is_some() && offered.get(&id(0)).is_none());
        for number in 0..100_000 {
            offered.relay_has(&[id(number)]);
        }
        assert_eq!(offered.there.len(), MAX_KNOWN);
        assert!(offered.add(id(99_999), &envelope));
    }
}
