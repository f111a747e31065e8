//! What is remembered of those that are away, for as long as their allowances need to come back, and of a bounded number.

use alloc::collections::BTreeMap;

use watchfire_keys::Moment;

/// The longest period of an allowance: by then it is whole again, and there is nothing to remember.
pub(super) const REMEMBERED_MS: u64 = 60 * 60 * 1000;

/// Values by who they belong to.
#[derive(Debug)]
pub(super) struct Remembered<K, V> {
    most: usize,
    values: BTreeMap<K, (Moment, V)>,
}

impl<K: Clone + Ord, V> Remembered<K, V> {
    /// Of so many at the most.
    pub(super) fn new(most: usize) -> Self {
        Self { most, values: BTreeMap::new() }
    }

    /// Takes out what is remembered of this one.
    pub(super) fn take(&mut self, key: &K, now: Moment) -> Option<V> {
        let (since, value) = self.values.remove(key)?;
        is_fresh(since, now).then_some(value)
    }

    /// Remembers it from now on. Whoever was remembered for longest makes room.
    pub(super) fn keep(&mut self, key: K, value: V, now: Moment) {
        if self.values.len() >= self.most {
            self.values.retain(|_, (since, _)| is_fresh(*since, now));
        }
        if self.values.len() >= self.most {
            let oldest = self.values.iter().min_by_key(|(_, (since, _))| *since);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.values.remove(&key);
            }
        }
        self.values.insert(key, (now, value));
    }
}

fn is_fresh(since: Moment, now: Moment) -> bool {
    now < since.saturating_add(REMEMBERED_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_remembered_for_an_hour_and_taken_once() {
        let mut remembered = Remembered::new(4);
        remembered.keep('a', 1, Moment(0));
        remembered.keep('b', 2, Moment(1));
        assert_eq!(remembered.take(&'a', Moment(REMEMBERED_MS)), None);
        assert_eq!(remembered.take(&'b', Moment(REMEMBERED_MS)), Some(2));
        assert_eq!(remembered.take(&'b', Moment(REMEMBERED_MS)), None);
    }

    #[test]
    fn the_one_that_is_away_for_longest_makes_room() {
        let mut remembered = Remembered::new(2);
        for (at, key) in ['c', 'a', 'b'].into_iter().enumerate() {
            remembered.keep(key, at, Moment(at as u64));
        }
        assert_eq!(['a', 'b', 'c'].map(|key| remembered.take(&key, Moment(9))), [Some(1), Some(2), None]);
    }
}
