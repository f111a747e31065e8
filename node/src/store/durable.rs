//! What of a tree is on the disk, so that a power cut does not take it back.
//!
//! sled has the system write the pages of its log out, and waits neither for the disk's own cache nor for the file's new
//! size. A page of more than 128 KiB it writes to a file of its own in the folder `blobs`, which it has nobody write out:
//! some entries of 60 KB that lie side by side make one. Both are waited for here, the blobs before the log that names
//! them, since a log without its blobs is a damaged one.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rustix::fs::{Dir, Mode, OFlags, openat};
use rustix::io::Errno;

use super::StoreError;
use super::quiet::guarded;

/// The files of a tree that is open, beside sled's own handles of them.
pub(super) struct Files {
    log: File,
    log_path: PathBuf,
    blobs: Mutex<Blobs>,
}

impl Files {
    /// Those of a tree that was opened in this folder. What an earlier process left is waited for by the first flush.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let log_path = folder.join("db");
        let log = File::open(&log_path)?;
        sync_path(folder)?;
        folder.parent().map_or(Ok(()), sync_path)?;
        Ok(Self { log, log_path, blobs: Mutex::new(Blobs::below(folder)?) })
    }

    /// Has everything that was put into the tree on the disk.
    pub(super) fn flush(&self, tree: &sled::Db) -> Result<(), StoreError> {
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        let before = blobs.changed()?;
        let came = blobs.sync_new()?;
        guarded(|| tree.flush())?;
        // Whoever reads may have a page divided meanwhile.
        if came || blobs.changed()? != before {
            blobs.sync_new()?;
        }
        Ok(sync(&self.log_path, &self.log)?)
    }
}

/// Has all files of a tree that was closed, and their names, on the disk.
pub(super) fn sync_tree(folder: &Path) -> io::Result<()> {
    let mut blobs = Blobs::below(folder)?;
    blobs.sync_new()?;
    sync(&blobs.path, &blobs.folder)?;
    sync_path(&folder.join("db"))?;
    sync_path(folder)
}

/// The folder of the large pages, whatever its name is now.
struct Blobs {
    path: PathBuf,
    folder: File,
    /// Names of those that are on the disk. sled writes each once, and gives its name to no other.
    synced: BTreeSet<OsString>,
}

impl Blobs {
    fn below(tree: &Path) -> io::Result<Self> {
        let path = tree.join("blobs");
        Ok(Self { folder: File::open(&path)?, path, synced: BTreeSet::new() })
    }

    /// When a name came or went last.
    fn changed(&self) -> io::Result<SystemTime> {
        self.folder.metadata()?.modified()
    }

    /// Has those on the disk that were not. Whether there were any.
    fn sync_new(&mut self) -> io::Result<bool> {
        let names = self.names()?;
        let mut came = false;
        for name in names.difference(&self.synced) {
            came = true;
            match openat(&self.folder, &**name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
                Ok(blob) => sync(&self.path.join(name), &File::from(blob))?,
                // sled needed it no longer.
                Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if came {
            sync(&self.path, &self.folder)?;
        }
        self.synced = names;
        Ok(came)
    }

    fn names(&self) -> io::Result<BTreeSet<OsString>> {
        let mut names = BTreeSet::new();
        for entry in Dir::read_from(&self.folder)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.insert(name.to_owned());
            }
        }
        Ok(names)
    }
}

/// Has a file, or the names in a folder, on the disk.
pub(super) fn sync_path(path: &Path) -> io::Result<()> {
    sync(path, &File::open(path)?)
}

fn sync(path: &Path, file: &File) -> io::Result<()> {
    file.sync_data()?;
    #[cfg(test)]
    tests::note(path);
    tracing::trace!(path = %path.display(), "on the disk");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use watchfire_keys::{CircleId, UnixMillis};

    use crate::home::{CircleHome, Home};
    use crate::store::{Batch, DiskStore, Store, Table, open};

    thread_local! {
        static SYNCED: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    }

    /// Notes what this thread has synced.
    pub(super) fn note(path: &Path) {
        SYNCED.with_borrow_mut(|synced| synced.push(path.to_path_buf()));
    }

    /// What this thread has synced while a step was made, in that order.
    fn synced(step: impl FnOnce()) -> Vec<PathBuf> {
        SYNCED.take();
        step();
        SYNCED.take()
    }

    fn blobs(store: &Path) -> BTreeSet<PathBuf> {
        fs::read_dir(store.join("blobs")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn circle(folder: &Path) -> CircleHome {
        Home::at(folder).circle(CircleId::from_bytes([3; 32]))
    }

    fn disk(folder: &Path) -> DiskStore {
        open(&circle(folder), &[7; 32], UnixMillis(0), Duration::from_secs(30)).unwrap().store
    }

    /// Entries that make blobs, since some of them share a page.
    fn put(store: &DiskStore, numbers: std::ops::Range<u8>) {
        let mut batch = Batch::new();
        for number in numbers {
            batch.add(Table::Records, &[number], Some(&[number; 60_000]));
        }
        store.apply(batch).unwrap();
    }

    #[test]
    fn every_blob_is_on_the_disk_before_the_log_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let (made, path) = (disk(folder.path()), circle(folder.path()).store_path());
        let log = path.join("db");
        let mut known = BTreeSet::new();
        for round in 0..4 {
            let order = synced(|| put(&made, round * 20..(round + 1) * 20));
            let there = blobs(&path);
            let new: BTreeSet<PathBuf> = there.difference(&known).cloned().collect();
            assert!(!new.is_empty(), "these entries make blobs");
            assert_eq!(order.last(), Some(&log));
            assert!(order.contains(&path.join("blobs")), "their names, too");
            let order: BTreeSet<PathBuf> = order.into_iter().collect();
            assert!(order.is_superset(&new) && order.is_disjoint(&known), "the new ones and no other");
            known = there;
        }
        // What makes no blob costs the log alone. Now and then sled writes a large page together in passing.
        let small = |number: u8| made.apply(Batch::new().put(Table::Meta, b"small", &[number])).unwrap();
        assert!((0..50).any(|number| synced(|| small(number)) == [log.clone()]));
    }

    #[test]
    fn a_store_that_was_written_anew_is_on_the_disk_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (made, path) = (disk(folder.path()), circle(folder.path()).store_path());
        put(&made, 0..80);
        let order = synced(|| assert!(made.compact().is_ok()));
        let fresh = path.with_file_name("store.fresh");
        let names: BTreeSet<_> =
            blobs(&path).iter().map(|blob| blob.file_name().unwrap().to_owned()).collect();
        assert!(!names.is_empty());
        let expected = names.iter().map(|name| fresh.join("blobs").join(name));
        let expected = expected.chain([fresh.join("blobs"), fresh.join("db"), fresh.clone()]);
        for path in expected {
            assert!(order.contains(&path), "{} was not synced", path.display());
        }
    }
}
