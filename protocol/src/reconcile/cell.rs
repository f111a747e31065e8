//! Coded symbols, and how they travel.

use alloc::vec::Vec;

use super::prefix::Prefix;
use super::source::Keyed;

/// The sum of some source symbols; the difference of two such sums when two sets are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Prefixes, xored.
    prefixes: u128,
    /// Checksums, xored.
    checksums: u64,
    /// How many there are; in a difference, the peer's less ours.
    pub(super) count: i64,
}

/// Bytes of a prefix and a checksum.
const FIXED_BYTES: usize = 24;
/// A count on the wire has at most this many bytes: five groups of seven bits hold any difference of two `u32`.
const MAX_COUNT_BYTES: usize = 5;

impl Cell {
    /// Puts a source in (`sign` 1) or takes it out (-1).
    pub(super) fn add(&mut self, prefix: Prefix, keyed: Keyed, sign: i64) {
        self.prefixes ^= u128::from_le_bytes(prefix.0);
        self.checksums ^= keyed.low;
        self.count = self.count.wrapping_add(sign);
    }

    /// What is in one of the two and not in the other.
    pub(super) fn less(self, other: Self) -> Self {
        Self {
            prefixes: self.prefixes ^ other.prefixes,
            checksums: self.checksums ^ other.checksums,
            count: self.count.wrapping_sub(other.count),
        }
    }

    /// The one source that this may be: a prefix, its checksum, and its sign.
    pub(super) fn single(self) -> Option<(Prefix, u64, i64)> {
        matches!(self.count, 1 | -1)
            .then(|| (Prefix(self.prefixes.to_le_bytes()), self.checksums, self.count))
    }

    /// Whether nothing is left in it.
    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// How many of `of` sources the cell with this index holds on average.
fn expected(of: u32, index: usize) -> i64 {
    let places = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2);
    i64::try_from(u64::from(of).saturating_mul(2) / places).unwrap_or(0)
}

/// Cells from index `from` on of a set of `of` ids, as they travel: prefix, checksum, and the count as its distance from
/// the one that is expected there, which takes a byte or two.
pub(super) fn pack(cells: &[Cell], from: usize, of: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(cells.len().saturating_mul(FIXED_BYTES + 2));
    for (index, cell) in cells.iter().enumerate() {
        bytes.extend_from_slice(&cell.prefixes.to_le_bytes());
        bytes.extend_from_slice(&cell.checksums.to_le_bytes());
        let distance = cell.count.wrapping_sub(expected(of, from.saturating_add(index)));
        let mut rest = distance.wrapping_shl(1).cast_unsigned() ^ (distance >> 63).cast_unsigned();
        while rest >= 0x80 {
            bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        bytes.push(rest.to_le_bytes()[0]);
    }
    bytes
}

/// Reads what [`pack`] wrote; `None` for anything else, or for more than `most` cells.
pub(super) fn unpack(bytes: &[u8], from: usize, of: u32, most: usize) -> Option<Vec<Cell>> {
    if bytes.len() > most.saturating_mul(FIXED_BYTES + MAX_COUNT_BYTES) {
        return None;
    }
    let mut cells = Vec::with_capacity(most.min(bytes.len() / FIXED_BYTES));
    let mut rest = bytes;
    while !rest.is_empty() {
        let (prefixes, after) = rest.split_first_chunk::<16>()?;
        let (checksums, after) = after.split_first_chunk::<8>()?;
        let (distance, after) = read_distance(after)?;
        let count = expected(of, from.checked_add(cells.len())?).checked_add(distance)?;
        // A sum of `of` sources holds no fewer than none and no more than all of them.
        if cells.len() >= most || !(0..=i64::from(of)).contains(&count) {
            return None;
        }
        cells.push(Cell {
            prefixes: u128::from_le_bytes(*prefixes),
            checksums: u64::from_le_bytes(*checksums),
            count,
        });
        rest = after;
    }
    Some(cells)
}

fn read_distance(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let length = bytes.iter().take(MAX_COUNT_BYTES).position(|byte| *byte < 0x80)? + 1;
    let (groups, rest) = bytes.split_at_checked(length)?;
    // One way to write a number: the last group is zero only when it is the only one.
    if length > 1 && groups.last() == Some(&0) {
        return None;
    }
    let zigzag = groups.iter().rev().fold(0u64, |number, group| number << 7 | u64::from(group & 0x7f));
    Some(((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed(), rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn cell(prefixes: u128, count: i64) -> Cell {
        Cell { prefixes, checksums: 77, count }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(of: u32, from in 0usize..300_000, shares in proptest::collection::vec(any::<u32>(), 0..20)) {
            let count = |share: u32| ((u64::from(share) * u64::from(of)) >> 32).cast_signed();
            let cells: Vec<Cell> = shares.iter().map(|share| cell(9, count(*share))).collect();
            let bytes = pack(&cells, from, of);
            prop_assert_eq!(unpack(&bytes, from, of, 20), Some(cells));
        }

        #[test]
        fn what_is_read_was_packed_like_that(bytes in proptest::collection::vec(any::<u8>(), 0..120), of: u32) {
            if let Some(cells) = unpack(&bytes, 3, of, 8) {
                prop_assert_eq!(pack(&cells, 3, of), bytes);
            }
        }
    }

    #[test]
    fn a_count_that_no_set_of_this_size_has_is_refused() {
        for count in [-1, 11] {
            assert_eq!(unpack(&pack(&[cell(1, count)], 0, 10), 0, 10, 1), None);
        }
        assert!(unpack(&pack(&[cell(1, 10)], 0, 10), 0, 10, 1).is_some());
        assert_eq!(unpack(&pack(&[cell(1, 1); 3], 0, 10), 0, 10, 2), None, "more than were asked for");
    }

    #[test]
    fn near_the_expected_count_a_cell_takes_twenty_five_bytes() {
        let near = cell(1, expected(1_000_000, 5000) + 20);
        assert_eq!(pack(&[near], 5000, 1_000_000).len(), 25);
    }
}
