//! The sled tree in a store's folder: how it is opened, what marks it as ours, and how full it is.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::quiet::guarded;
use super::seal::Seal;
use super::tally::Tally;
use super::{StoreError, Table};
use crate::home::files;

/// The version of the layout in this folder.
const VERSION: u32 = 1;
/// The place of the marker: shorter than any entry's, so it is none.
const MARKER: &[u8] = b"watchfire store";
/// The place of what it says of itself: shorter than any entry's, too.
const COUNT: &[u8] = b"watchfire batches";
/// What the marker seals, to tell another identity's store from this one's.
const PROOF: &[u8] = b"this store was made with this key";
/// sled's cache of pages. Its default is a gigabyte; the look-ups that matter are kept in memory elsewhere.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// How long a tree that was just closed by this process may need to let go of its file.
const CLOSING: Duration = Duration::from_secs(10);

/// Opens the tree in `folder`, or makes it, and checks that it is of this version and sealed with these keys. sled has a
/// lock of its own, and lets go of it a moment after a tree was dropped.
fn open_patiently(folder: &Path, seal: &Seal) -> Result<sled::Db, StoreError> {
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

/// A tree, and what was found when it was read to its end.
pub(super) struct Counted {
    pub(super) tree: sled::Db,
    /// Batches that it holds.
    pub(super) batches: u64,
    /// What its entries add up to.
    pub(super) tally: Tally,
    /// Entries that were written are missing, or are what they were before.
    pub(super) is_short: bool,
}

/// As [`open_patiently`], and reads it to its end, so that one that cannot be read is noticed now.
pub(super) fn open_counted(folder: &Path, seal: &Seal) -> Result<Counted, StoreError> {
    let tree = open_patiently(folder, seal)?;
    let said = Said::by(&tree, seal)?;
    let tally = Tally::of(&tree)?;
    let is_short = said.tally.is_some_and(|said| said != tally);
    Ok(Counted { tree, batches: said.batches, tally, is_short })
}

/// What a tree says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// How many batches it holds.
    pub(super) batches: u64,
    /// What its entries add up to; none in a tree that an earlier version wrote to.
    pub(super) tally: Option<Tally>,
}

impl Said {
    /// Reads it.
    pub(super) fn by(tree: &sled::Db, seal: &Seal) -> Result<Self, StoreError> {
        let sealed = guarded(|| tree.get(COUNT))?;
        let said = sealed.and_then(|sealed| seal.open(Table::Meta, COUNT, &sealed));
        Ok(said.and_then(|(_, said)| Self::decode(&said)).unwrap_or_default())
    }

    /// Has a batch say it.
    pub(super) fn put(self, batch: &mut sled::Batch, seal: &Seal) {
        let mut said = self.batches.to_le_bytes().to_vec();
        said.extend(self.tally.into_iter().flat_map(Tally::to_bytes));
        batch.insert(COUNT, seal.seal(Table::Meta, COUNT, b"", &said));
    }

    fn decode(said: &[u8]) -> Option<Self> {
        let (batches, tally) = said.split_first_chunk()?;
        let tally = tally.first_chunk().copied().map(Tally::from_bytes);
        Some(Self { batches: u64::from_le_bytes(*batches), tally })
    }
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
