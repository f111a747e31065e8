//! The candidates of one text, held in blocks.
//!
//! There may be a million: they never move while more are added, and each block is freed as soon as it is used up.

use alloc::vec::Vec;

use super::candidate::Candidate;

/// A megabyte of candidates.
const BLOCK: usize = 25_000;

/// Candidates in the order in which they were added.
#[derive(Default)]
pub(super) struct Pile {
    blocks: Vec<Vec<Candidate>>,
    count: usize,
}

impl Pile {
    pub(super) fn push(&mut self, candidate: Candidate) {
        self.count = self.count.saturating_add(1);
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(candidate),
            last => {
                // Most texts have a few: only what follows a full block is likely to become one.
                let mut block = Vec::with_capacity(if last.is_some() { BLOCK } else { 0 });
                block.push(candidate);
                self.blocks.push(block);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.blocks.iter().flatten()
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Candidate> {
        self.blocks.into_iter().flatten()
    }
}
