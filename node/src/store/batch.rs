//! Changes that belong together.

use zeroize::Zeroizing;

use super::{MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_VALUE_BYTES, StoreError, Table, Value};

/// One change of one entry.
#[derive(Clone, Debug)]
pub struct Change {
    /// Where.
    pub table: Table,
    /// Of which entry.
    pub key: Vec<u8>,
    /// The new value; `None` removes the entry.
    pub value: Option<Value>,
}

/// A list of changes that are made together. A later change of the same entry wins.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    changes: Vec<Change>,
    bytes: usize,
}

impl Batch {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value.
    #[must_use]
    pub fn put(mut self, table: Table, key: &[u8], value: &[u8]) -> Self {
        self.add(table, key, Some(value));
        self
    }

    /// Removes an entry; one that is not there is no error.
    #[must_use]
    pub fn remove(mut self, table: Table, key: &[u8]) -> Self {
        self.add(table, key, None);
        self
    }

    /// Adds one change to those that are there.
    pub fn add(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        self.bytes = self.bytes.saturating_add(key.len()).saturating_add(value.map_or(0, <[u8]>::len));
        let value = value.map(|value| Zeroizing::new(value.to_vec()));
        self.changes.push(Change { table, key: key.to_vec(), value });
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The changes, if every size is within the bounds.
    pub(super) fn checked(self) -> Result<Vec<Change>, StoreError> {
        let too_large = |what, bytes, max_bytes| Err(StoreError::TooLarge { what, bytes, max_bytes });
        if self.bytes > MAX_BATCH_BYTES {
            return too_large("batch", self.bytes, MAX_BATCH_BYTES);
        }
        for change in &self.changes {
            let value_bytes = change.value.as_ref().map_or(0, |value| value.len());
            if change.key.len() > MAX_KEY_BYTES {
                return too_large("key", change.key.len(), MAX_KEY_BYTES);
            }
            if value_bytes > MAX_VALUE_BYTES {
                return too_large("value", value_bytes, MAX_VALUE_BYTES);
            }
        }
        Ok(self.changes)
    }
}
