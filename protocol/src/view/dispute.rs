//! When an objection suspends the enforcement of an observable.
//!
//! One publisher's dispute suspends for a day, so that a mistake can be stopped at once; it stands longer only when a
//! publisher of another side seconds it within that day, so that no side can keep the other's warnings down. A side
//! may do this alone once in 30 days for one observable.

use alloc::{collections::BTreeMap, vec::Vec};

use watchfire_keys::{ids::RecordId, time::UnixMillis};

use crate::limits::DAY_MS;

/// How long a dispute suspends on its own, and how long others have to second it.
const ALONE_MS: u64 = DAY_MS;
/// How long a side must wait before it may again dispute the same observable alone.
const ALONE_AGAIN_MS: u64 = 30 * DAY_MS;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Objection<'a> {
    pub(super) created: UnixMillis,
    pub(super) id: RecordId,
    pub(super) side: &'a str,
}

/// Whether any of the objections suspends at this time. A seconded one does for `lifetime_ms`, the default lifetime
/// of the indicator's type.
pub(super) fn suspends(objections: &[Objection<'_>], now: UnixMillis, lifetime_ms: u64) -> bool {
    let mut sorted: Vec<_> =
        objections.iter().filter(|objection| objection.created <= now).cloned().collect();
    sorted.sort_unstable();
    let stands = |objection: &Objection<'_>, for_ms: u64| now < objection.created.saturating_add(for_ms);
    let mut alone: BTreeMap<&str, UnixMillis> = BTreeMap::new();
    let mut near = Near::of(&sorted);
    for objection in &sorted {
        if near.is_seconded(objection) {
            if stands(objection, lifetime_ms) {
                return true;
            }
            continue;
        }
        let too_soon = alone
            .get(objection.side)
            .is_some_and(|earlier| objection.created < earlier.saturating_add(ALONE_AGAIN_MS));
        if !too_soon {
            if stands(objection, ALONE_MS) {
                return true;
            }
            alone.insert(objection.side, objection.created);
        }
    }
    false
}

/// The objections within a day before or after the one that is looked at, counted by side. It moves along with the
/// list, so that a member who objects ten thousand times costs ten thousand steps and not their square.
struct Near<'s, 'a> {
    sorted: &'s [Objection<'a>],
    from: usize,
    to: usize,
    by_side: BTreeMap<&'a str, usize>,
}

impl<'s, 'a> Near<'s, 'a> {
    const fn of(sorted: &'s [Objection<'a>]) -> Self {
        Self { sorted, from: 0, to: 0, by_side: BTreeMap::new() }
    }

    /// Whether another side objected within a day before or after; asked in the order of the list.
    fn is_seconded(&mut self, objection: &Objection<'_>) -> bool {
        while let Some(next) = self.sorted.get(self.to) {
            if next.created > objection.created.saturating_add(ALONE_MS) {
                break;
            }
            let count = self.by_side.entry(next.side).or_default();
            *count = count.saturating_add(1);
            self.to = self.to.saturating_add(1);
        }
        while let Some(oldest) = self.sorted.get(self.from) {
            if oldest.created.saturating_add(ALONE_MS) >= objection.created {
                break;
            }
            if let Some(count) = self.by_side.get_mut(oldest.side) {
                *count = count.saturating_sub(1);
            }
            self.from = self.from.saturating_add(1);
        }
        self.by_side.iter().any(|(side, count)| *side != objection.side && *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 60 * 60 * 1000;

    fn objection(side: &str, hours: u64) -> Objection<'_> {
        Objection { created: UnixMillis(hours * HOUR), id: RecordId::from_bytes([1; 32]), side }
    }

    fn suspended(objections: &[Objection<'_>], hours: u64) -> bool {
        suspends(objections, UnixMillis(hours * HOUR), 90 * DAY_MS)
    }

    #[test]
    fn alone_it_suspends_for_a_day() {
        let one = [objection("d", 100)];
        assert!(suspended(&one, 100));
        assert!(suspended(&one, 123));
        assert!(!suspended(&one, 124));
    }

    #[test]
    fn seconded_by_another_side_it_stands() {
        assert!(suspended(&[objection("d", 100), objection("r", 120)], 200));
        assert!(!suspended(&[objection("d", 100), objection("d", 120)], 200));
        assert!(!suspended(&[objection("d", 100), objection("r", 130)], 200), "a day later is too late");
        assert!(!suspended(&[objection("d", 100), objection("r", 120)], 100 + 91 * 24));
    }

    #[test]
    fn an_objection_of_the_future_does_not_count_yet() {
        assert!(!suspended(&[objection("d", 100)], 99));
        assert!(!suspended(&[objection("d", 100), objection("r", 123)], 99));
    }

    #[test]
    fn a_side_alone_cannot_renew_it_for_thirty_days() {
        let daily: Vec<_> = (0..40).map(|day| objection("d", day * 24)).collect();
        assert!(suspended(&daily, 12));
        assert!(!suspended(&daily, 10 * 24));
        assert!(suspended(&daily, 30 * 24 + 1));
        assert!(!suspended(&daily, 31 * 24 + 1));
    }
}
