//! Two sets in one process that are compared by coded symbols.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

pub mod operations;

use watchfire_keys::hash::hash;
use watchfire_keys::ids::{CircleId, RecordId};
use watchfire_keys::{codec, labels};
use watchfire_protocol::reconcile::{Prefix, RecordSet, Search, Step};

pub fn id(n: u32) -> RecordId {
    RecordId::from_bytes(hash(labels::HASH_RECORD, &[&n.to_le_bytes()]))
}

pub fn set(of: impl Iterator<Item = u32>) -> RecordSet {
    let mut set = RecordSet::new(&CircleId::from_bytes([7; 32]));
    for n in of {
        set.insert(id(n));
    }
    set
}

/// The prefixes of these ids, sorted.
pub fn prefixes(of: impl Iterator<Item = u32>) -> Vec<Prefix> {
    let mut prefixes: Vec<Prefix> = of.map(|n| Prefix::of(&id(n))).collect();
    prefixes.sort();
    prefixes
}

/// How a comparison went.
#[derive(Debug)]
pub struct Run {
    pub end: Step,
    pub asks: usize,
    pub asked_bytes: usize,
    pub answered_bytes: usize,
    /// Of the answers, the symbols alone.
    pub answered_cells: usize,
    /// Bytes of the largest answer.
    pub largest: usize,
}

/// Compares the two to the end, `a` asking; `meanwhile` is called after each answer.
pub fn run(
    a: &mut RecordSet,
    b: &mut RecordSet,
    mut meanwhile: impl FnMut(&mut RecordSet, &mut RecordSet, &Search),
) -> Run {
    let (mut search, first) = Search::start(1, a);
    let mut run = Run {
        end: Step::Ask(vec![first]),
        asks: 0,
        asked_bytes: 0,
        answered_bytes: 0,
        answered_cells: 0,
        largest: 0,
    };
    let mut waiting = std::collections::VecDeque::from([first]);
    while let Some(ask) = waiting.pop_front() {
        run.asks += 1;
        run.asked_bytes += codec::encode(&ask).len();
        let symbols = ask.answer(b).unwrap();
        run.answered_bytes += codec::encode(&symbols).len();
        run.answered_cells += symbols.cells.len();
        run.largest = run.largest.max(symbols.cells.len());
        if symbols.session == search.number() {
            match search.take(&symbols, a, usize::MAX).unwrap() {
                Step::Ask(asks) => waiting.extend(asks),
                end => {
                    run.end = end;
                    break;
                }
            }
        }
        meanwhile(a, b, &search);
    }
    run
}
