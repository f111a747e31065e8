//! Envelopes that were refused for their date.
//!
//! Decides nothing: their record may be taken later, or a clock be set right, so they are refused for a while only. Without
//! that, each of them would be pulled from one neighbour after the other, and opened each time.

use alloc::collections::BTreeSet;

use watchfire_keys::ids::EnvelopeId;
use watchfire_keys::time::Moment;

/// They are remembered for as long as this, and at most for twice as long.
const REMEMBERED_MS: u64 = 60 * 1000;
/// Ids in one of two generations.
const MAX_REFUSED: usize = 4_096;

/// Their ids. Only what was opened is refused for its date, so nobody can have another one's envelope refused.
#[derive(Debug)]
pub(super) struct Refused {
    young: BTreeSet<EnvelopeId>,
    old: BTreeSet<EnvelopeId>,
    since: Moment,
}

impl Refused {
    pub(super) const fn new(now: Moment) -> Self {
        Self { young: BTreeSet::new(), old: BTreeSet::new(), since: now }
    }

    pub(super) fn insert(&mut self, id: EnvelopeId, now: Moment) {
        self.forget_old(now);
        if self.young.len() >= MAX_REFUSED {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(id);
    }

    pub(super) fn contains(&mut self, id: &EnvelopeId, now: Moment) -> bool {
        self.forget_old(now);
        self.young.contains(id) || self.old.contains(id)
    }

    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    fn forget_old(&mut self, now: Moment) {
        let age = now.0.saturating_sub(self.since.0);
        if age < REMEMBERED_MS {
            return;
        }
        self.old = core::mem::take(&mut self.young);
        if age >= 2 * REMEMBERED_MS {
            self.old.clear();
        }
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> EnvelopeId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&(n as u64).to_le_bytes());
        EnvelopeId::from_bytes(id)
    }

    #[test]
    fn what_was_refused_is_remembered_for_a_minute_or_two() {
        let mut refused = Refused::new(Moment(0));
        refused.insert(id(1), Moment(REMEMBERED_MS - 1));
        assert!(refused.contains(&id(1), Moment(2 * REMEMBERED_MS - 1)));
        assert!(!refused.contains(&id(1), Moment(3 * REMEMBERED_MS)));
        refused.insert(id(2), Moment(3 * REMEMBERED_MS));
        assert!(!refused.contains(&id(2), Moment(9 * REMEMBERED_MS)));
    }

    #[test]
    fn a_flood_of_them_fills_no_memory() {
        let mut refused = Refused::new(Moment(0));
        (0..9 * MAX_REFUSED).for_each(|n| refused.insert(id(n), Moment(0)));
        assert!(refused.len() <= 2 * MAX_REFUSED && refused.contains(&id(9 * MAX_REFUSED - 1), Moment(0)));
    }
}
