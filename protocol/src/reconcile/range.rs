//! A stretch of the sorted ids and what one side says about it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::ids::RecordId;

/// The sum of the keyed hashes of all ids in a range, and how many there are.
///
/// Equal sets have equal fingerprints. The sum is modulo 2^128 over hashes keyed by the circle, so nobody outside can
/// craft ids against it; the count stands beside it so that an empty range is never mistaken for a sum of zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Number of ids in the range.
    pub count: u32,
    /// Wrapping sum of their keyed hashes.
    pub sum: u128,
}

impl Fingerprint {
    /// Adds one id's keyed hash.
    pub fn add(&mut self, keyed: u128) {
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.wrapping_add(keyed);
    }

    /// Takes one id's keyed hash out.
    pub fn take(&mut self, keyed: u128) {
        self.count = self.count.saturating_sub(1);
        self.sum = self.sum.wrapping_sub(keyed);
    }
}

/// What one side says about a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// "This is the fingerprint of what I hold there."
    Fingerprint(Fingerprint),
    /// "These are all ids I hold there; tell me which of yours I lack."
    All(Vec<RecordId>),
    /// "These are ids I hold there and you do not." Ends the range.
    Lacking(Vec<RecordId>),
}

/// A half-open range `from..to` of ids; `to` absent means up to the last possible id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// First id of the range.
    pub from: RecordId,
    /// First id after the range.
    pub to: Option<RecordId>,
    /// What the sender says about it.
    pub content: Content,
}

impl Range {
    /// Whether the bounds are in order. A range that ends before it starts is the peer's fault.
    pub fn is_ordered(&self) -> bool {
        self.to.is_none_or(|to| self.from < to)
    }

    /// Whether `id` lies in the range.
    pub fn contains(&self, id: &RecordId) -> bool {
        self.from <= *id && self.to.is_none_or(|to| *id < to)
    }
}
