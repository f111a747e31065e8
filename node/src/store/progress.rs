//! How many batches were written: counted inside the tree and, once more, in a small file beside it.
//!
//! After damage sled silently goes back to the last state that it can read. The two counts tell: a tree that counts
//! less than the file has lost batches that were acknowledged, among them perhaps this node's own records. The file is
//! written after the batch is on the disk and not flushed itself, so it never claims too much. What is missing in the
//! middle of a tree its [`Tally`] tells.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::StoreError;
use super::seal::Seal;
use super::tally::Tally;
use super::tree::{Counted, Said};

/// Count and check.
const BYTES: usize = 16;

/// The file beside the tree.
#[derive(Debug)]
pub(super) struct Progress {
    file: File,
    /// Batches in the tree, the one that is being written included.
    applied: u64,
    /// What the tree's entries add up to; unknown after a batch that failed half-way, until the tree is opened again.
    tally: Option<Tally>,
    /// Batches that are certainly on the disk.
    kept: u64,
    /// What the file says; 0 when it says nothing that can be read.
    noted: u64,
    /// Entries are missing, and nothing was written since.
    is_short: bool,
}

impl Progress {
    /// Opens the file, or makes it. One that was changed or cut counts as new.
    pub(super) fn open(path: &Path, seal: &Seal, counted: &Counted) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut bytes = [0; BYTES];
        let noted = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => decode(&bytes, seal),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            file,
            applied: counted.batches,
            tally: Some(counted.tally),
            kept: counted.batches,
            noted: noted.unwrap_or(0),
            is_short: counted.is_short,
        })
    }

    /// Whether the file says how many batches there are.
    pub(super) fn is_told(&self) -> bool {
        self.noted > 0
    }

    /// Has the file claim one batch more than there are, unless it does so already: what stood in a tree that was set aside is
    /// gone, however many that were. Said like any loss until the next batch is written.
    pub(super) fn claim_loss(&mut self, seal: &Seal) -> io::Result<()> {
        if self.lost() == 0 {
            self.noted = self.applied.saturating_add(1);
            self.file.write_all_at(&encode(self.noted, seal), 0)?;
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// How many batches that were acknowledged are gone.
    pub(super) fn lost(&self) -> u64 {
        self.noted.saturating_sub(self.applied).max(u64::from(self.is_short))
    }

    /// What the tree will say once the next batch is in it.
    pub(super) fn next(&self, tally: Option<Tally>) -> Said {
        Said { batches: self.applied.saturating_add(1), tally }
    }

    /// What the entries add up to as far as that is known.
    pub(super) fn tally(&self) -> Option<Tally> {
        self.tally
    }

    /// Takes over what was put into the tree; nothing when that failed half-way.
    pub(super) fn take(&mut self, put: Option<Said>) {
        self.applied = put.map_or(self.applied, |said| said.batches);
        self.tally = put.and_then(|said| said.tally);
    }

    /// Notes that everything that was put is on the disk.
    pub(super) fn note(&mut self, seal: &Seal) -> io::Result<()> {
        self.kept = self.applied;
        self.is_short = false;
        // After a loss the file counts from what is left.
        if self.applied != self.noted {
            self.file.write_all_at(&encode(self.applied, seal), 0)?;
            self.noted = self.applied;
        }
        Ok(())
    }

    /// Goes on with a tree that was opened again. The last batch may be there although writing it was said to have failed;
    /// fewer must not be, and nothing that is not known to be missing.
    pub(super) fn resume(&mut self, counted: &Counted) -> Result<(), StoreError> {
        if counted.batches < self.kept || (counted.is_short && !self.is_short) {
            return Err(StoreError::Damaged("some of what was written is gone".to_owned()));
        }
        self.applied = counted.batches;
        self.tally = Some(counted.tally);
        Ok(())
    }
}

fn encode(number: u64, seal: &Seal) -> [u8; BYTES] {
    let number = number.to_le_bytes();
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&number);
    bytes[8..].copy_from_slice(&seal.check(&number));
    bytes
}

fn decode(bytes: &[u8; BYTES], seal: &Seal) -> Option<u64> {
    let (number, check) = bytes.split_first_chunk()?;
    (seal.check(number) == check).then(|| u64::from_le_bytes(*number))
}
