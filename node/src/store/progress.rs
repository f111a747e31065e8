//! How many batches were written: counted inside the tree and, once more, in a small file beside it.
//!
//! After damage sled silently goes back to the last state that it can read. The two counts tell: a tree that counts
//! less than the file has lost batches that were acknowledged, among them perhaps this node's own records. The file is
//! written after the batch is on the disk and not flushed itself, so it never claims too much.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::seal::Seal;

/// Count and check.
const BYTES: usize = 16;

/// The file beside the tree.
#[derive(Debug)]
pub(super) struct Progress {
    file: File,
    /// Batches in the tree, the one that is being written included.
    pub(super) applied: u64,
    /// What the file says.
    noted: u64,
}

impl Progress {
    /// Opens the file, or makes it. One that was changed or cut counts as new.
    pub(super) fn open(path: &Path, seal: &Seal, applied: u64) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut bytes = [0; BYTES];
        let noted = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => decode(&bytes, seal),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error),
        };
        Ok(Self { file, applied, noted: noted.unwrap_or(0) })
    }

    /// How many batches the file says there are.
    pub(super) fn noted(&self) -> u64 {
        self.noted
    }

    /// How many batches that were acknowledged are gone.
    pub(super) fn lost(&self) -> u64 {
        self.noted.saturating_sub(self.applied)
    }

    /// Notes that the batch of this number is on the disk.
    pub(super) fn note(&mut self, seal: &Seal, number: u64) -> io::Result<()> {
        // After a loss the file counts from what is left.
        if number > self.noted || self.lost() > 0 {
            self.file.write_all_at(&encode(number, seal), 0)?;
            self.noted = number;
        }
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
