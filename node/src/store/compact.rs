//! sled gives no space back: a store shrinks by being written anew beside the old one and put in its place.
//!
//! ```text
//! store         the store
//! store.fresh   the new one, while it is written
//! store.old     the one before, from the moment the new one is whole until it was opened
//! ```
//!
//! A crash can come between any two steps. `store.old` exists only when `store.fresh` was whole and on the disk, so
//! [`recover`] knows by the names alone what to do, and no step gives up the only whole one.

use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::durable;
use super::quiet::guarded;
use super::tree::open_bare;
use crate::home::files;

/// Entries that are put into the fresh tree before it is flushed: some 16 MB.
const ENTRIES_A_FLUSH: usize = 16_384;

/// How full a store is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Entries.
    pub entries: u64,
    /// Bytes of their places and sealed values.
    pub live: u64,
    /// Bytes of files now.
    pub disk: u64,
    /// Bytes of files before it was written anew; 0 when it was not.
    pub before: u64,
}

impl Sizes {
    /// About how many bytes writing it anew would give back.
    pub fn spare(&self) -> u64 {
        // Measured with a hundred thousand records: a fresh tree takes 1.84 times what it holds.
        let fresh = self.live.saturating_mul(2).max(1024 * 1024);
        self.disk.saturating_sub(fresh)
    }
}

/// Counts what a tree holds.
pub(super) fn sizes(tree: &sled::Db) -> Result<Sizes, StoreError> {
    let mut sizes = Sizes { disk: guarded(|| tree.size_on_disk())?, ..Sizes::default() };
    let mut entries = tree.iter();
    while let Some((place, sealed)) = guarded(|| entries.next().transpose())? {
        sizes.entries += 1;
        sizes.live += (place.len() + sealed.len()) as u64;
    }
    Ok(sizes)
}

/// Writes everything that the tree of this folder holds into a fresh one beside it, and reads it back.
pub(super) fn write_fresh(tree: &sled::Db, folder: &Path) -> Result<(), StoreError> {
    let path = fresh(folder);
    let written = remove(&path).map_err(StoreError::from).and_then(|()| copy(tree, &path));
    if written.is_err() {
        // What is left of it is in the way of nothing; on a full disk this makes room.
        let _ = remove(&path);
    }
    written
}

fn copy(tree: &sled::Db, path: &Path) -> Result<(), StoreError> {
    files::private_folder(path)?;
    let copy = open_bare(path)?;
    let mut entries = tree.iter();
    let mut waiting = 0;
    while let Some((place, sealed)) = guarded(|| entries.next().transpose())? {
        guarded(|| copy.insert(place, sealed))?;
        waiting += 1;
        if waiting >= ENTRIES_A_FLUSH {
            guarded(|| copy.flush())?;
            waiting = 0;
        }
    }
    guarded(|| copy.flush())?;
    let (mut left, mut right) = (tree.iter(), copy.iter());
    loop {
        let pair = guarded(|| Ok((left.next().transpose()?, right.next().transpose()?)))?;
        match pair {
            (None, None) => break,
            (left, right) if left == right => {}
            _ => return Err(StoreError::Damaged("the copy of it is not what it is".to_owned())),
        }
    }
    drop((left, right, entries));
    drop(copy);
    // As for every write: what sled flushes is not yet safe from a power cut.
    durable::sync_tree(path)?;
    Ok(sync_above(path)?)
}

/// Puts the fresh tree in the place of the old one. Both are closed.
pub(super) fn swap(folder: &Path) -> io::Result<()> {
    remove(&old(folder))?;
    std::fs::rename(folder, old(folder))?;
    sync_above(folder)?;
    std::fs::rename(fresh(folder), folder)?;
    sync_above(folder)
}

/// Gives up the tree that was replaced.
pub(super) fn remove_old(folder: &Path) -> io::Result<()> {
    remove(&old(folder))
}

/// Puts in place what a crash in the middle of [`swap`] left beside its place. The fresh one that a crash left unfinished
/// goes; the old one stays until the one in its place was opened.
pub(super) fn recover(folder: &Path) -> io::Result<()> {
    let (fresh, old) = (fresh(folder), old(folder));
    if !files::exists(folder)? && files::exists(&old)? {
        let whole = if files::exists(&fresh)? { &fresh } else { &old };
        std::fs::rename(whole, folder)?;
        sync_above(folder)?;
    }
    remove(&fresh)
}

/// Puts the replaced tree back in its place, where the one that replaced it was moved away. False when there is none.
pub(super) fn fall_back(folder: &Path) -> io::Result<bool> {
    if !files::exists(&old(folder))? {
        return Ok(false);
    }
    std::fs::rename(old(folder), folder)?;
    Ok(true)
}

fn fresh(folder: &Path) -> PathBuf {
    folder.with_file_name("store.fresh")
}

fn old(folder: &Path) -> PathBuf {
    folder.with_file_name("store.old")
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_above(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), durable::sync_path)
}
