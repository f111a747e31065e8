//! A node's disk: what its engine asked to be kept, as it stands at this moment.
//!
//! Writes happen at once and in order, before any later output of the engine is carried out, as the engine's contract
//! has it. So a node that is stopped at any moment finds on its disk exactly what it had promised to keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use watchfire_keys::epoch::{EpochSecret, Header};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{CircleId, EnvelopeId, EpochId, MemberId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActLog, Draft, Item};
use watchfire_protocol::engine::{Change, Loaded, Restored, RestoredRecord, Start};
use watchfire_protocol::envelope::EpochKeys;
use watchfire_protocol::record::{Placed, SignedRecord};

/// A record as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    epoch: Option<EpochId>,
    envelope: Option<EnvelopeId>,
    bytes: Arc<[u8]>,
}

/// What one node has written.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    circle: CircleId,
    /// What the circle's history was when the world began: one log for all nodes.
    log: ActLog,
    /// What was written since, in that order, so that each item comes after what it needs.
    items: Vec<Item>,
    headers: BTreeMap<EpochId, Arc<Header>>,
    secrets: BTreeMap<EpochId, [u8; 32]>,
    records: BTreeMap<RecordId, Kept>,
    chain_starts: BTreeMap<PublicKey, u64>,
    presences: BTreeMap<(MemberId, PublicKey), Vec<u8>>,
    draft: Option<Vec<u8>>,
    heard: bool,
}

impl Disk {
    /// The disk of a member of a circle that exists already.
    pub(crate) fn of_member(log: ActLog, header: &Arc<Header>, secret: &EpochSecret) -> Self {
        let mut disk = Self::new(*log.circle());
        disk.log = log;
        disk.headers.insert(header.id(), Arc::clone(header));
        disk.secrets.insert(header.id(), *secret.as_bytes());
        disk.heard = true;
        disk
    }

    /// An empty disk of a node that wants to be in this circle.
    pub(crate) fn new(circle: CircleId) -> Self {
        Self {
            circle,
            log: ActLog::new(circle),
            items: Vec::new(),
            headers: BTreeMap::new(),
            secrets: BTreeMap::new(),
            records: BTreeMap::new(),
            chain_starts: BTreeMap::new(),
            presences: BTreeMap::new(),
            draft: None,
            heard: false,
        }
    }

    /// Writes.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Item(Item::Header(header)) => {
                self.headers.insert(header.id(), header);
            }
            Change::Item(item) => {
                if !self.items.contains(&item) {
                    self.items.push(item);
                }
            }
            Change::Secret { epoch, secret } => {
                self.secrets.insert(epoch, *secret.as_bytes());
            }
            Change::Record { id, epoch, envelope, bytes, .. } => {
                self.records.insert(id, Kept { epoch, envelope, bytes });
            }
            Change::Presence { member, signer, bytes } => {
                self.presences.insert((member, signer), bytes);
            }
            Change::ErasePresence { member, signer } => {
                self.presences.remove(&(member, signer));
            }
            Change::EraseEpochs(epochs) => {
                for epoch in epochs {
                    self.headers.remove(&epoch);
                    self.secrets.remove(&epoch);
                }
            }
            Change::EraseRecords(ids) => self.records.retain(|id, _| !ids.contains(id)),
            Change::ChainStart { signer, seq } => {
                self.chain_starts.insert(signer, seq);
            }
            Change::EraseItems(ids) => self.items.retain(|item| !ids.contains(&item.id())),
            Change::Draft(bytes) => self.draft = Some(bytes),
            Change::Heard => self.heard = true,
            // Only people read it, and there are none.
            Change::Named { .. } => {}
        }
    }

    /// The ids of all records that are kept.
    pub(crate) fn record_ids(&self) -> impl Iterator<Item = &RecordId> {
        self.records.keys()
    }

    /// Those of these records that are kept, for an engine that asked.
    pub(crate) fn load(&self, ids: &[RecordId]) -> Vec<Loaded> {
        let found = ids.iter().filter_map(|id| Some((id, self.records.get(id)?)));
        found.map(|(id, kept)| Loaded { id: *id, epoch: kept.epoch, bytes: kept.bytes.to_vec() }).collect()
    }

    /// Where the records of signers whose records end stand in their chains.
    pub(crate) fn of_signers(&self, signers: &[PublicKey]) -> Vec<Placed> {
        let read = |kept: &Kept| SignedRecord::from_bytes(&kept.bytes).ok();
        let records = self.records.iter().filter_map(|(id, kept)| Some((*id, read(kept)?)));
        let theirs = records.filter(|(_, signed)| signers.contains(&signed.record().signer));
        theirs.map(|(id, signed)| Placed::of(id, signed.record())).collect()
    }

    /// The keys of an epoch whose header and secret are here.
    pub(crate) fn epoch_keys(&self, epoch: &EpochId) -> Option<EpochKeys> {
        EpochKeys::new(self.headers.get(epoch)?, &EpochSecret::from_bytes(self.secrets.get(epoch)?))
    }

    /// What an engine that starts now finds.
    pub(crate) fn start(&self, now: UnixMillis) -> Start {
        let log = self.log(now);
        if log.is_founded() {
            return Start::Restored(Box::new(self.restored(log)));
        }
        match self.draft.as_deref().and_then(|bytes| Draft::from_bytes(bytes).ok()) {
            Some((draft, _)) => Start::Founding(draft),
            None => Start::Joining(self.circle),
        }
    }

    /// The circle's history with everything that was written since.
    fn log(&self, now: UnixMillis) -> ActLog {
        let mut log = self.log.clone();
        for item in &self.items {
            // What a log refuses now, it refused before it was written.
            let _ = log.insert(item.clone(), now);
        }
        log
    }

    fn restored(&self, log: ActLog) -> Restored {
        let records = self.records.iter().filter_map(|(id, kept)| {
            let record = SignedRecord::from_bytes(&kept.bytes).ok()?;
            Some(RestoredRecord::of(*id, kept.epoch, kept.envelope, record, kept.bytes.len()))
        });
        Restored {
            circle: self.circle,
            log,
            headers: self.headers.values().cloned().collect(),
            secrets: self
                .secrets
                .iter()
                .map(|(epoch, secret)| (*epoch, EpochSecret::from_bytes(secret)))
                .collect(),
            records: records.collect(),
            chain_starts: self.chain_starts.iter().map(|(signer, seq)| (*signer, *seq)).collect(),
            presences: self.presences.values().cloned().collect(),
            heard: self.heard,
        }
    }
}
