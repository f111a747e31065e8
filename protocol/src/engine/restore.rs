//! Coming back from disk.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::codec;
use watchfire_keys::epoch::{EpochSecret, Header};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{CircleId, EnvelopeId, EpochId, RecordId};

use super::standing::side_of;
use super::{Engine, PeerName};
use crate::circle::ActLog;
use crate::crypto::Crypto;
use crate::presence::{Presence, SignedPresence};
use crate::reconcile::Prefix;
use crate::record::{Placed, SignedRecord};

/// Bytes of a presence on disk, at most.
const MAX_PRESENCE_BYTES: usize = 8 * 1024;

/// What an earlier life of the node left on disk.
#[derive(Debug)]
pub struct Restored {
    /// The circle.
    pub circle: CircleId,
    /// The founding, the acts and the approvals.
    pub log: ActLog,
    /// Epoch headers.
    pub headers: Vec<Arc<Header>>,
    /// Epoch secrets.
    pub secrets: Vec<(EpochId, EpochSecret)>,
    /// Every record, the oldest of each signer first or in any order.
    pub records: Vec<RestoredRecord>,
    /// From where the chains of signers count whose older records are over.
    pub chain_starts: Vec<(PublicKey, u64)>,
    /// Encoded presences.
    pub presences: Vec<Vec<u8>>,
    /// Whether a member of every side had shown that it knew what this node knew.
    pub heard: bool,
}

/// A record that was admitted before: what the engine needs of it, which is little, so that a whole store's worth of them
/// fits into memory at once.
#[derive(Clone, Debug)]
pub struct RestoredRecord {
    /// Its id and what decides whether it stands.
    pub placed: Placed,
    /// Bytes of the record.
    pub bytes: usize,
    /// The epoch it was sealed under; none for an own record that still waits.
    pub epoch: Option<EpochId>,
    /// Its envelope.
    pub envelope: Option<EnvelopeId>,
    /// The record itself, if it waits.
    pub waiting: Option<Arc<SignedRecord>>,
}

impl RestoredRecord {
    /// A record as it was kept.
    #[must_use]
    pub fn of(
        id: RecordId,
        epoch: Option<EpochId>,
        envelope: Option<EnvelopeId>,
        record: SignedRecord,
        bytes: usize,
    ) -> Self {
        let placed = Placed::of(id, record.record());
        Self { placed, bytes, epoch, envelope, waiting: epoch.is_none().then(|| Arc::new(record)) }
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn restore(&mut self, mut restored: Restored) {
        for header in restored.headers {
            // Many headers were dealt at one frontier.
            restored.log.recall(&header.frontier);
            // A header that does not hold any more (its time is over, the disk spoiled it) is not needed.
            let _ = self.keyring.insert_header(header, &restored.log, self.now.unix);
        }
        for (epoch, secret) in restored.secrets {
            // A secret whose header is gone opens nothing and is dropped.
            let _ = self.keyring.insert_secret(epoch, secret);
        }
        self.roster = restored.log.roster().cloned();
        self.log = Some(restored.log);
        if let Some(side) = self.roster.as_ref().and_then(|roster| side_of(roster, &self.keys.member)) {
            self.gossip.set_own_side(side);
        }
        for bytes in &restored.presences {
            let presence = codec::decode::<SignedPresence>(bytes, MAX_PRESENCE_BYTES);
            let own = self.keys.daemon.public();
            let speaks = |known: &SignedPresence| {
                let Presence { member, signer, .. } = &known.presence;
                *signer != own && self.daemon_allowed(member, signer).is_ok()
            };
            // Those of members who are none any more, and of keys that were ended, stay on disk.
            if let Some(presence) = presence.ok().filter(speaks) {
                self.reach.take(presence);
            }
        }
        if let Some(roster) = self.roster.as_ref().filter(|_| restored.heard) {
            self.heard.extend(0..roster.charter.sides.len());
        }
        let mut void = Vec::new();
        if let Some(roster) = self.roster.clone() {
            self.standing.follow(None, &roster);
            let places = restored.records.iter().map(|restored| restored.placed);
            // A crash may have come between an act and the erasure of what it made void.
            void = self.standing.place_all(&roster, places);
        }
        for (signer, seq) in restored.chain_starts {
            self.chains.start_at(signer, seq);
        }
        for RestoredRecord { placed, bytes, envelope, waiting, .. } in restored.records {
            self.chains.take(&placed);
            if let Some(envelope) = envelope {
                self.gossip.remember(envelope, Prefix::of(&placed.id));
            }
            match waiting {
                None => {
                    self.set.insert(placed.id);
                    self.shelf.add(placed.id, &placed.author, placed.created, bytes);
                }
                Some(record) => self.outbox.push(placed.id, record),
            }
        }
        self.make_void(void);
        self.look_for_proofs_soon();
        self.epoch_changed();
    }
}
