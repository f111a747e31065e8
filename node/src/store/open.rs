//! How a circle's store is opened: by one process at a time, and never stopped by damage.
//!
//! A store that cannot be read is renamed, not deleted, and a fresh one takes its place: what it held comes back from the
//! other members. A store of a newer version, or a disk that refuses, is an error and stays as it is.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use watchfire_keys::UnixMillis;

use super::compact;
use super::progress::Progress;
use super::seal::Seal;
use super::tree::open_counted;
use super::{DiskStore, StoreError};
use crate::clock::file_stamp;
use crate::error::Result;
use crate::home::{CircleHome, files, lock};
use crate::random;

/// The lock on a store's folder; held until the store is dropped.
#[derive(Debug)]
pub(super) struct Held {
    file: File,
}

impl Held {
    /// Room on the disk that the store is on. Asked of this file, since the store's own folder is away from its place for a
    /// moment while a fresh one is put there.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::fstatvfs(&self.file)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// A store that is ready, and what had to be done for it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: DiskStore,
    /// The damaged one that it replaces.
    pub set_aside: Option<SetAside>,
    /// How many batches that were acknowledged once are gone: because of damage that sled went back behind, or with
    /// the store that was set aside. One at least where entries are
    /// missing that no count of batches tells of. A node must not sign a new record before it has heard from its peers which was
    /// its last. Said at every opening until the first batch is written.
    pub lost_batches: u64,
}

/// A damaged store that was moved out of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now.
    pub path: PathBuf,
    /// What was wrong with it.
    pub fault: String,
}

/// Opens the store of a circle with the identity's storage secret, making it if it is missing. Waits up to `patience`
/// for another process to be done with it. `now` names what is set aside.
pub fn open(circle: &CircleHome, storage: &[u8; 32], now: UnixMillis, patience: Duration) -> Result<Opened> {
    let seal = Seal::new(storage, &circle.id(), random::generator()?);
    circle.prepare()?;
    open_sealed(circle, seal, now, patience).map_err(|error| error.describe(&circle.store_path()))
}

fn open_sealed(
    circle: &CircleHome,
    seal: Seal,
    now: UnixMillis,
    patience: Duration,
) -> std::result::Result<Opened, StoreError> {
    let path = circle.store_path();
    let file = lock(&circle.folder().join("store.lock"), patience)?.ok_or(StoreError::InUse)?;
    compact::recover(&path)?;
    let mut is_older = false;
    let (counted, set_aside) = match open_counted(&path, &seal) {
        Ok(counted) => (counted, None),
        Err(StoreError::Damaged(fault)) => {
            let aside = move_aside(&path, now)?;
            tracing::warn!(path = %aside.display(), fault, "a damaged store was set aside");
            // The one that it replaced a moment ago may still be there, and whole.
            is_older = compact::fall_back(&path)?;
            (open_counted(&path, &seal)?, Some(SetAside { path: aside, fault }))
        }
        Err(error) => return Err(error),
    };
    compact::remove_old(&path)?;
    let mut progress = Progress::open(&circle.folder().join("store.count"), &seal, &counted)?;
    // Of the one that it replaced, the count tells whether anything was written after it. Otherwise all of it is gone.
    if set_aside.is_some() && !(is_older && progress.is_told()) {
        progress.claim_loss(&seal)?;
    }
    let lost_batches = progress.lost();
    let store = DiskStore::new(counted.tree, path, seal, progress, Held { file })?;
    Ok(Opened { store, set_aside, lost_batches })
}

/// How the names of damaged stores begin that were moved out of the way; a stamp follows.
const ASIDE: &str = "store.damaged-";

/// Gives up the stores of a circle that were set aside before this time. Those of which the name does not tell stay.
pub fn remove_set_aside(circle: &CircleHome, before: UnixMillis) -> io::Result<()> {
    let before = file_stamp(before);
    for entry in std::fs::read_dir(circle.folder())? {
        let entry = entry?;
        let name = entry.file_name();
        let stamp = name.to_str().and_then(|name| name.strip_prefix(ASIDE)?.get(..before.len()));
        // Stamps sort as the times that they stand for.
        let is_over = stamp.is_some_and(|stamp| {
            stamp < before.as_str()
                && stamp.ends_with('Z')
                && stamp.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if is_over && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
            tracing::info!(path = %entry.path().display(), "a store that was set aside is given up");
        }
    }
    Ok(())
}

/// Renames a damaged store to a name that is free.
fn move_aside(path: &Path, now: UnixMillis) -> io::Result<PathBuf> {
    let stamp = file_stamp(now);
    for attempt in 0..100_u32 {
        let suffix = if attempt == 0 { String::new() } else { format!("-{attempt}") };
        let aside = path.with_file_name(format!("{ASIDE}{stamp}{suffix}"));
        if !files::exists(&aside)? {
            std::fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "too many damaged stores are here already"))
}
