//! What a link has and we lack: which of it is asked for next.
//!
//! Bounded. Asking begins anywhere and goes round, and of more than is kept it is a stretch from there on: whoever has the
//! most to offer, be it of no use, cannot keep the rest from ever being asked for, and what is left is no more scattered
//! than it was.

use alloc::collections::{BTreeMap, BTreeSet};

use rand_core::Rng;
use watchfire_keys::time::Moment;

use super::void::any;
use crate::reconcile::Prefix;

/// Records queued for one link; the next comparison finds what did not fit.
pub(super) const MAX_QUEUED: usize = 65_536;

/// The records of one link.
#[derive(Debug)]
pub(super) struct Wanted {
    records: BTreeSet<Prefix>,
    /// Those that another link is asked for first, and until when: nobody looks at them before, however often they are
    /// offered.
    later: BTreeMap<Prefix, Moment>,
    /// The same by time.
    turns: BTreeSet<(Moment, Prefix)>,
    /// From where on they are asked for.
    from: Prefix,
}

impl Default for Wanted {
    fn default() -> Self {
        let from = Prefix([0; 16]);
        Self { records: BTreeSet::new(), later: BTreeMap::new(), turns: BTreeSet::new(), from }
    }
}

impl Wanted {
    /// Takes one up; `false` if not all fit any more.
    pub(super) fn push(&mut self, record: Prefix, rng: &mut impl Rng) -> bool {
        if self.is_empty() {
            self.from = any(rng);
        }
        if self.records.contains(&record) || self.later.contains_key(&record) {
            return true;
        }
        if self.len() < MAX_QUEUED {
            return self.records.insert(record);
        }
        let last = self.records.range(..self.from).next_back().or(self.records.last()).copied();
        let place = |record: &Prefix| (*record < self.from, *record);
        if let Some(last) = last.filter(|last| place(&record) < place(last)) {
            self.records.remove(&last);
            self.records.insert(record);
        }
        false
    }

    /// The next one that is to be asked for now.
    pub(super) fn pop(&mut self, now: Moment) -> Option<Prefix> {
        if let Some((at, record)) = self.turns.first().copied().filter(|(at, _)| *at <= now) {
            self.turns.remove(&(at, record));
            self.later.remove(&record);
            return Some(record);
        }
        let next = self.records.range(self.from..).next().or(self.records.first()).copied()?;
        self.records.remove(&next);
        Some(next)
    }

    /// Keeps one that was popped until its turn comes.
    pub(super) fn put_off(&mut self, record: Prefix, until: Moment) {
        if self.later.insert(record, until).is_none() {
            self.turns.insert((until, record));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len() + self.later.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.later.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Prefix> {
        self.records.iter().chain(self.later.keys())
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        let later = size_of::<(Prefix, Moment)>();
        self.records.len() * size_of::<Prefix>() + 2 * self.later.len() * later
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
        let mut all: Vec<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(2 * MAX_QUEUED).collect();
        all.sort_unstable();
        let mut lacking: BTreeSet<Prefix> = all.iter().rev().step_by(2_048).copied().collect();
        let mut wanted = Wanted::default();
        for _ in 0..16 {
            let fit = all.iter().filter(|record| wanted.push(**record, &mut rng)).count();
            assert_eq!((fit, wanted.len()), (MAX_QUEUED, MAX_QUEUED));
            while let Some(record) = wanted.pop(Moment(0)) {
                lacking.remove(&record);
            }
        }
        assert!(lacking.is_empty(), "{} were never asked for", lacking.len());
    }

    #[test]
    fn asking_begins_anywhere_and_comes_round() {
        let mut rng = ChaCha12Rng::from_seed([4; 32]);
        let all: BTreeSet<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(100).collect();
        let mut firsts = BTreeSet::new();
        for _ in 0..20 {
            let mut wanted = Wanted::default();
            all.iter().for_each(|record| assert!(wanted.push(*record, &mut rng)));
            let order: Vec<Prefix> = core::iter::from_fn(|| wanted.pop(Moment(0))).collect();
            assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), all);
            firsts.extend(order.first().copied());
        }
        assert!(firsts.len() > 5);
    }

    #[test]
    fn what_is_put_off_is_looked_at_once_in_its_time_however_often_it_is_offered() {
        let mut rng = ChaCha12Rng::from_seed([5; 32]);
        let all: BTreeSet<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(100).collect();
        let mut wanted = Wanted::default();
        let mut looked_at = 0;
        for now in 0..4_000 {
            all.iter().for_each(|record| assert!(wanted.push(*record, &mut rng)));
            assert_eq!(wanted.len(), all.len());
            while let Some(record) = wanted.pop(Moment(now)) {
                looked_at += 1;
                wanted.put_off(record, Moment(4_000));
            }
        }
        assert_eq!(looked_at, all.len());
        let due: BTreeSet<Prefix> = core::iter::from_fn(|| wanted.pop(Moment(4_000))).collect();
        assert!(due == all && wanted.is_empty());
    }
}
