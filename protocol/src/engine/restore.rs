//! Coming back from disk.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::codec;
use watchfire_keys::epoch::EpochSecret;
use watchfire_keys::ids::{CircleId, EnvelopeId, EpochId, RecordId};

use super::{Engine, PeerName};
use crate::circle::{ActLog, Item};
use crate::crypto::Crypto;
use crate::presence::SignedPresence;
use crate::record::SignedRecord;

/// Bytes of a presence on disk, at most.
const MAX_PRESENCE_BYTES: usize = 8 * 1024;

/// What an earlier life of the node left on disk.
#[derive(Debug)]
pub struct Restored {
    /// The circle.
    pub circle: CircleId,
    /// Encoded membership items, in any order.
    pub items: Vec<Vec<u8>>,
    /// Epoch secrets.
    pub secrets: Vec<(EpochId, [u8; 32])>,
    /// Every record, the oldest of each signer first or in any order.
    pub records: Vec<RestoredRecord>,
    /// Encoded presences.
    pub presences: Vec<Vec<u8>>,
    /// Whether a member of every side had shown that it knew what this node knew.
    pub heard: bool,
}

/// A record that was admitted before.
#[derive(Clone, Debug)]
pub struct RestoredRecord {
    /// Its id.
    pub id: RecordId,
    /// The epoch it was sealed under; none for an own record that still waits.
    pub epoch: Option<EpochId>,
    /// Its envelope.
    pub envelope: Option<EnvelopeId>,
    /// The record.
    pub record: Arc<SignedRecord>,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn restore(&mut self, restored: Restored) {
        let mut log = ActLog::new(self.circle);
        for bytes in &restored.items {
            // An item that the disk spoiled is fetched from peers again.
            if let Ok(item) = Item::from_bytes(bytes) {
                let _ = log.insert(item, self.now.unix);
            }
        }
        self.log = Some(log);
        self.membership_changed();
        for (epoch, secret) in restored.secrets {
            // A secret whose header is gone opens nothing and is dropped.
            let _ = self.keyring.insert_secret(epoch, EpochSecret::from_bytes(secret));
        }
        for bytes in &restored.presences {
            if let Ok(presence) = codec::decode::<SignedPresence>(bytes, MAX_PRESENCE_BYTES) {
                self.reach.restore(presence);
            }
        }
        if restored.heard {
            if let Some(roster) = &self.roster {
                self.heard.extend(0..roster.charter.sides.len());
            }
        }
        for RestoredRecord { id, epoch, envelope, record } in restored.records {
            self.chains.observe(id, &record);
            self.set.insert(id);
            if let Some(envelope) = envelope {
                self.gossip.remember(envelope);
            }
            if epoch.is_none() && record.record().author == self.keys.member {
                self.outbox.push(id, record);
            }
        }
        self.consider_dealing();
        self.flush_outbox();
    }
}
