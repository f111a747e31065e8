//! Sets of small numbers, a bit each: what comes before what is asked so often that trees of ids are too slow.

use alloc::vec::Vec;

/// A set of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) const fn new() -> Self {
        Self { words: Vec::new() }
    }

    const fn place(number: u32) -> (usize, u64) {
        ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let (word, bit) = Self::place(number);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Adds a number; returns whether it is new.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (at, bit) = Self::place(number);
        if at >= self.words.len() {
            self.words.resize(at.saturating_add(1), 0);
        }
        let Some(word) = self.words.get_mut(at) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether every number is in `other` too.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let others = other.words.iter().copied().chain(core::iter::repeat(0));
        self.words.iter().zip(others).all(|(word, other)| word & !other == 0)
    }

    /// Takes over every number of `other`; returns whether one of them is new.
    pub(super) fn extend(&mut self, other: &Self) -> bool {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        let mut new = false;
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            new |= other & !*word != 0;
            *word |= other;
        }
        new
    }

    /// The numbers that are in `other` too.
    pub(super) fn shared(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words);
        Self { words: words.map(|(word, other)| word & other).collect() }
    }

    /// The numbers that are not in `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        let others = other.words.iter().copied().chain(core::iter::repeat(0));
        Self { words: self.words.iter().zip(others).map(|(word, other)| word & !other).collect() }
    }

    /// All of them, the lowest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = (0_u32..).step_by(u64::BITS as usize).zip(&self.words);
        words.flat_map(|(first, word)| {
            let mut left = *word;
            core::iter::from_fn(move || {
                let next = (left != 0).then(|| first.saturating_add(left.trailing_zeros()))?;
                left &= left.wrapping_sub(1);
                Some(next)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(numbers: &[u32]) -> Bits {
        let mut bits = Bits::new();
        for number in numbers {
            assert!(!bits.contains(*number) && bits.insert(*number));
            assert!(bits.contains(*number) && !bits.insert(*number));
        }
        bits
    }

    #[test]
    fn sets_of_different_lengths_compare_as_sets() {
        let (low, high) = (bits(&[0, 3, 63]), bits(&[3, 64, 200]));
        assert_eq!(low.iter().collect::<Vec<_>>(), [0, 3, 63]);
        assert_eq!(high.iter().collect::<Vec<_>>(), [3, 64, 200]);
        assert_eq!(low.shared(&high).iter().collect::<Vec<_>>(), [3]);
        assert_eq!(high.shared(&low).iter().collect::<Vec<_>>(), [3]);
        assert_eq!(low.without(&high).iter().collect::<Vec<_>>(), [0, 63]);
        assert_eq!(high.without(&low).iter().collect::<Vec<_>>(), [64, 200]);
        assert!(low.shared(&high).is_within(&low) && !high.is_within(&low) && !low.is_within(&high));
        assert!(Bits::new().is_within(&low) && high.without(&high).is_empty() && !high.is_empty());
    }

    #[test]
    fn taking_over_says_whether_something_is_new() {
        let mut all = bits(&[1]);
        assert!(all.extend(&bits(&[1, 90])) && !all.extend(&bits(&[90])));
        assert_eq!(all.iter().collect::<Vec<_>>(), [1, 90]);
    }
}
