//! Which links are known to hold an envelope already.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use watchfire_keys::ids::EnvelopeId;

/// Envelopes for which this is remembered; a forgotten one costs a duplicate announcement, nothing more.
const MAX_ENVELOPES: usize = 4096;

/// For each of the latest envelopes, the links whose other end holds it.
#[derive(Clone, Debug)]
pub(super) struct Knowers<P> {
    peers: BTreeMap<EnvelopeId, Vec<P>>,
    order: VecDeque<EnvelopeId>,
}

impl<P: Clone + PartialEq> Knowers<P> {
    pub(super) fn new() -> Self {
        Self { peers: BTreeMap::new(), order: VecDeque::new() }
    }

    /// For how many envelopes how many links are remembered.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.peers.len(), self.peers.values().map(Vec::len).sum())
    }

    /// Notes that `peer` holds the envelope; `false` if that was known.
    pub(super) fn note(&mut self, id: EnvelopeId, peer: &P) -> bool {
        let knowers = self.of(id);
        if knowers.contains(peer) {
            return false;
        }
        knowers.push(peer.clone());
        true
    }

    /// The links known to hold the envelope, to read and to add to.
    pub(super) fn of(&mut self, id: EnvelopeId) -> &mut Vec<P> {
        if !self.peers.contains_key(&id) {
            let full = self.order.len() >= MAX_ENVELOPES;
            if let Some(oldest) = full.then(|| self.order.pop_front()).flatten() {
                self.peers.remove(&oldest);
            }
            self.order.push_back(id);
        }
        self.peers.entry(id).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut knowers = Knowers::new();
        for n in 0..3 * MAX_ENVELOPES as u32 {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&n.to_le_bytes());
            assert!(knowers.note(EnvelopeId::from_bytes(bytes), &1u32));
            assert!(!knowers.note(EnvelopeId::from_bytes(bytes), &1u32));
        }
        assert_eq!((knowers.peers.len(), knowers.order.len()), (MAX_ENVELOPES, MAX_ENVELOPES));
    }
}
