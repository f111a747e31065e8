//! What the entries of a tree add up to, by which a missing one is noticed.
//!
//! sled passes over some damage without a word: where the file of a large value is gone, the entries that it held are
//! gone too, or are what they were before. Each entry has a nonce drawn by chance, and the sum of all nonces is kept
//! beside the number of batches, in the same batch as what it counts. Entries that add up to something else are not
//! those that were written. It tells damage, not malice: who can write to the disk can put back an old state as a whole.

use super::StoreError;
use super::quiet::guarded;
use super::seal::PLACE_BYTES;

/// The sum of the nonces of all entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally(u128);

impl Tally {
    /// Bytes that stand for it.
    pub(super) const BYTES: usize = 16;

    /// Reads a whole tree.
    pub(super) fn of(tree: &sled::Db) -> Result<Self, StoreError> {
        let mut tally = Self::default();
        let mut entries = tree.iter();
        while let Some((place, sealed)) = guarded(|| entries.next().transpose())? {
            if place.len() == PLACE_BYTES {
                tally.add(&sealed);
            }
        }
        Ok(tally)
    }

    /// Counts an entry.
    pub(super) fn add(&mut self, sealed: &[u8]) {
        self.0 = self.0.wrapping_add(number(sealed));
    }

    /// Counts an entry no longer.
    pub(super) fn take(&mut self, sealed: &[u8]) {
        self.0 = self.0.wrapping_sub(number(sealed));
    }

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_le_bytes()
    }

    pub(super) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(u128::from_le_bytes(bytes))
    }
}

/// What an entry counts for: the beginning of its nonce.
fn number(sealed: &[u8]) -> u128 {
    sealed.first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes))
}
