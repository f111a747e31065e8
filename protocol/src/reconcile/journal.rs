//! What changed in a set lately, so that it can be described as it was.

use alloc::collections::{BTreeMap, VecDeque};

use super::prefix::Prefix;
use super::range::Fingerprint;
use super::source::Keyed;

/// Changes that are remembered at most, some 120 bytes each with the index: four megabytes.
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
    /// How many were forgotten.
    forgotten: u64,
    /// The latest change of the set with each fingerprint, counted from the first ever: whoever asks about a set that never
    /// was has nothing gone through for it.
    latest: BTreeMap<(u32, u128), u64>,
}

impl Journal {
    pub(super) fn push(&mut self, before: Fingerprint, prefix: Prefix, keyed: Keyed, sign: i64) {
        let most = (SPARE_CHANGES + before.count as usize / IDS_A_CHANGE).min(MAX_CHANGES);
        while self.changes.len() >= most {
            let Some(oldest) = self.changes.pop_front() else { break };
            if self.latest.get(&place(oldest.before)) == Some(&self.forgotten) {
                self.latest.remove(&place(oldest.before));
            }
            self.forgotten += 1;
        }
        self.latest.insert(place(before), self.forgotten + self.changes.len() as u64);
        self.changes.push_back(Change { before, prefix, keyed, sign });
    }

    /// What changed since the set had this fingerprint; `None` if that is too long ago, or never was.
    pub(super) fn since(
        &self,
        of: Fingerprint,
        now: Fingerprint,
    ) -> Option<impl ExactSizeIterator<Item = &Change>> {
        let start = if of == now {
            self.changes.len()
        } else {
            usize::try_from(self.latest.get(&place(of))?.checked_sub(self.forgotten)?).ok()?
        };
        Some(self.changes.range(start.min(self.changes.len())..))
    }
}

/// A fingerprint as the index has it.
fn place(of: Fingerprint) -> (u32, u128) {
    (of.count, of.sum)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use watchfire_keys::ids::CircleId;

    use super::super::source::Key;
    use super::*;

    #[test]
    fn what_changed_is_found_by_the_latest_set_that_was_like_that() {
        let key = Key::of(&CircleId::from_bytes([7; 32]));
        let mut journal = Journal::default();
        let mut all: Vec<Fingerprint> = Vec::new();
        // An id that comes and goes: the sets before it are the same again and again, the others never are.
        for n in 0u32..5_000 {
            let prefix = Prefix(u128::from(n).to_le_bytes());
            let sum = if n % 3 == 0 { 0 } else { u128::from(n) };
            let before = Fingerprint { count: n % 3, sum };
            journal.push(before, prefix, key.keyed(prefix), 1);
            all.push(before);
        }
        let kept = journal.changes.len();
        assert!(kept < 2_000 && journal.latest.len() <= kept);
        let now = Fingerprint { count: 9, sum: 9 };
        for (index, of) in all.iter().enumerate() {
            let latest =
                all.iter().rposition(|other| other == of).filter(|latest| *latest >= all.len() - kept);
            assert_eq!(
                journal.since(*of, now).map(|changes| changes.len()),
                latest.map(|at| all.len() - at),
                "{index}"
            );
        }
        assert_eq!(journal.since(now, now).map(|changes| changes.len()), Some(0));
        assert!(journal.since(Fingerprint { count: 1, sum: 0 }, now).is_none(), "that never was");
    }
}
