//! Many byte strings, looked for in one pass.
//!
//! Decides where one of them stands, byte for byte. Each string is filed by its first eight bytes (all, if it has fewer); the
//! text is read through a window of eight bytes, and most windows are in no file.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::ops::Range;

/// The longest beginning by which a string is filed.
const WINDOW: usize = 8;

/// Strings in the making: each once.
pub(super) type Strings = BTreeSet<Vec<u8>>;

/// Strings ready for searching.
pub(super) struct Shelf {
    /// All strings, one after the other.
    arena: Vec<u8>,
    files: Vec<File>,
}

/// The strings whose first `length` bytes are their key.
struct File {
    length: usize,
    /// Key, and where in the arena the string is; by key.
    entries: Vec<(u64, u32, u16)>,
    /// One bit for each key.
    filter: Vec<u64>,
}

impl Shelf {
    pub(super) fn new(strings: &Strings) -> Shelf {
        let mut shelf = Shelf { arena: Vec::new(), files: Vec::new() };
        for length in 1..=WINDOW {
            let is_filed =
                |string: &&Vec<u8>| string.len() == length || (length == WINDOW && string.len() > WINDOW);
            let mut entries = Vec::new();
            for string in strings.iter().filter(is_filed) {
                let place = u32::try_from(shelf.arena.len()).ok().zip(u16::try_from(string.len()).ok());
                // Four gigabytes of strings, or one of 64 KiB, are no list that a person keeps.
                let Some((start, bytes)) = place else { continue };
                shelf.arena.extend_from_slice(string);
                entries.push((key_of(string.get(..length).unwrap_or_default()), start, bytes));
            }
            if entries.is_empty() {
                continue;
            }
            entries.sort_unstable();
            let words =
                entries.len().saturating_mul(16).checked_next_power_of_two().unwrap_or(1 << 24).max(1024)
                    / 64;
            let mut filter = alloc::vec![0_u64; words];
            for (key, _, _) in &entries {
                let (word, bit) = place_of(*key, words);
                if let Some(word) = filter.get_mut(word) {
                    *word |= bit;
                }
            }
            shelf.files.push(File { length, entries, filter });
        }
        shelf
    }

    /// Whether a string stands in `text` where `fits` says that it may.
    pub(super) fn is_in(&self, text: &[u8], fits: impl Fn(Range<usize>) -> bool) -> bool {
        if self.files.is_empty() {
            return false;
        }
        let mut window = 0_u64;
        for (at, byte) in text.iter().enumerate() {
            window = (window << 8) | u64::from(*byte);
            for file in &self.files {
                let Some(start) = at.saturating_add(1).checked_sub(file.length) else { break };
                let mask = u64::MAX >> (64_usize.saturating_sub(file.length.saturating_mul(8)));
                if file.may_hold(window & mask) && self.stands(file, window & mask, text, start, &fits) {
                    return true;
                }
            }
        }
        false
    }

    fn stands(
        &self,
        file: &File,
        key: u64,
        text: &[u8],
        start: usize,
        fits: impl Fn(Range<usize>) -> bool,
    ) -> bool {
        let first = file.entries.partition_point(|(filed, _, _)| *filed < key);
        let same =
            file.entries.get(first..).unwrap_or_default().iter().take_while(|(filed, _, _)| *filed == key);
        same.into_iter().any(|(_, place, length)| {
            let place = usize::try_from(*place).unwrap_or(usize::MAX);
            let length = usize::from(*length);
            let range = start..start.saturating_add(length);
            let string = self.arena.get(place..place.saturating_add(length));
            string.is_some() && string == text.get(range.clone()) && fits(range)
        })
    }
}

impl File {
    fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = place_of(key, self.filter.len());
        self.filter.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// Word and bit of a key in a filter of `words` words, a power of two. The multiplier spreads keys of few different bytes
/// (Knuth's golden ratio).
fn place_of(key: u64, words: usize) -> (usize, u64) {
    let spread = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = usize::try_from(spread >> 32).unwrap_or(0) & words.saturating_sub(1);
    (word, 1 << (spread >> 26 & 63))
}

fn key_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_any_length_are_found_where_they_may_stand() {
        let strings: Strings =
            ["ab", "abcdefgh", "abcdefghij", "xyzxyzxyz"].iter().map(|s| s.as_bytes().to_vec()).collect();
        let shelf = Shelf::new(&strings);
        assert!(shelf.is_in(b"--ab", |range| range == (2..4)));
        assert!(shelf.is_in(b".abcdefghij", |range| range.len() == 10));
        assert!(shelf.is_in(b"xyxyzxyzxyz", |range| range.len() == 9));
        assert!(!shelf.is_in(b"xyzxyzxy a b", |_| true));
        assert!(!Shelf::new(&Strings::new()).is_in(b"ab", |_| true));
    }
}
