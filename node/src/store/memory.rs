//! A store that forgets everything when it is dropped.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Batch, Part, Sizes, Store, StoreError, Table, Value, Visitor};

type Entries = BTreeMap<(Table, Vec<u8>), Value>;

/// Tables in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    entries: Mutex<Entries>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A visitor that panicked leaves whole entries behind.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.entries().get(&(table, key.to_vec())).cloned())
    }

    fn contains(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.entries().contains_key(&(table, key.to_vec())))
    }

    fn apply(&self, batch: Batch) -> Result<(), StoreError> {
        let changes = batch.checked()?;
        let mut entries = self.entries();
        for change in changes {
            let key = (change.table, change.key);
            match change.value {
                Some(value) => entries.insert(key, value),
                None => entries.remove(&key),
            };
        }
        Ok(())
    }

    fn scan_part(
        &self,
        table: Table,
        part: Part,
        prefix: &[u8],
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        if !part.is_first() {
            return Ok(());
        }
        let entries = self.entries();
        let from_prefix = entries.range((table, prefix.to_vec())..);
        for ((found, key), value) in from_prefix {
            if *found != table || !key.starts_with(prefix) || visit(key, value) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn damaged_values(&self) -> u64 {
        0
    }

    fn bytes_on_disk(&self) -> u64 {
        0
    }

    fn reopen(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn sizes(&self) -> Result<Sizes, StoreError> {
        let entries = self.entries();
        let live = entries.iter().map(|((_, key), value)| (key.len() + value.len()) as u64).sum();
        Ok(Sizes { entries: entries.len() as u64, live, ..Sizes::default() })
    }

    fn compact(&self) -> Result<Sizes, StoreError> {
        self.sizes()
    }
}
