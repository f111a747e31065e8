//! Records that are not wanted, so as not to ask for them again.

use alloc::collections::BTreeSet;

use rand_core::Rng;

use crate::reconcile::Prefix;

/// As many are remembered: all that one author can have had others keep; four megabytes.
pub(super) const MAX_VOID: usize = crate::limits::MAX_AUTHOR_RECORDS;

/// Records that were refused when they came, or are over.
#[derive(Debug, Default)]
pub(super) struct Void {
    records: BTreeSet<Prefix>,
}

impl Void {
    /// Notes one, in the place of any other if there are too many: whoever made so many may have all of them asked for a
    /// second time, but never all at once.
    pub(super) fn note(&mut self, record: Prefix, rng: &mut impl Rng) {
        if self.records.len() >= MAX_VOID && !self.records.contains(&record) {
            let from = any(rng);
            if let Some(one) = self.records.range(from..).next().or(self.records.first()).copied() {
                self.records.remove(&one);
            }
        }
        self.records.insert(record);
    }

    pub(super) fn contains(&self, record: Prefix) -> bool {
        self.records.contains(&record)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Some of them may stand now.
    pub(super) fn forget(&mut self) {
        self.records.clear();
    }
}

/// A place among all possible prefixes.
pub(super) fn any(rng: &mut impl Rng) -> Prefix {
    let mut place = [0; 16];
    rng.fill_bytes(&mut place);
    Prefix(place)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha12Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn one_too_many_takes_the_place_of_one() {
        let mut rng = ChaCha12Rng::from_seed([1; 32]);
        let mut void = Void::default();
        let records: BTreeSet<Prefix> = core::iter::repeat_with(|| any(&mut rng)).take(MAX_VOID).collect();
        let mut rng = ChaCha12Rng::from_seed([2; 32]);
        records.iter().for_each(|record| void.note(*record, &mut rng));
        assert!(records.iter().all(|record| void.contains(*record)));
        for _ in 0..1_000 {
            let record = any(&mut rng);
            void.note(record, &mut rng);
            void.note(record, &mut rng);
            assert!(void.contains(record) && void.len() == MAX_VOID);
        }
        let kept = records.iter().filter(|record| void.contains(**record)).count();
        assert!(kept >= MAX_VOID - 1_000, "{kept}");
    }
}
