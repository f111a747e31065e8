//! The store on disk: one sled tree, in which every key is a hash and every value is sealed.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::open::Held;
use super::progress::Progress;
use super::quiet::guarded;
use super::seal::Seal;
use super::{Batch, Store, StoreError, Table, Value, Visitor};

/// The version of the layout in this folder.
const VERSION: u32 = 1;
/// The place of the marker: shorter than any entry's, so it is none.
const MARKER: &[u8] = b"watchfire store";
/// The place of the number of batches: shorter than any entry's, too.
const COUNT: &[u8] = b"watchfire batches";
/// What the marker seals, to tell another identity's store from this one's.
const PROOF: &[u8] = b"this store was made with this key";
/// sled's cache of pages. Its default is a gigabyte; the look-ups that matter are kept in memory elsewhere.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// A circle's store in its folder, locked for this process.
pub struct DiskStore {
    // Dropped in this order: the tree is closed before the lock is let go.
    tree: sled::Db,
    seal: Seal,
    progress: Mutex<Progress>,
    damaged: AtomicU64,
    _held: Held,
}

impl DiskStore {
    /// A store over a tree that [`open_tree`] opened with the same keys.
    pub(super) fn new(tree: sled::Db, seal: Seal, progress: Progress, held: Held) -> Self {
        Self { tree, seal, progress: Mutex::new(progress), damaged: AtomicU64::new(0), _held: held }
    }

    /// Puts a batch into the tree, in memory as yet, and says its number.
    fn put(&self, mut batch: sled::Batch) -> Result<u64, StoreError> {
        let mut progress = self.progress();
        let number = progress.applied.saturating_add(1);
        batch.insert(COUNT, self.seal.seal(Table::Meta, COUNT, b"", &number.to_le_bytes()));
        guarded(|| self.tree.apply_batch(batch))?;
        progress.applied = number;
        Ok(number)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_damage(&self) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
    }
}

/// Opens the tree in `folder`, or makes it, and checks that it is of this version and sealed with these keys.
pub(super) fn open_tree(folder: &Path, seal: &Seal) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new()
        .path(folder)
        .cache_capacity(CACHE_BYTES)
        .mode(sled::Mode::LowSpace)
        .flush_every_ms(None);
    let tree = guarded(|| config.open())?;
    match guarded(|| tree.get(MARKER))? {
        Some(marker) => check_marker(&marker, seal)?,
        None if guarded(|| tree.iter().next().transpose())?.is_some() => {
            return Err(StoreError::Damaged("it has entries and no version".to_owned()));
        }
        None => {
            let mut marker = VERSION.to_le_bytes().to_vec();
            marker.extend_from_slice(&seal.seal(Table::Meta, MARKER, b"", PROOF));
            guarded(|| tree.insert(MARKER, marker))?;
            guarded(|| tree.flush())?;
        }
    }
    Ok(tree)
}

/// How many batches the tree holds.
pub(super) fn batches(tree: &sled::Db, seal: &Seal) -> Result<u64, StoreError> {
    let sealed = guarded(|| tree.get(COUNT))?;
    let count = sealed.and_then(|sealed| seal.open(Table::Meta, COUNT, &sealed));
    let count = count.and_then(|(_, count)| Some(u64::from_le_bytes(*count.first_chunk()?)));
    Ok(count.unwrap_or(0))
}

fn check_marker(marker: &[u8], seal: &Seal) -> Result<(), StoreError> {
    let damaged = || StoreError::Damaged("its version cannot be read".to_owned());
    let (version, proof) = marker.split_first_chunk().ok_or_else(damaged)?;
    match u32::from_le_bytes(*version) {
        0 => Err(damaged()),
        VERSION if seal.open(Table::Meta, MARKER, proof).is_some() => Ok(()),
        VERSION => Err(StoreError::Damaged("it was sealed with the keys of another identity".to_owned())),
        found => Err(StoreError::TooNew { found }),
    }
}

impl Store for DiskStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let place = self.seal.place(table, key);
        let Some(sealed) = guarded(|| self.tree.get(place))? else { return Ok(None) };
        match self.seal.open(table, &place, &sealed) {
            Some((found, value)) if found == key => Ok(Some(value)),
            _ => {
                self.count_damage();
                Err(StoreError::DamagedValue)
            }
        }
    }

    fn contains(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        let place = self.seal.place(table, key);
        guarded(|| self.tree.contains_key(place))
    }

    fn apply(&self, batch: Batch) -> Result<(), StoreError> {
        let mut sealed = sled::Batch::default();
        for change in batch.checked()? {
            let place = self.seal.place(change.table, &change.key);
            match change.value {
                Some(value) => {
                    sealed.insert(&place[..], self.seal.seal(change.table, &place, &change.key, &value));
                }
                None => sealed.remove(&place[..]),
            }
        }
        let number = self.put(sealed)?;
        guarded(|| self.tree.flush())?;
        Ok(self.progress().note(&self.seal, number)?)
    }

    fn scan(&self, table: Table, prefix: &[u8], visit: Visitor<'_>) -> Result<(), StoreError> {
        let mut entries = guarded(|| Ok(self.tree.scan_prefix(self.seal.table(table))))?;
        while let Some((place, sealed)) = guarded(|| entries.next().transpose())? {
            match self.seal.open(table, &place, &sealed) {
                Some((key, value)) if key.starts_with(prefix) => {
                    if visit(&key, &value) == ControlFlow::Break(()) {
                        break;
                    }
                }
                Some(_) => {}
                None => self.count_damage(),
            }
        }
        Ok(())
    }

    fn damaged_values(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    fn bytes_on_disk(&self) -> u64 {
        guarded(|| self.tree.size_on_disk()).unwrap_or(0)
    }
}

impl std::fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiskStore").finish_non_exhaustive()
    }
}
