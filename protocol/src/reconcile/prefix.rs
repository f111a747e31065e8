//! How a record is named while it is reconciled: by the first half of its id.

use core::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use watchfire_keys::ids::RecordId;

/// The first 16 bytes of a [`RecordId`].
///
/// Ids are hashes: two records with one prefix cost their maker 2^64 hashes, and hide nothing but one of the two. To
/// find a second record for somebody else's prefix costs 2^128.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Prefix(pub [u8; 16]);

impl Prefix {
    /// The prefix of an id.
    pub fn of(id: &RecordId) -> Self {
        let mut prefix = [0; 16];
        prefix.copy_from_slice(&id.as_bytes()[..16]);
        Self(prefix)
    }

    /// From the first possible id with this prefix to the last.
    pub fn ids(self) -> RangeInclusive<RecordId> {
        let filled = |with| {
            let mut id = [with; 32];
            id[..16].copy_from_slice(&self.0);
            RecordId::from_bytes(id)
        };
        filled(0)..=filled(0xff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_lies_between_the_bounds_of_its_prefix_and_of_no_other() {
        let mut bytes = [0x80; 32];
        let id = RecordId::from_bytes(bytes);
        assert!(Prefix::of(&id).ids().contains(&id));
        bytes[15] += 1;
        assert!(!Prefix::of(&RecordId::from_bytes(bytes)).ids().contains(&id));
    }
}
