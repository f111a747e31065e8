//! What is known of each signer's chain of records: its end, its gaps and its forks.
//!
//! The engine feeds every record whose signature held, in whatever order they arrive; the same records give the same
//! answer in any order and however often. Nothing is refused here: a gap says what to ask for, and a fork is evidence
//! against its signer that everyone is shown. Memory is bounded per signer: beyond
//! [`MAX_CHAIN_POSITIONS`] the lowest positions are forgotten.

use alloc::{collections::BTreeMap, vec::Vec};
use core::ops::RangeInclusive;

use watchfire_keys::{identity::PublicKey, ids::RecordId};

use crate::{
    limits::{MAX_CHAIN_CLAIMS, MAX_CHAIN_POSITIONS, MAX_CHAIN_SIGNERS},
    record::{Placed, Record},
    rules::Rule,
};

/// A place in a chain: where the next record of a signer goes, or where the last one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The position, counted from 0.
    pub seq: u64,
    /// The record before it; none at position 0 only.
    pub prev: Option<RecordId>,
}

impl Position {
    /// Where a new signer begins.
    pub const FIRST: Self = Self { seq: 0, prev: None };
}

/// Two records of one signer that claim the same position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fork {
    /// The position.
    pub seq: u64,
    /// The lowest and the second lowest of the ids that claim it.
    pub records: [RecordId; 2],
}

/// Where a record was found to stand when it was fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Right behind its predecessor.
    Linked,
    /// Its predecessor is not here: ask for it.
    Ahead,
    /// It was here before.
    Known,
    /// It, its predecessor or its successor is not the only one at its position.
    Forked(Fork),
    /// Its position is older than what is remembered, or the signer is one too many.
    Untracked,
}

impl Place {
    /// The rule that the finding falls under, for the counters; every record is kept all the same.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        match self {
            Self::Forked(_) => Some(Rule::RecordFork),
            Self::Linked | Self::Ahead | Self::Known | Self::Untracked => None,
        }
    }
}

/// One id that claims a position: the record itself was here, or a successor has named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Claim {
    id: RecordId,
    held: bool,
}

/// The claims on one position, ascending by id, at most [`MAX_CHAIN_CLAIMS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Claims(Vec<Claim>);

impl Claims {
    /// Adds a claim; true when the record itself had been here before.
    fn add(&mut self, id: RecordId, held: bool) -> bool {
        match self.0.binary_search_by(|claim| claim.id.cmp(&id)) {
            Ok(found) => match self.0.get_mut(found) {
                Some(claim) => {
                    let before = claim.held;
                    claim.held |= held;
                    before
                }
                None => false,
            },
            Err(at) => {
                // Nearly every position has one claim for ever: no room for more until they come.
                self.0.reserve_exact(1);
                self.0.insert(at, Claim { id, held });
                // The lowest ids stay, whatever the order of arrival.
                self.0.truncate(MAX_CHAIN_CLAIMS);
                false
            }
        }
    }

    fn fork(&self, seq: u64) -> Option<Fork> {
        match self.0.as_slice() {
            [first, second, ..] => Some(Fork { seq, records: [first.id, second.id] }),
            _ => None,
        }
    }

    fn held(&self) -> Option<RecordId> {
        self.0.iter().find(|claim| claim.held).map(|claim| claim.id)
    }
}

/// What is known of one signer's chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    claims: BTreeMap<u64, Claims>,
    /// Positions below this one are forgotten.
    floor: u64,
}

impl Chain {
    /// Takes in one record of this signer, whose signature held.
    pub fn place(&mut self, id: RecordId, at: Position) -> Place {
        if at.seq < self.floor {
            return Place::Untracked;
        }
        let known = self.claims.entry(at.seq).or_default().add(id, true);
        let before = at.seq.checked_sub(1).filter(|before| *before >= self.floor);
        if let (Some(before), Some(prev)) = (before, at.prev) {
            self.claims.entry(before).or_default().add(prev, false);
        }
        self.forget_lowest();
        if known {
            return Place::Known;
        }
        let around = [before, Some(at.seq)];
        if let Some(fork) = around.into_iter().flatten().find_map(|seq| self.fork_at(seq)) {
            return Place::Forked(fork);
        }
        let linked = before.is_none_or(|before| self.holds(before));
        if linked { Place::Linked } else { Place::Ahead }
    }

    /// Where the signer's next record goes: behind the highest one that is here. `None` at the end of all numbers.
    #[must_use]
    pub fn next(&self) -> Option<Position> {
        match self.last() {
            Some((seq, id)) => Some(Position { seq: seq.checked_add(1)?, prev: Some(id) }),
            None => Some(Position::FIRST),
        }
    }

    /// The highest record that is here.
    #[must_use]
    pub fn last(&self) -> Option<(u64, RecordId)> {
        self.claims.iter().rev().find_map(|(seq, claims)| claims.held().map(|id| (*seq, id)))
    }

    /// The highest record with neither a gap nor a fork below it, which is what a removal names as the last that
    /// stands. Whoever has the key can sign any position; it cannot fill the gap below it, and of two records for one
    /// position nobody can say which one was meant.
    #[must_use]
    pub fn standing_end(&self) -> Option<(u64, RecordId)> {
        let alone = |claims: &Claims| match claims.0.as_slice() {
            [claim] if claim.held => Some(claim.id),
            _ => None,
        };
        let whole = (self.floor..).zip(&self.claims).map_while(|(expected, (seq, claims))| {
            alone(claims).filter(|_| *seq == expected).map(|id| (*seq, id))
        });
        whole.last()
    }

    /// The position of a record that is here and remembered.
    #[must_use]
    pub fn position_of(&self, id: &RecordId) -> Option<u64> {
        let is_it = |claims: &Claims| claims.0.iter().any(|claim| claim.held && claim.id == *id);
        self.claims.iter().rev().find(|(_, claims)| is_it(claims)).map(|(seq, _)| *seq)
    }

    /// The positions without a record below the highest one, lowest first, at most `max` ranges.
    #[must_use]
    pub fn gaps(&self, max: usize) -> Vec<RangeInclusive<u64>> {
        let mut gaps = Vec::new();
        let mut next = self.floor;
        let held = self.claims.iter().filter(|(_, claims)| claims.held().is_some());
        for (seq, _) in held {
            if gaps.len() >= max {
                break;
            }
            if *seq > next {
                gaps.push(next..=seq.saturating_sub(1));
            }
            next = seq.saturating_add(1);
        }
        gaps
    }

    /// Every position that more than one record claims, lowest first.
    pub fn forks(&self) -> impl Iterator<Item = Fork> + '_ {
        self.claims.iter().filter_map(|(seq, claims)| claims.fork(*seq))
    }

    /// Forgets the positions below this one, when the retention of their records has ended.
    pub fn forget_below(&mut self, seq: u64) {
        if seq > self.floor {
            self.floor = seq;
            self.claims = self.claims.split_off(&seq);
        }
    }

    /// Forgets the lowest positions as long as all that is held there is among these records, sorted. True when it forgot
    /// any.
    fn forget_over(&mut self, over: &[RecordId]) -> bool {
        let before = self.floor;
        let is_over = |claims: &Claims| {
            claims.held().is_some()
                && claims.0.iter().all(|claim| !claim.held || over.binary_search(&claim.id).is_ok())
        };
        while let Some(first) = self.claims.first_entry().filter(|first| *first.key() == self.floor) {
            if !is_over(first.get()) {
                break;
            }
            first.remove();
            self.floor = self.floor.saturating_add(1);
        }
        self.floor > before
    }

    fn fork_at(&self, seq: u64) -> Option<Fork> {
        self.claims.get(&seq).and_then(|claims| claims.fork(seq))
    }

    fn holds(&self, seq: u64) -> bool {
        self.claims.get(&seq).is_some_and(|claims| claims.held().is_some())
    }

    fn forget_lowest(&mut self) {
        while self.claims.len() > MAX_CHAIN_POSITIONS {
            if let Some((lowest, _)) = self.claims.pop_first() {
                self.floor = lowest.saturating_add(1);
            }
        }
    }
}

/// The chains of all signers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chains {
    by_signer: BTreeMap<PublicKey, Chain>,
}

impl Chains {
    /// No chain yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_signer: BTreeMap::new() }
    }

    /// Takes in a record whose signature held.
    pub fn place(&mut self, id: RecordId, record: &Record) -> Place {
        self.take(&Placed::of(id, record))
    }

    /// The same with what is known of a record that is not at hand.
    pub fn take(&mut self, placed: &Placed) -> Place {
        if !self.by_signer.contains_key(&placed.signer) && self.by_signer.len() >= MAX_CHAIN_SIGNERS {
            return Place::Untracked;
        }
        self.by_signer.entry(placed.signer).or_default().place(placed.id, placed.place)
    }

    /// This signer's chain counts from here: what was below is over.
    pub fn start_at(&mut self, signer: PublicKey, seq: u64) {
        if self.by_signer.contains_key(&signer) || self.by_signer.len() < MAX_CHAIN_SIGNERS {
            self.by_signer.entry(signer).or_default().forget_below(seq);
        }
    }

    /// Forgets records that are over, sorted. Gives the signers whose chains count from a later position now.
    pub fn forget_over(&mut self, over: &[RecordId]) -> Vec<(PublicKey, u64)> {
        let chains = self.by_signer.iter_mut();
        chains
            .filter_map(|(signer, chain)| chain.forget_over(over).then_some((*signer, chain.floor)))
            .collect()
    }

    /// The chain of one signer.
    #[must_use]
    pub fn get(&self, signer: &PublicKey) -> Option<&Chain> {
        self.by_signer.get(signer)
    }

    /// Where this signer's next record goes.
    #[must_use]
    pub fn next(&self, signer: &PublicKey) -> Option<Position> {
        self.by_signer.get(signer).map_or(Some(Position::FIRST), Chain::next)
    }

    /// Every signer with its chain, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&PublicKey, &Chain)> + '_ {
        self.by_signer.iter()
    }

    /// Every fork of every signer.
    pub fn forks(&self) -> impl Iterator<Item = (&PublicKey, Fork)> + '_ {
        self.by_signer.iter().flat_map(|(signer, chain)| chain.forks().map(move |fork| (signer, fork)))
    }
}
