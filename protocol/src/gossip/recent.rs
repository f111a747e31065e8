//! The latest envelopes, kept in memory so that a pull is answered without the disk.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;

use watchfire_keys::ids::EnvelopeId;

/// Bytes of envelopes kept for pulls: some 250 reports of ordinary size.
const MAX_BYTES: usize = 1024 * 1024;

/// First in, first out, bounded by bytes.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    envelopes: BTreeMap<EnvelopeId, Arc<[u8]>>,
    order: VecDeque<EnvelopeId>,
    bytes: usize,
}

impl Recent {
    /// Keeps an envelope, dropping the oldest ones if need be.
    pub fn insert(&mut self, id: EnvelopeId, envelope: Arc<[u8]>) {
        let length = envelope.len();
        if self.envelopes.insert(id, envelope).is_some() {
            return;
        }
        self.bytes += length;
        self.order.push_back(id);
        while self.bytes > MAX_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.envelopes.remove(&oldest) {
                self.bytes -= gone.len();
            }
        }
    }

    /// Bytes of all envelopes that are kept.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The envelope, if it is still here.
    pub fn get(&self, id: &EnvelopeId) -> Option<&Arc<[u8]>> {
        self.envelopes.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn old_envelopes_make_room_for_new_ones() {
        let mut recent = Recent::default();
        for n in 0..64u8 {
            recent.insert(EnvelopeId::from_bytes([n; 32]), vec![n; 64 * 1024].into());
        }
        assert!(recent.bytes <= MAX_BYTES);
        assert!(recent.get(&EnvelopeId::from_bytes([63; 32])).is_some());
        assert!(recent.get(&EnvelopeId::from_bytes([0; 32])).is_none());
    }
}
