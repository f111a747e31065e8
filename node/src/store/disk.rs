//! The store on disk: one sled tree, in which every key is a hash and every value is sealed.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::compact::{self, Sizes};
use super::durable::Files;
use super::open::Held;
use super::progress::Progress;
use super::quiet::guarded;
use super::seal::{PLACE_BYTES, Seal};
use super::tree::open_counted;
use super::{Batch, Change, Part, Store, StoreError, Table, Value, Visitor};

/// Bytes that a disk must have free beside what is written. A tree that runs into a full disk has to be opened again, so
/// a store stops a little before.
const SPARE_BYTES: u64 = 4 * 1024 * 1024;

/// Changed entries by their place; no value removes one.
type Entries = BTreeMap<[u8; PLACE_BYTES], Option<Vec<u8>>>;

/// A tree, and its files.
struct Tree {
    db: sled::Db,
    files: Files,
}

impl Tree {
    fn new(db: sled::Db, folder: &Path) -> io::Result<Self> {
        Ok(Self { db, files: Files::of(folder)? })
    }
}

/// A circle's store in its folder, locked for this process.
pub struct DiskStore {
    // Dropped in this order: the tree is closed before the lock is let go.
    /// None after a fault, until it is opened again.
    tree: RwLock<Option<Tree>>,
    folder: PathBuf,
    seal: Seal,
    progress: Mutex<Progress>,
    damaged: AtomicU64,
    held: Held,
}

impl DiskStore {
    /// A store over a tree that was opened in this folder with the same keys.
    pub(super) fn new(
        db: sled::Db,
        folder: PathBuf,
        seal: Seal,
        progress: Progress,
        held: Held,
    ) -> io::Result<Self> {
        Ok(Self {
            tree: RwLock::new(Some(Tree::new(db, &folder)?)),
            folder,
            seal,
            progress: Mutex::new(progress),
            damaged: AtomicU64::new(0),
            held,
        })
    }

    /// Works on the tree as it is now; it is not closed meanwhile.
    fn with<T>(&self, step: impl FnOnce(&sled::Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with_tree(|tree| step(&tree.db))
    }

    fn with_tree<T>(&self, step: impl FnOnce(&Tree) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        match &*tree {
            Some(tree) => step(tree),
            None => Err(io::Error::new(io::ErrorKind::NotConnected, "closed after a fault").into()),
        }
    }

    /// Puts entries into the tree, in memory as yet.
    fn put(&self, tree: &sled::Db, progress: &mut Progress, entries: Entries) -> Result<(), StoreError> {
        let mut tally = progress.tally();
        let mut batch = sled::Batch::default();
        for (place, sealed) in entries {
            if let Some(tally) = &mut tally {
                guarded(|| tree.get(place))?.iter().for_each(|old| tally.take(old));
                sealed.iter().for_each(|new| tally.add(new));
            }
            match sealed {
                Some(sealed) => batch.insert(&place[..], sealed),
                None => batch.remove(&place[..]),
            }
        }
        let said = progress.next(tally);
        said.put(&mut batch, &self.seal);
        let applied = guarded(|| tree.apply_batch(batch));
        progress.take(applied.is_ok().then_some(said));
        applied
    }

    /// Nobody else writes while this is held.
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_damage(&self) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
    }

    /// Refuses while the disk has hardly any room.
    fn check_room(&self, bytes: usize) -> Result<(), StoreError> {
        if self.held.free_bytes()? < SPARE_BYTES.saturating_add(2 * bytes as u64) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on the disk").into());
        }
        Ok(())
    }

    /// Closes the tree and opens it again; `between` may change the folder meanwhile.
    fn open_again(
        &self,
        progress: &mut Progress,
        between: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        *tree = None;
        let changed = between();
        compact::recover(&self.folder)?;
        let counted = open_counted(&self.folder, &self.seal)?;
        progress.resume(&counted)?;
        *tree = Some(Tree::new(counted.tree, &self.folder)?);
        Ok(changed?)
    }
}

impl Store for DiskStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let place = self.seal.place(table, key);
        let Some(sealed) = self.with(|tree| guarded(|| tree.get(place)))? else { return Ok(None) };
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
        self.with(|tree| guarded(|| tree.contains_key(place)))
    }

    fn apply(&self, batch: Batch) -> Result<(), StoreError> {
        let bytes = batch.bytes();
        let changes = batch.checked()?;
        self.check_room(bytes)?;
        let mut entries = Entries::new();
        for Change { table, key, value } in changes {
            let place = self.seal.place(table, &key);
            entries.insert(place, value.map(|value| self.seal.seal(table, &place, &key, &value)));
        }
        let mut progress = self.progress();
        self.with_tree(|tree| {
            self.put(&tree.db, &mut progress, entries)?;
            tree.files.flush(&tree.db)
        })?;
        Ok(progress.note(&self.seal)?)
    }

    fn scan_part(
        &self,
        table: Table,
        part: Part,
        prefix: &[u8],
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let places = part.places(&self.seal.table(table), PLACE_BYTES);
        self.with(|tree| {
            let mut entries = guarded(|| Ok(tree.range(places)))?;
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
        })
    }

    fn damaged_values(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    fn bytes_on_disk(&self) -> u64 {
        self.with(|tree| guarded(|| tree.size_on_disk())).unwrap_or(0)
    }

    fn reopen(&self) -> Result<(), StoreError> {
        self.check_room(0)?;
        self.open_again(&mut self.progress(), || Ok(()))
    }

    fn sizes(&self) -> Result<Sizes, StoreError> {
        self.with(compact::sizes)
    }

    fn compact(&self) -> Result<Sizes, StoreError> {
        // Held to the end: what is written meanwhile would be lost.
        let mut progress = self.progress();
        let before = self.sizes()?;
        self.check_room(usize::try_from(before.live).unwrap_or(usize::MAX))?;
        self.with(|tree| compact::write_fresh(tree, &self.folder))?;
        if let Err(fault) = self.open_again(&mut progress, || compact::swap(&self.folder)) {
            // Whatever it was, who reads next shall find it open if that can be.
            if self.with(|_| Ok(())).is_err() {
                let _ = self.open_again(&mut progress, || Ok(()));
            }
            return Err(fault);
        }
        // The fresh one is read before the one that it replaces is given up.
        let after = self.sizes()?;
        compact::remove_old(&self.folder)?;
        Ok(Sizes { before: before.disk, ..after })
    }
}

impl std::fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiskStore").finish_non_exhaustive()
    }
}
