//! From the difference of two sequences of coded symbols to the records in which two sets differ.

use alloc::vec::Vec;

use super::cell::Cell;
use super::prefix::Prefix;
use super::source::{Key, Keyed, Mapping};

/// The symbols are not those of any set, or some ids were made to fall together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecodable;

/// A source that was found, and the first coded symbol it has not been taken out of.
#[derive(Clone, Copy, Debug)]
struct Found {
    prefix: Prefix,
    keyed: Keyed,
    mapping: Mapping,
    /// 1 if the peer has it, -1 if we have.
    sign: i64,
}

/// Coded symbols of the difference so far, and what was found in them. Bounded by the symbols it is given: each source
/// found empties one of them for good.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    key: Key,
    cells: Vec<Cell>,
    found: Vec<Found>,
    /// How many more ids the peer has than we.
    surplus: i64,
    /// The sum of the normalised squares of all counts but the first.
    squares: u128,
}

impl Decoder {
    pub(super) fn new(key: Key) -> Self {
        Self { key, cells: Vec::new(), found: Vec::new(), surplus: 0, squares: 0 }
    }

    /// Coded symbols taken so far.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Takes the next symbols of the peer and ours for the same places, and finds what can be found.
    ///
    /// # Errors
    /// When they cannot all be true.
    pub(super) fn extend(&mut self, theirs: &[Cell], ours: &[Cell]) -> Result<(), Undecodable> {
        let start = self.cells.len();
        for (theirs, ours) in theirs.iter().zip(ours) {
            let cell = theirs.less(*ours);
            self.weigh(cell.count);
            self.cells.push(cell);
        }
        for found in &mut self.found {
            while let Some(cell) = self.cells.get_mut(found.mapping.next()) {
                cell.add(found.prefix, found.keyed, -found.sign);
                found.mapping.advance(found.keyed);
            }
        }
        let mut singles: Vec<usize> =
            (start..self.cells.len()).filter(|index| self.cells[*index].single().is_some()).collect();
        while let Some(index) = singles.pop() {
            self.peel(index, &mut singles)?;
        }
        Ok(())
    }

    /// Takes the source in this symbol out of all symbols, if it is the only one there. Those that it leaves with one
    /// source, as far as their count tells, are added to `singles`.
    fn peel(&mut self, index: usize, singles: &mut Vec<usize>) -> Result<(), Undecodable> {
        let Some((prefix, checksum, sign)) = self.cells.get(index).and_then(|cell| cell.single()) else {
            return Ok(());
        };
        let keyed = self.key.keyed(prefix);
        if keyed.low != checksum {
            return Ok(());
        }
        // Each source empties the symbol it was found in. Symbols that are made up can give one back again and again.
        if self.found.len() >= self.cells.len() {
            return Err(Undecodable);
        }
        let mut mapping = Mapping::default();
        while let Some(cell) = self.cells.get_mut(mapping.next()) {
            cell.add(prefix, keyed, -sign);
            if cell.single().is_some() {
                singles.push(mapping.next());
            }
            mapping.advance(keyed);
        }
        if !self.cells.get(index).is_some_and(|cell| cell.is_empty()) {
            return Err(Undecodable);
        }
        self.found.push(Found { prefix, keyed, mapping, sign });
        Ok(())
    }

    /// Whether the whole difference was found.
    ///
    /// # Errors
    /// When the first symbol, of which every source is part, is empty and another is not.
    pub(super) fn is_complete(&self) -> Result<bool, Undecodable> {
        if !self.cells.first().is_some_and(|cell| cell.is_empty()) {
            return Ok(false);
        }
        if self.cells.iter().all(|cell| cell.is_empty()) { Ok(true) } else { Err(Undecodable) }
    }

    /// What the peer has and we have not, and what we have and the peer has not, as far as it was found.
    pub(super) fn found(&self) -> (Vec<Prefix>, Vec<Prefix>) {
        let of = |sign| {
            let found = self.found.iter().filter(move |found| found.sign == sign);
            let mut prefixes: Vec<Prefix> = found.map(|found| found.prefix).collect();
            prefixes.sort_unstable();
            prefixes.dedup();
            prefixes
        };
        (of(1), of(-1))
    }

    /// The size of the difference, told from how far the counts lie from what chance puts there. With `k` symbols it is
    /// off by `sqrt(2 / k)` in the mean.
    pub(super) fn estimate(&self) -> u64 {
        let places = u128::try_from(self.cells.len().saturating_sub(1)).unwrap_or(0).max(1);
        let estimate = u64::try_from(self.squares / places).unwrap_or(u64::MAX);
        estimate.max(self.surplus.unsigned_abs())
    }

    /// Takes one more count, of the symbol with the index `self.cells.len()`, into the estimate.
    ///
    /// A source is in symbol `i` with probability p = 2 / (i + 2), and counts for one or less one. The sum of all is
    /// known from symbol 0, so the count has mean `surplus * p` and variance `d p (1 - p)`, where `d` is the size of the
    /// difference. So `(count - surplus p)^2 / (p (1 - p))`, which is `(count (i + 2) - 2 surplus)^2 / 2i`, is `d` in
    /// the mean.
    fn weigh(&mut self, count: i64) {
        let index = i128::try_from(self.cells.len()).unwrap_or(i128::MAX);
        if index == 0 {
            self.surplus = count;
            return;
        }
        let off = i128::from(count) * (index + 2) - 2 * i128::from(self.surplus);
        let square = off.unsigned_abs().saturating_mul(off.unsigned_abs());
        self.squares = self.squares.saturating_add(square / (2 * index.unsigned_abs()));
    }
}

#[cfg(test)]
mod tests {
    use watchfire_keys::ids::CircleId;

    use super::*;

    #[test]
    fn a_source_in_a_place_that_is_not_its_own_is_noticed() {
        let key = Key::of(&CircleId::from_bytes([7; 32]));
        let prefix = Prefix([9; 16]);
        let mut single = Cell::default();
        single.add(prefix, key.keyed(prefix), 1);
        let mut decoder = Decoder::new(key);
        assert_eq!(decoder.extend(&[single; 64], &[Cell::default(); 64]), Err(Undecodable));
        assert!(decoder.found.is_empty());
    }

    #[test]
    fn the_estimate_is_no_smaller_than_what_the_counts_of_all_show() {
        let key = Key::of(&CircleId::from_bytes([7; 32]));
        let mut decoder = Decoder::new(key);
        let prefix = Prefix([9; 16]);
        let mut all = Cell::default();
        (0..500).for_each(|_| all.add(prefix, key.keyed(prefix), 1));
        assert_eq!(decoder.extend(&[all], &[Cell::default()]), Ok(()));
        assert_eq!(decoder.estimate(), 500);
        assert_eq!(decoder.is_complete(), Ok(false));
    }
}
