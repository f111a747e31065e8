//! What the engine wants kept, in the store's tables, and back.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::{CircleId, EnvelopeId, EpochId, EpochSecret, MemberId, PublicKey, RecordId, UnixMillis};
use watchfire_protocol::circle::{ActLog, Item};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Loaded, Restored, RestoredRecord};
use watchfire_protocol::envelope::Opened;
use watchfire_protocol::limits::MAX_RECORD_BYTES;
use watchfire_protocol::record::{Inner, Placed, SignedRecord};
use watchfire_protocol::view::{Corroboration, Prepared, View};

use super::node::BATCH_BYTES;
use crate::store::{Batch, Part, Store, StoreError, Table};

/// Bytes of a kept record beside the record itself, at most.
const KEPT_OVERHEAD: usize = 256;
/// The key under which it stands that a member of every side has shown its frontier.
const HEARD: &[u8] = b"heard";

/// The key under which it stands that something was lost and is not back yet.
const LOST: &[u8] = b"lost";

/// The key under which it stands that a home from a backup has been here.
const RESTORED: &[u8] = b"restored";

/// How the keys begin under which it stands from where a signer's chain counts.
const CHAIN_START: &[u8] = b"chain/";

/// Whether a home's keys came from a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RestoredKeys {
    /// They did not.
    No,
    /// They did, and it signs with another key by now, or with none.
    Replaced,
    /// They did, and it signs with that key.
    InUse,
}

/// A home whose keys came from a backup may have published before, from the machine that is gone: as after a loss,
/// nothing is signed until its peers have shown which record was the last. Once for each circle; at every start while it
/// signs with the key of the backup, since another machine with that key may have published in between.
pub(super) fn note_restored(store: &dyn Store, restored: RestoredKeys) -> Result<(), StoreError> {
    match restored {
        RestoredKeys::No => return Ok(()),
        RestoredKeys::Replaced if store.contains(Table::Meta, RESTORED)? => return Ok(()),
        RestoredKeys::Replaced | RestoredKeys::InUse => {}
    }
    store.apply(Batch::new().put(Table::Meta, RESTORED, &[1]).put(Table::Meta, LOST, &[1]))
}

/// Whether something that was kept once is missing. Stays so over restarts until [`note_recovery`].
pub(super) fn note_loss(store: &dyn Store, lost_batches: u64) -> Result<bool, StoreError> {
    if lost_batches > 0 {
        store.apply(Batch::new().put(Table::Meta, LOST, &[1]))?;
        return Ok(true);
    }
    store.contains(Table::Meta, LOST)
}

/// A peer has brought back what was lost.
pub(super) fn note_recovery(store: &dyn Store) -> Result<(), StoreError> {
    store.apply(Batch::new().remove(Table::Meta, LOST))
}

/// A record as it stands on disk.
#[derive(Serialize, Deserialize)]
struct KeptRecord {
    epoch: Option<EpochId>,
    envelope: Option<EnvelopeId>,
    received: UnixMillis,
    #[serde(with = "codec::bytes")]
    bytes: Vec<u8>,
}

impl KeptRecord {
    fn read(bytes: &[u8]) -> Option<Self> {
        codec::decode(bytes, MAX_RECORD_BYTES + KEPT_OVERHEAD).ok()
    }
}

/// Adds a change to a batch. Drafts are files of the home and not the store's.
pub fn add(batch: &mut Batch, change: &Change) {
    match change {
        Change::Item(item) => {
            let table = if matches!(item, Item::Header(_)) { Table::Headers } else { Table::Acts };
            batch.add(table, &item.id(), Some(&item.to_bytes()));
        }
        Change::Secret { epoch, secret } => {
            batch.add(Table::Secrets, epoch.as_bytes(), Some(secret.as_bytes()))
        }
        Change::Record { id, epoch, envelope, bytes, received } => {
            let kept =
                KeptRecord { epoch: *epoch, envelope: *envelope, received: *received, bytes: bytes.to_vec() };
            batch.add(Table::Records, id.as_bytes(), Some(&codec::encode(&kept)));
        }
        Change::Named { id, bytes } => batch.add(Table::Named, id.as_bytes(), Some(bytes)),
        Change::Presence { member, signer, bytes } => {
            batch.add(Table::Presence, &node_of(member, signer), Some(bytes));
            // Earlier versions kept one for each member.
            batch.add(Table::Presence, member.as_bytes(), None);
        }
        Change::ErasePresence { member, signer } => {
            batch.add(Table::Presence, &node_of(member, signer), None)
        }
        Change::Heard => batch.add(Table::Meta, HEARD, Some(&[1])),
        Change::EraseEpochs(epochs) => {
            for epoch in epochs {
                batch.add(Table::Headers, epoch.as_bytes(), None);
                batch.add(Table::Secrets, epoch.as_bytes(), None);
            }
        }
        Change::EraseRecords(records) => {
            for record in records {
                batch.add(Table::Records, record.as_bytes(), None);
                batch.add(Table::Named, record.as_bytes(), None);
            }
        }
        Change::ChainStart { signer, seq } => {
            batch.add(Table::Meta, &[CHAIN_START, signer.as_bytes()].concat(), Some(&seq.to_le_bytes()));
        }
        Change::EraseItems(items) => {
            for item in items {
                batch.add(Table::Acts, item, None);
            }
        }
        Change::Draft(_) => {}
    }
}

/// Writes changes, in as many batches as they need. Each is whole, and the later ones can be made again.
pub(super) fn write(store: &dyn Store, changes: &[Change]) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    for change in changes {
        add(&mut batch, change);
        if batch.bytes() > BATCH_BYTES {
            store.apply(std::mem::take(&mut batch))?;
        }
    }
    if batch.is_empty() { Ok(()) } else { store.apply(batch) }
}

/// The key of a node's presence.
fn node_of(member: &MemberId, signer: &PublicKey) -> Vec<u8> {
    [&member.as_bytes()[..], &signer.as_bytes()[..]].concat()
}

/// The records that a peer wants, as far as they are here.
pub(super) fn load(store: &dyn Store, ids: &[RecordId]) -> Result<Vec<Loaded>, StoreError> {
    let mut loaded = Vec::with_capacity(ids.len());
    for id in ids {
        let found = match store.get(Table::Records, id.as_bytes()) {
            // Counted, and shown by `status`; the other members have it.
            Err(StoreError::DamagedValue) => None,
            found => found?,
        };
        if let Some(kept) = found.and_then(|bytes| KeptRecord::read(&bytes)) {
            loaded.push(Loaded { id: *id, epoch: kept.epoch, bytes: kept.bytes });
        }
    }
    Ok(loaded)
}

/// The records of these signers, as far as it matters for whether they stand.
pub(super) fn of_signers(store: &dyn Store, signers: &[PublicKey]) -> Result<Vec<Placed>, StoreError> {
    let mut placed = Vec::new();
    store.scan(Table::Records, &[], &mut |key, value| {
        let signed = KeptRecord::read(value).and_then(|kept| SignedRecord::from_bytes(&kept.bytes).ok());
        if let (Ok(id), Some(signed)) = (<[u8; 32]>::try_from(key), signed)
            && signers.contains(&signed.record().signer)
        {
            placed.push(Placed::of(RecordId::from_bytes(id), signed.record()));
        }
        ControlFlow::Continue(())
    })?;
    Ok(placed)
}

/// One signed record.
pub fn record(store: &dyn Store, id: &RecordId) -> Result<Option<SignedRecord>, StoreError> {
    let kept = store.get(Table::Records, id.as_bytes())?.and_then(|bytes| KeptRecord::read(&bytes));
    Ok(kept.and_then(|kept| SignedRecord::from_bytes(&kept.bytes).ok()))
}

/// What a record for named readers says to this member, with when it was admitted.
pub struct KeptNamed {
    /// The record's id.
    pub id: RecordId,
    /// What it says.
    pub inner: Inner,
    /// The signed record around it.
    pub record: SignedRecord,
    /// When it was admitted here.
    pub received: UnixMillis,
}

/// Every record for named readers that this member can read, in any order. They are few.
pub fn named(store: &dyn Store) -> Result<Vec<KeptNamed>, StoreError> {
    let mut inners = Vec::new();
    store.scan(Table::Named, &[], &mut |key, value| {
        if let (Ok(id), Some(inner)) = (<[u8; 32]>::try_from(key), Inner::from_bytes(value)) {
            inners.push((RecordId::from_bytes(id), inner));
        }
        ControlFlow::Continue(())
    })?;
    let mut named = Vec::with_capacity(inners.len());
    for (id, inner) in inners {
        let kept = store.get(Table::Records, id.as_bytes())?.and_then(|bytes| KeptRecord::read(&bytes));
        // Without its record, which a removal may have ended, it counts for nothing.
        let Some(kept) = kept else { continue };
        if let Ok(record) = SignedRecord::from_bytes(&kept.bytes) {
            named.push(KeptNamed { id, inner, record, received: kept.received });
        }
    }
    Ok(named)
}

/// Everything a store holds, ready for an engine and for readers.
pub struct Kept {
    /// For the engine. Without a founding among the acts there is nothing to restore.
    pub restored: Restored,
    /// What the records say.
    pub view: View,
}

impl Kept {
    /// Whether the circle's founding is here.
    pub fn is_founded(&self) -> bool {
        self.restored.log.is_founded()
    }
}

/// Reads a whole store. What does not read is passed over: peers have it.
pub fn read(store: &dyn Store, circle: CircleId, now: UnixMillis) -> Result<Kept, StoreError> {
    let mut log = ActLog::new(circle);
    for item in items(store, Table::Acts)? {
        // An item that waits for its parents comes in with them.
        let _ = log.insert(item, now);
    }
    let headers = items(store, Table::Headers)?
        .into_iter()
        .filter_map(|item| match item {
            Item::Header(header) => Some(header),
            _ => None,
        })
        .collect();
    let mut secrets = Vec::new();
    store.scan(Table::Secrets, &[], &mut |key, value| {
        if let (Ok(epoch), Ok(secret)) = (<[u8; 32]>::try_from(key), <[u8; 32]>::try_from(value)) {
            secrets.push((EpochId::from_bytes(epoch), EpochSecret::from_bytes(&secret)));
        }
        ControlFlow::Continue(())
    })?;
    let mut presences = Vec::new();
    store.scan(Table::Presence, &[], &mut |_, value| {
        presences.push(value.to_vec());
        ControlFlow::Continue(())
    })?;
    let mut chain_starts = Vec::new();
    store.scan(Table::Meta, CHAIN_START, &mut |key, value| {
        let signer =
            key.get(CHAIN_START.len()..).and_then(|key| PublicKey::from_bytes(key.try_into().ok()?).ok());
        if let (Some(signer), Ok(seq)) = (signer, <[u8; 8]>::try_from(value)) {
            chain_starts.push((signer, u64::from_le_bytes(seq)));
        }
        ControlFlow::Continue(())
    })?;
    let mut view = empty_view(&log);
    let records = records(store, &mut view)?;
    let heard = store.get(Table::Meta, HEARD)?.is_some();
    Ok(Kept {
        restored: Restored { circle, log, headers, secrets, records, chain_starts, presences, heard },
        view,
    })
}

/// A view that believes as the charter says, without records.
pub(super) fn empty_view(log: &ActLog) -> View {
    let narrow = |count: u16| u8::try_from(count).unwrap_or(u8::MAX);
    let rule = log.charter().map(|charter| charter.rules.corroboration);
    View::new(rule.map_or_else(Corroboration::default, |rule| Corroboration {
        members: narrow(rule.members),
        sides: narrow(rule.sides),
    }))
}

fn items(store: &dyn Store, table: Table) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    store.scan(table, &[], &mut |_, value| {
        items.extend(Item::from_bytes(value).ok());
        ControlFlow::Continue(())
    })?;
    // Keys on disk are hashes, so entries come in no order; the founding goes first and acts before what is said of
    // them, so that the fewest have to wait for one another.
    items.sort_by_key(|item| match item {
        Item::Founding(_) => (0, 0),
        Item::Act(act) => (1, act.act.created.0),
        Item::Approval(approval) => (2, approval.approval.created.0),
        Item::Header(header) => (3, header.created.0),
    });
    Ok(items)
}

/// Parts of the table of records; threads that are done with one take the next.
const PARTS: u8 = 32;
/// Threads that read, at most: beyond these the disk is what is waited for.
const MAX_READERS: usize = 8;

/// One record as a thread has read it.
struct Read {
    restored: RestoredRecord,
    shown: Option<(Prepared, UnixMillis)>,
}

/// Reads every record, opened by the store and signed before it was kept: several threads decode, and the tables are
/// built once all is there.
fn records(store: &dyn Store, view: &mut View) -> Result<Vec<RestoredRecord>, StoreError> {
    let parts = Mutex::new(Part::all(PARTS));
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let read_parts = || {
        let mut found = Vec::new();
        while let Some(part) = next() {
            store.scan_part(Table::Records, part, &[], &mut |key, value| {
                found.extend(read_record(key, value));
                ControlFlow::Continue(())
            })?;
        }
        Ok::<_, StoreError>(found)
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(MAX_READERS);
    let found = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(read_parts)).collect();
        let mut found = vec![read_parts()];
        // A thread that panicked has the whole start fail, as it would without threads.
        found.extend(
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic))),
        );
        found.into_iter().collect::<Result<Vec<_>, _>>()
    })?;
    let mut records = Vec::with_capacity(found.iter().map(Vec::len).sum());
    view.insert_all(found.into_iter().flatten().filter_map(|Read { restored, shown }| {
        records.push(restored);
        shown
    }));
    Ok(records)
}

fn read_record(key: &[u8], value: &[u8]) -> Option<Read> {
    let id = RecordId::from_bytes(<[u8; 32]>::try_from(key).ok()?);
    let kept = KeptRecord::read(value)?;
    let record = SignedRecord::from_bytes(&kept.bytes).ok()?;
    let bytes = kept.bytes.len();
    let (Some(epoch), Some(envelope)) = (kept.epoch, kept.envelope) else {
        return Some(Read {
            restored: RestoredRecord::of(id, kept.epoch, kept.envelope, record, bytes),
            shown: None,
        });
    };
    let opened = Opened::from_own_store(id, record, envelope, epoch);
    let shown = Some((Prepared::of(&RealCrypto, &opened), kept.received));
    Some(Read {
        restored: RestoredRecord::of(id, kept.epoch, kept.envelope, opened.into_record(), bytes),
        shown,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use watchfire_keys::{CircleId, RecordId, UnixMillis};
    use watchfire_protocol::engine::Change;
    use watchfire_protocol::limits::MAX_AUTHOR_RECORDS;

    use super::{BATCH_BYTES, add, write};
    use crate::home::Home;
    use crate::store::{self, Batch, MAX_BATCH_BYTES, Store, Table};

    #[test]
    fn all_records_of_an_author_can_be_erased_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let circle = Home::at(folder.path()).circle(CircleId::from_bytes([3; 32]));
        let store = store::open(&circle, &[7; 32], UnixMillis(0), Duration::ZERO).unwrap().store;
        let number = |id: usize| {
            RecordId::from_bytes([id as u64; 4].map(u64::to_be_bytes).concat().try_into().unwrap())
        };
        let ids: Vec<RecordId> = (0..MAX_AUTHOR_RECORDS + 1_000).map(number).collect();
        let there = [0, ids.len() / 2, ids.len() - 1].map(|index| ids[index]);
        let mut batch = Batch::new();
        for id in there {
            batch.add(Table::Records, id.as_bytes(), Some(b"a record"));
        }
        store.apply(batch).unwrap();
        let changes: Vec<Change> =
            ids.chunks(Change::MAX_ERASED).map(|ids| Change::EraseRecords(ids.to_vec())).collect();
        write(&store, &changes).unwrap();
        assert!(there.iter().all(|id| !store.contains(Table::Records, id.as_bytes()).unwrap()));
        // The daemon adds a change to what is not yet over its bound.
        let mut largest = Batch::new();
        add(&mut largest, &changes[0]);
        assert!(BATCH_BYTES + largest.bytes() <= MAX_BATCH_BYTES);
    }
}
