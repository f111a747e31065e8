//! Blocks of addresses of many lists, flattened: one search finds every list that an address is on.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Lists that are remembered for one address; the others are not lost from their other addresses.
const MOST_LISTS: usize = 16;

/// Cuts of the address space, in order: from each start on, the lists of one set apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blocks<T> {
    pub(super) starts: Vec<T>,
    /// For each start, the number of its set.
    pub(super) sets: Vec<u16>,
    /// The sets. The first is empty.
    pub(super) table: Vec<Vec<u16>>,
}

impl<T> Default for Blocks<T> {
    fn default() -> Blocks<T> {
        Blocks { starts: Vec::new(), sets: Vec::new(), table: Vec::new() }
    }
}

impl<T: Copy + Ord> Blocks<T> {
    /// From blocks of `(first, after, list)`; `after` is the first address behind it, `None` at the end of all.
    pub(super) fn new(blocks: impl Iterator<Item = (T, Option<T>, u16)>) -> Blocks<T> {
        let mut edges: Vec<(T, bool, u16)> = Vec::new();
        for (first, after, list) in blocks {
            edges.push((first, true, list));
            edges.extend(after.map(|after| (after, false, list)));
        }
        edges.sort_unstable();
        let mut known: BTreeMap<Vec<u16>, u16> = BTreeMap::from([(Vec::new(), 0)]);
        let mut flat = Blocks { starts: Vec::new(), sets: Vec::new(), table: Vec::from([Vec::new()]) };
        let mut active: BTreeMap<u16, u32> = BTreeMap::new();
        let mut edges = edges.into_iter().peekable();
        while let Some((at, begins, list)) = edges.next() {
            let depth = active.entry(list).or_default();
            *depth = if begins { depth.saturating_add(1) } else { depth.saturating_sub(1) };
            if *depth == 0 {
                active.remove(&list);
            }
            if edges.peek().is_some_and(|(next, _, _)| *next == at) {
                continue;
            }
            let set: Vec<u16> = active.keys().copied().take(MOST_LISTS).collect();
            let number = known.get(&set).copied().or_else(|| {
                let number = u16::try_from(flat.table.len()).ok()?;
                flat.table.push(set.clone());
                known.insert(set, number);
                Some(number)
            });
            // More than 65,536 different overlaps are no list of this world; the last set stands for the rest.
            let number = number.unwrap_or(u16::MAX);
            if flat.sets.last() != Some(&number) {
                flat.starts.push(at);
                flat.sets.push(number);
            }
        }
        flat
    }

    /// `None` when the parts do not fit together.
    pub(super) fn checked(starts: Vec<T>, sets: Vec<u16>, table: Vec<Vec<u16>>) -> Option<Blocks<T>> {
        let fits = starts.len() == sets.len()
            && starts.is_sorted()
            && sets.iter().all(|set| usize::from(*set) < table.len())
            && table.iter().all(|set| set.len() <= MOST_LISTS);
        fits.then_some(Blocks { starts, sets, table })
    }

    /// The lists on which every address from `first` to `last` is.
    pub(super) fn find(&self, first: T, last: T) -> Vec<u16> {
        // A block that is cut into more pieces than this is no single thing on any list.
        const MOST_PIECES: usize = 64;
        let from = self.starts.partition_point(|start| *start <= first);
        let to = self.starts.partition_point(|start| *start <= last);
        let Some(from) = from.checked_sub(1) else { return Vec::new() };
        if to.saturating_sub(from) > MOST_PIECES {
            return Vec::new();
        }
        let mut pieces = self.sets.get(from..to).unwrap_or_default().iter();
        let set_of =
            |number: &u16| self.table.get(usize::from(*number)).map(Vec::as_slice).unwrap_or_default();
        let mut common: BTreeSet<u16> =
            pieces.next().map(set_of).unwrap_or_default().iter().copied().collect();
        for piece in pieces {
            let set = set_of(piece);
            common.retain(|list| set.contains(list));
        }
        common.into_iter().collect()
    }

    /// The blocks again, as [`Blocks::new`] takes them.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (T, Option<T>, u16)> {
        let ends = self.starts.iter().skip(1).copied().map(Some).chain([None]);
        self.starts.iter().zip(ends).zip(&self.sets).flat_map(|((first, after), set)| {
            let lists = self.table.get(usize::from(*set)).map(Vec::as_slice).unwrap_or_default();
            lists.iter().map(move |list| (*first, after, *list))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn overlapping_blocks_are_found_in_all_their_lists() {
        let blocks =
            [(10_u32, Some(20), 1), (12, Some(14), 2), (14, Some(30), 2), (40, None, 3), (10, Some(20), 1)];
        let flat = Blocks::new(blocks.into_iter());
        for (first, last, lists) in [
            (9, 9, vec![]),
            (10, 10, vec![1]),
            (11, 11, vec![1]),
            (12, 12, vec![1, 2]),
            (13, 15, vec![1, 2]),
            (10, 15, vec![1]),
            (19, 20, vec![2]),
            (29, 29, vec![2]),
            (30, 39, vec![]),
            (u32::MAX, u32::MAX, vec![3]),
            (0, u32::MAX, vec![]),
        ] {
            assert_eq!(flat.find(first, last), lists, "{first}-{last}");
        }
        assert_eq!(Blocks::new(flat.blocks()), flat);
        assert_eq!(Blocks::checked(flat.starts.clone(), flat.sets.clone(), flat.table.clone()), Some(flat));
        assert!(Blocks::<u32>::default().find(1, 2).is_empty());
    }
}
