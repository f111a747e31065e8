//! What changed in a set lately, so that it can be described as it was.

use alloc::collections::VecDeque;

use super::prefix::Prefix;
use super::range::Fingerprint;
use super::source::Keyed;

/// Changes that are remembered at most, 64 bytes each: two megabytes.
const MAX_CHANGES: usize = 32_768;
/// A small set remembers this many, and one more for [`IDS_A_CHANGE`] of its ids.
const SPARE_CHANGES: usize = 1_024;
/// As above: a set that grows by a sixteenth while two nodes compare it is one that they do better to compare anew.
const IDS_A_CHANGE: usize = 16;

/// One change of a set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// The set before it.
    before: Fingerprint,
    pub(super) prefix: Prefix,
    pub(super) keyed: Keyed,
    /// 1 for an id that came, -1 for one that went.
    pub(super) sign: i64,
}

/// The latest changes, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    changes: VecDeque<Change>,
}

impl Journal {
    pub(super) fn push(&mut self, before: Fingerprint, prefix: Prefix, keyed: Keyed, sign: i64) {
        let most = (SPARE_CHANGES + before.count as usize / IDS_A_CHANGE).min(MAX_CHANGES);
        while self.changes.len() >= most {
            self.changes.pop_front();
        }
        self.changes.push_back(Change { before, prefix, keyed, sign });
    }

    /// What changed since the set had this fingerprint; `None` if that is too long ago, or never was.
    pub(super) fn since(&self, of: Fingerprint, now: Fingerprint) -> Option<impl Iterator<Item = &Change>> {
        let len = self.changes.len();
        let start =
            if of == now { len } else { self.changes.iter().rposition(|change| change.before == of)? };
        Some(self.changes.range(start..))
    }
}
