//! One comparison with one peer by coded symbols, as the side that asks.
//!
//! It ends for whatever the peer answers: with the whole difference, or with the part of it that was found and the
//! advice to compare ranges, which always end. What comes or goes on either side meanwhile makes no difference: both
//! compare the sets as they were when it began.

use alloc::vec::Vec;

use super::cell::unpack;
use super::decoder::{Decoder, Undecodable};
use super::prefix::Prefix;
use super::range::Fingerprint;
use super::set::{MAX_CELLS, RecordSet};
use super::source::Salt;
use super::symbols::{Ask, FIRST_ASKED, MAX_CELLS_A_MESSAGE, Symbols};
use crate::rules::Rule;

/// Messages that are asked for ahead: half a megabyte on its way fills a link of 40 Mbit/s and 100 ms.
const WINDOW: usize = 4;
/// How often it begins anew because one of the sets has changed too much since.
const MAX_RESTARTS: u32 = 3;
/// Session numbers that one search may use, from the one it is given on: with each new beginning it takes the next, so
/// that answers to what it asked before are told from those it waits for.
pub const NUMBERS_A_SEARCH: u32 = MAX_RESTARTS + 1;
/// Symbols asked for once the estimate is nearly reached: one in forty of those that are here, and at least so many that
/// the message around them is not what costs most.
const SMALL_STEP: usize = 8;
/// Beyond one and a half times what the estimate asks for, and this, it will not come out.
const PATIENCE: usize = 64;

/// In what two sets differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the peer has and we lack, sorted.
    pub wanted: Vec<Prefix>,
    /// What we have and the peer lacks, sorted.
    pub lacking: Vec<Prefix>,
}

/// What an answer led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These go to the peer; none while answers are on their way.
    Ask(Vec<Ask>),
    /// All is known.
    Done(Difference),
    /// This much is known; ranges find the rest, and are what costs less where the sets are far apart.
    GiveUp(Difference),
    /// This much is known, and the rest does not come out: ids that were made to fall together, or a peer that lies. The
    /// former come out under another key.
    Stuck(Difference),
}

/// A comparison that this side began. Its memory grows with the symbols that came: some 100 bytes each at most.
#[derive(Debug)]
pub struct Search {
    number: u32,
    salt: Option<Salt>,
    mine: Fingerprint,
    of: Option<Fingerprint>,
    decoder: Decoder,
    /// Symbols that are to be here before the next decision.
    target: usize,
    /// Symbols that were asked for.
    asked: usize,
    restarts: u32,
}

impl Search {
    /// Begins; the message goes to the peer.
    pub fn start(number: u32, set: &mut RecordSet) -> (Self, Ask) {
        Self::begin(number, None, set)
    }

    /// Begins under a key for this comparison alone; the set is the one [under](RecordSet::under) it.
    pub fn start_under(number: u32, salt: Salt, set: &mut RecordSet) -> (Self, Ask) {
        Self::begin(number, Some(salt), set)
    }

    fn begin(number: u32, salt: Option<Salt>, set: &mut RecordSet) -> (Self, Ask) {
        let mine = set.whole();
        // From here on the set remembers what changes, so that its own symbols can be had as of now.
        set.cells_as_of(mine, 0, 1);
        let mut search = Self {
            number,
            salt,
            mine,
            of: None,
            decoder: Decoder::new(set.key()),
            target: FIRST_ASKED as usize,
            asked: FIRST_ASKED as usize,
            restarts: 0,
        };
        let first = search.first_ask();
        (search, first)
    }

    /// The number under which answers come.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The salt of its key, if it is not the circle's own.
    pub fn salt(&self) -> Option<Salt> {
        self.salt
    }

    /// Coded symbols that came, which is what its memory goes by.
    pub fn len(&self) -> usize {
        self.decoder.len()
    }

    /// Coded symbols that came or were granted room.
    pub fn granted(&self) -> usize {
        self.len().max(self.target)
    }

    /// Whether nothing has come.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn first_ask(&mut self) -> Ask {
        self.asked = FIRST_ASKED as usize;
        self.target = FIRST_ASKED as usize;
        let (session, salt, mine) = (self.number, self.salt, self.mine);
        Ask { session, salt, mine, of: None, from: 0, count: FIRST_ASKED }
    }

    /// Asks again for what has not come: on a new link after one was lost, or when nothing came for a while.
    pub fn resume(&mut self) -> Vec<Ask> {
        self.asked = self.decoder.len();
        if self.of.is_none() { [self.first_ask()].into() } else { self.asks() }
    }

    fn asks(&mut self) -> Vec<Ask> {
        let mut asks = Vec::new();
        let most = MAX_CELLS_A_MESSAGE as usize;
        while self.asked < self.target && self.asked < self.decoder.len().saturating_add(WINDOW * most) {
            let count = (self.target - self.asked).min(most);
            asks.push(Ask {
                session: self.number,
                salt: self.salt,
                mine: self.mine,
                of: self.of,
                from: u32::try_from(self.asked).unwrap_or(u32::MAX),
                count: u32::try_from(count).unwrap_or(u32::MAX),
            });
            self.asked += count;
        }
        asks
    }

    /// Takes an answer. At most `room` more symbols are asked for in all.
    ///
    /// # Errors
    /// [`Rule::ReconcileSymbols`] for an answer to nothing that was asked, [`Rule::ReconcileUndecodable`] for symbols
    /// that contradict themselves; after the latter, nothing more can come of this search.
    pub fn take(&mut self, symbols: &Symbols, set: &mut RecordSet, room: usize) -> Result<Step, Rule> {
        let from = symbols.from as usize;
        if self.of.is_some_and(|of| of != symbols.of) {
            if from != 0 {
                return Err(Rule::ReconcileSymbols);
            }
            // The peer cannot go back to the set that it was.
            return Ok(self.restart(set));
        }
        if symbols.cells.is_empty() {
            return match self.of {
                None if symbols.of == self.mine => Ok(Step::Done(Difference::default())),
                // The peer will not use the salt.
                None if self.salt.is_some() => Ok(Step::GiveUp(Difference::default())),
                _ => Err(Rule::ReconcileSymbols),
            };
        }
        let have = self.decoder.len();
        if from != have {
            // One that came twice, or after another that was lost: it is asked for again when it is time.
            return Ok(Step::Ask(Vec::new()));
        }
        let most = self.asked.saturating_sub(have).min(MAX_CELLS_A_MESSAGE as usize);
        let theirs = unpack(&symbols.cells, from, symbols.of.count, most).ok_or(Rule::ReconcileSymbols)?;
        if have == 0 && theirs.first().is_none_or(|all| all.count != i64::from(symbols.of.count)) {
            return Err(Rule::ReconcileSymbols);
        }
        let Some(ours) = set.cells_as_of(self.mine, from, theirs.len()) else { return Ok(self.restart(set)) };
        self.of = Some(symbols.of);
        let decoded = self.decoder.extend(&theirs, &ours).and_then(|()| self.decoder.is_complete());
        match decoded {
            Ok(true) => Ok(Step::Done(self.difference())),
            Ok(false) => Ok(self.go_on(symbols.of, room)),
            Err(Undecodable) => Err(Rule::ReconcileUndecodable),
        }
    }

    fn restart(&mut self, set: &mut RecordSet) -> Step {
        if self.restarts >= MAX_RESTARTS {
            return Step::GiveUp(self.difference());
        }
        let (anew, first) = Self::begin(self.number.wrapping_add(1), self.salt, set);
        *self = Self { restarts: self.restarts + 1, ..anew };
        Step::Ask([first].into())
    }

    /// What is known so far.
    fn difference(&self) -> Difference {
        let (wanted, lacking) = self.decoder.found();
        Difference { wanted, lacking }
    }

    fn go_on(&mut self, of: Fingerprint, room: usize) -> Step {
        let have = self.decoder.len();
        if have < self.target {
            return Step::Ask(self.asks());
        }
        let estimate = usize::try_from(self.decoder.estimate()).unwrap_or(usize::MAX);
        let goal = needed(estimate);
        // A symbol takes 26 bytes and an id in a list 32: beyond this, listing the larger set costs less.
        let larger = of.count.max(self.mine.count) as usize;
        let most = MAX_CELLS.min(larger.saturating_add(larger / 4).saturating_add(PATIENCE));
        let worn_out = have > goal.saturating_add(goal / 2).saturating_add(PATIENCE);
        // As far as it goes without asking for too many if the estimate is 1.5 standard deviations too high; then, as
        // the estimate gets better with each step, by small ones.
        let doubt = (4_500_000 / have.max(1)).isqrt().min(1000);
        let sure = goal / 1000 * (1000 - doubt) + goal % 1000 * (1000 - doubt) / 1000;
        let target = sure.max(have + (have / 40).max(SMALL_STEP));
        if worn_out {
            return Step::Stuck(self.difference());
        }
        if goal.max(target) > most || target - have > room {
            return Step::GiveUp(self.difference());
        }
        self.target = target;
        Step::Ask(self.asks())
    }
}

/// How many symbols a difference of this size takes: 1.35 for each, and some more where there are few (Yang et al.,
/// figure 5, and what the comparison in `tests/negentropy` shows).
fn needed(difference: usize) -> usize {
    difference.saturating_add(difference / 20 * 7).saturating_add(difference.isqrt()).saturating_add(4)
}
