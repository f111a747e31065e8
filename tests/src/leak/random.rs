//! A stream of choices from a seed and a number: the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Choices.
#[derive(Debug)]
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The stream of one case.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number under `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.0.next_u64() % end).unwrap()
    }

    /// A number from `first` to `last`.
    pub(crate) fn within(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// Yes, this many times of a hundred.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of these words.
    pub(crate) fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    /// Characters of an alphabet.
    pub(crate) fn string(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| *self.pick(&letters)).collect()
    }

    /// Lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.string("0123456789abcdef", length)
    }

    /// Decimal digits, the first not zero.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.string("123456789", 1) + &self.string("0123456789", length - 1)
    }

    /// Letters and digits, at least one of each sort.
    pub(crate) fn mixed(&mut self, length: usize) -> String {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        loop {
            let made = self.string(alphabet, length);
            let has = |test: fn(&u8) -> bool| made.as_bytes().iter().any(test);
            if has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) {
                return made;
            }
        }
    }

    /// A random UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let part = |random: &mut Self, length| random.hex(length);
        let (a, b, c, d, e) = (part(self, 8), part(self, 4), part(self, 3), part(self, 3), part(self, 12));
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }

    /// Random bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut made = vec![0; length];
        self.0.fill_bytes(&mut made);
        made
    }

    /// In another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}
