//! Millions of names and values in ten bytes each: keyed hashes in order.
//!
//! The key is random and stays on the member's machine, so nobody can make a value that collides with a list's entry.

use alloc::vec::Vec;

/// What is hashed: the same text can be an entry of lists of both kinds.
#[derive(Clone, Copy)]
pub(super) enum As {
    /// The whole value.
    Value,
    /// A host.
    Host,
}

/// The first eight bytes of a keyed BLAKE3.
pub(super) fn hash(key: &[u8; 32], what: As, text: &str) -> u64 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(match what {
        As::Value => b"v",
        As::Host => b"h",
    });
    hasher.update(text.as_bytes());
    let mut first = [0; 8];
    let hash = hasher.finalize();
    for (to, from) in first.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    u64::from_le_bytes(first)
}

/// Hashes in order, and for each the number of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) hashes: Vec<u64>,
    pub(super) lists: Vec<u16>,
    /// For each value of the first 16 bits, where it begins.
    starts: Vec<u32>,
}

impl Names {
    /// `None` when the hashes are not in order or do not fit the lists.
    pub(super) fn new(hashes: Vec<u64>, lists: Vec<u16>) -> Option<Names> {
        if hashes.len() != lists.len() || u32::try_from(hashes.len()).is_err() || !hashes.is_sorted() {
            return None;
        }
        let mut starts = Vec::with_capacity(FIRSTS + 1);
        let mut at = 0_usize;
        for first in 0..=FIRSTS {
            let ahead = hashes.get(at..).unwrap_or_default().iter();
            at = at.saturating_add(ahead.take_while(|hash| first_bits(**hash) < first).count());
            starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        Some(Names { hashes, lists, starts })
    }

    /// The lists that hold a hash.
    pub(super) fn find(&self, hash: u64) -> &[u16] {
        let first = first_bits(hash);
        let bound = |index: usize| {
            let at = self.starts.get(index).copied().unwrap_or_default();
            usize::try_from(at).unwrap_or(usize::MAX)
        };
        let (from, to) = (bound(first), bound(first.saturating_add(1)));
        let near = self.hashes.get(from..to).unwrap_or_default();
        let begin = near.partition_point(|known| *known < hash);
        let length = near.get(begin..).unwrap_or_default().iter().take_while(|known| **known == hash).count();
        let begin = from.saturating_add(begin);
        self.lists.get(begin..begin.saturating_add(length)).unwrap_or_default()
    }
}

const FIRSTS: usize = 1 << 16;

fn first_bits(hash: u64) -> usize {
    usize::try_from(hash >> 48).unwrap_or(FIRSTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn every_hash_is_found_and_no_other() {
        let hashes: Vec<u64> =
            (0..5000_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let mut pairs: Vec<(u64, u16)> = (0..).zip(&hashes).map(|(at, hash)| (*hash, at)).collect();
        pairs.push((hashes[7], 6000));
        pairs.sort_unstable();
        let names =
            Names::new(pairs.iter().map(|pair| pair.0).collect(), pairs.iter().map(|pair| pair.1).collect());
        let names = names.unwrap_or_default();
        for (at, hash) in (0_u16..).zip(&hashes) {
            let expected = if at == 7 { vec![7, 6000] } else { vec![at] };
            assert_eq!(names.find(*hash), expected);
            assert!(names.find(hash ^ 1).is_empty());
        }
        assert!(names.find(u64::MAX).is_empty() && Names::default().find(0).is_empty());
        assert_eq!(Names::new(vec![2, 1], vec![0, 0]), None);
    }
}
