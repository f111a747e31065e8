//! What was passed over, counted.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Skipped;

/// How many distinct entries are kept apart; the rest is counted together.
const MAX_ENTRIES: usize = 2000;

/// How much of a passed-over text is shown.
const MAX_SHOWN_CHARS: usize = 160;

/// Counts by text and reason, in the order of their first occurrence.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<Skipped>,
    index: BTreeMap<(String, &'static str), usize>,
    rest: u32,
}

impl Ledger {
    pub(super) fn add(&mut self, what: &str, reason: &'static str) {
        let shown: String = what.chars().take(MAX_SHOWN_CHARS).collect();
        let key = (shown, reason);
        if let Some(entry) = self.index.get(&key).copied().and_then(|at| self.entries.get_mut(at)) {
            entry.count = entry.count.saturating_add(1);
        } else if self.entries.len() < MAX_ENTRIES {
            self.entries.push(Skipped { what: key.0.clone(), count: 1, reason });
            self.index.insert(key, self.entries.len().saturating_sub(1));
        } else {
            self.rest = self.rest.saturating_add(1);
        }
    }

    pub(super) fn into_skipped(mut self) -> Vec<Skipped> {
        if self.rest > 0 {
            let reason = "too many different things were passed over to name each one";
            self.entries.push(Skipped { what: "more".to_string(), count: self.rest, reason });
        }
        self.entries
    }
}
