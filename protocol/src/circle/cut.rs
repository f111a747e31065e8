//! Where a signer's records end: the last one that stands, named by a removal, a leave, a revocation or a new binding.
//!
//! A cut names a position and the record there, so that what stands is a function of the acts and the records and of no
//! clock and no order of arrival. Which records a cut leaves is decided where records are; here cuts are only compared.

use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::RecordId;

/// The end of one signer's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cut {
    /// The key.
    pub signer: PublicKey,
    /// Position and id of the last record that stands; nothing when none does.
    pub last: Option<(u64, RecordId)>,
}

/// Whether an act may bear these cuts: few, one for each signer, in their order.
pub(super) fn are_sound(cuts: &[Cut]) -> bool {
    cuts.len() <= crate::limits::MAX_CUTS && cuts.is_sorted_by(|a, b| a.signer < b.signer)
}

/// Adds a cut; of several for one signer the lowest counts, and that nothing stands is lowest of all.
pub(super) fn lower(cuts: &mut BTreeMap<PublicKey, Cut>, cut: Cut) {
    let held = cuts.entry(cut.signer).or_insert(cut);
    // `None` is less than any `Some`.
    held.last = held.last.min(cut.last);
}
