//! What a link has and we lack: which of it is asked for next.
//!
//! Bounded. Of more than is kept each has the same chance to be among what is, and asking begins anywhere: whoever has the
//! most to offer, be it of no use, cannot keep the rest from ever being asked for.

use alloc::collections::BTreeSet;

use rand_core::Rng;

use super::void::{any, take_any};
use crate::reconcile::Prefix;

/// Records queued for one link; the next comparison finds what did not fit.
pub(super) const MAX_QUEUED: usize = 65_536;

/// The records of one link.
#[derive(Debug)]
pub(super) struct Wanted {
    records: BTreeSet<Prefix>,
    /// From where on they are asked for.
    from: Prefix,
    /// How many came since there was none.
    came: u64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { records: BTreeSet::new(), from: Prefix([0; 16]), came: 0 }
    }
}

impl Wanted {
    /// Takes one up; `false` if not all fit any more.
    pub(super) fn push(&mut self, record: Prefix, rng: &mut impl Rng) -> bool {
        if self.records.is_empty() {
            self.from = any(rng);
            self.came = 0;
        }
        if self.records.contains(&record) {
            return true;
        }
        self.came = self.came.saturating_add(1);
        if self.records.len() < MAX_QUEUED {
            return self.records.insert(record);
        }
        // The n-th stays with the same chance as each of those before it has stayed.
        if rng.next_u64() % self.came < MAX_QUEUED as u64 {
            take_any(&mut self.records, rng);
            self.records.insert(record);
        }
        false
    }

    /// The next one.
    pub(super) fn pop(&mut self) -> Option<Prefix> {
        let next = self.records.range(self.from..).next().or(self.records.first()).copied()?;
        self.records.remove(&next);
        self.from = next;
        Some(next)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Prefix> {
        self.records.iter()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use rand_chacha::ChaCha12Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn of_more_than_fit_each_has_its_turn_some_time() {
        let mut rng = ChaCha12Rng::from_seed([3; 32]);
        let mut all: Vec<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(4 * MAX_QUEUED).collect();
        all.sort_unstable();
        let mut lacking: BTreeSet<Prefix> = all.iter().rev().step_by(4_096).copied().collect();
        let mut wanted = Wanted::default();
        for _ in 0..40 {
            let fit = all.iter().filter(|record| wanted.push(**record, &mut rng)).count();
            assert_eq!((fit, wanted.len()), (MAX_QUEUED, MAX_QUEUED));
            while let Some(record) = wanted.pop() {
                lacking.remove(&record);
            }
        }
        assert!(lacking.is_empty(), "{} of 64 were never asked for", lacking.len());
    }

    #[test]
    fn asking_begins_anywhere_and_comes_round() {
        let mut rng = ChaCha12Rng::from_seed([4; 32]);
        let all: BTreeSet<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(100).collect();
        let mut firsts = BTreeSet::new();
        for _ in 0..20 {
            let mut wanted = Wanted::default();
            all.iter().for_each(|record| assert!(wanted.push(*record, &mut rng)));
            let order: Vec<Prefix> = core::iter::from_fn(|| wanted.pop()).collect();
            assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), all);
            firsts.extend(order.first().copied());
        }
        assert!(firsts.len() > 5);
    }
}
