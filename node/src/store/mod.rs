//! Where a circle's records rest: named tables of bytes, changed in batches that hold or do not happen.
//!
//! Two back ends keep the same promises: [`DiskStore`] (sled, every value sealed) and [`MemoryStore`] (for tests and
//! demonstrations). Neither knows what the bytes mean. The order in which [`Store::scan`] visits entries is not
//! promised: keys on disk are hashes.

mod batch;
mod compact;
mod disk;
mod durable;
mod error;
mod memory;
mod open;
mod part;
mod progress;
mod quiet;
mod seal;
mod tally;
mod tree;

use std::ops::ControlFlow;

use zeroize::Zeroizing;

pub use batch::{Batch, Change};
pub use compact::Sizes;
pub use disk::DiskStore;
pub use error::StoreError;
pub use memory::MemoryStore;
pub use open::{Opened, SetAside, open, remove_set_aside};
pub use part::Part;
pub use quiet::keep_quiet_in_store;

/// The longest key of an entry, in bytes: two ids and a number fit many times.
pub const MAX_KEY_BYTES: usize = 256;
/// The longest value, in bytes: the largest charter with 64 founders' cards is a fifth of it.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;
/// The most bytes of keys and values in one batch.
pub const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// What is kept apart. The numbers stand on disk and are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Signed records by their id.
    Records = 1,
    /// Sealed envelopes by their id.
    Envelopes = 2,
    /// Founding, acts and approvals by their id.
    Acts = 3,
    /// Epoch headers by their id.
    Headers = 4,
    /// Epoch secrets by the epoch's id.
    Secrets = 5,
    /// The newest addresses of each member's nodes, by the member and the daemon key.
    Presence = 6,
    /// Publications that wait to be sealed or handed on.
    Outbox = 7,
    /// What the node remembers of itself.
    Meta = 8,
    /// What a relay keeps: pairings and quotas.
    Relay = 9,
    /// What records for named readers say to this member, by the record's id.
    Named = 10,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 10] = [
        Self::Records,
        Self::Envelopes,
        Self::Acts,
        Self::Headers,
        Self::Secrets,
        Self::Presence,
        Self::Outbox,
        Self::Meta,
        Self::Relay,
        Self::Named,
    ];

    /// Its number on disk.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// A value in memory, wiped when it is dropped.
pub type Value = Zeroizing<Vec<u8>>;

/// What [`Store::scan`] calls with each key and value, until it breaks.
pub type Visitor<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// Tables of bytes. All methods may be called from several threads, and block on the disk.
pub trait Store: Send + Sync {
    /// The value of a key. [`StoreError::DamagedValue`] when there is one that was changed on disk.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError>;

    /// Whether a key has a value, without opening it.
    fn contains(&self, table: Table, key: &[u8]) -> Result<bool, StoreError>;

    /// Makes all changes of a batch or none of them, in their order, and returns once they are on the disk.
    fn apply(&self, batch: Batch) -> Result<(), StoreError>;

    /// Visits the entries of a table whose key begins with `prefix`. An entry that was changed on disk is counted, see
    /// [`Store::damaged_values`], and passed over. The visitor must not call the store.
    fn scan(&self, table: Table, prefix: &[u8], visit: Visitor<'_>) -> Result<(), StoreError> {
        self.scan_part(table, Part::WHOLE, prefix, visit)
    }

    /// As [`Store::scan`], of one part of the table; several threads can do it at once.
    fn scan_part(
        &self,
        table: Table,
        part: Part,
        prefix: &[u8],
        visit: Visitor<'_>,
    ) -> Result<(), StoreError>;

    /// How many entries that were changed on disk were met since the store was opened.
    fn damaged_values(&self) -> u64;

    /// Bytes on disk; zero for one that has none.
    fn bytes_on_disk(&self) -> u64;

    /// Opens it again after a write was refused. Everything that was ever acknowledged is there afterwards, or this is an
    /// error; the write that was refused may be there or not, and can be repeated.
    fn reopen(&self) -> Result<(), StoreError>;

    /// How much it holds, and on how many bytes of disk. Reads everything.
    fn sizes(&self) -> Result<Sizes, StoreError>;

    /// Writes it anew, so that the disk gets back what removed entries had taken. Writes wait meanwhile. Whatever
    /// happens, what was acknowledged is there.
    fn compact(&self) -> Result<Sizes, StoreError>;
}
