//! The sled tree in a store's folder: how it is opened, what marks it as ours, and how full it is.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::quiet::guarded;
use super::seal::Seal;
use super::{StoreError, Table};
use crate::home::files;

/// The version of the layout in this folder.
const VERSION: u32 = 1;
/// The place of the marker: shorter than any entry's, so it is none.
const MARKER: &[u8] = b"watchfire store";
/// The place of the number of batches: shorter than any entry's, too.
pub(super) const COUNT: &[u8] = b"watchfire batches";
/// What the marker seals, to tell another identity's store from this one's.
const PROOF: &[u8] = b"this store was made with this key";
/// sled's cache of pages. Its default is a gigabyte; the look-ups that matter are kept in memory elsewhere.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// How long a tree that was just closed by this process may need to let go of its file.
const CLOSING: Duration = Duration::from_secs(10);

/// Opens the tree in `folder`, or makes it, and checks that it is of this version and sealed with these keys. sled has a
/// lock of its own, and lets go of it a moment after a tree was dropped.
pub(super) fn open_patiently(folder: &Path, seal: &Seal) -> Result<sled::Db, StoreError> {
    files::private_folder(folder)?;
    let begun = Instant::now();
    loop {
        match open_marked(folder, seal) {
            Err(StoreError::Disk(error)) if error.kind() == io::ErrorKind::Other => {
                if begun.elapsed() > CLOSING {
                    return Err(StoreError::InUse);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            ended => return ended,
        }
    }
}

fn open_marked(folder: &Path, seal: &Seal) -> Result<sled::Db, StoreError> {
    let tree = open_bare(folder)?;
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

/// Opens or makes a tree, whatever is in it.
pub(super) fn open_bare(folder: &Path) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new()
        .path(folder)
        .cache_capacity(CACHE_BYTES)
        .mode(sled::Mode::LowSpace)
        .flush_every_ms(None);
    guarded(|| config.open())
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
