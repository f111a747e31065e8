//! Orders in which items arrive.

use std::collections::BTreeMap;

use proptest::test_runner::Config;
use rand_core::Rng;
use watchfire_keys::ids::ActId;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActLog, Item};
use watchfire_protocol::rules::Rule;

use super::{outcome, rng};

/// So many cases, or as many as `PROPTEST_CASES` says.
pub fn cases(usual: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    Config { cases, max_shrink_iters: 2_000, ..Config::default() }
}

/// What arrives, in another order, and some of it twice.
pub fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut random = rng(seed);
    let mut items = items.to_vec();
    for at in (1..items.len()).rev() {
        items.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    let again: Vec<T> = items.iter().step_by(3).cloned().collect();
    items.extend(again);
    items
}

/// Everything that one of these nodes has, and what was forged, each once.
pub fn all_items<'a>(logs: impl Iterator<Item = &'a ActLog>, forged: &[Item]) -> Vec<Item> {
    let items = logs.flat_map(ActLog::items).chain(forged.iter().cloned());
    items.map(|item| (item.to_bytes(), item)).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// A node that takes the items in the order in which another has them. It asks for nothing but the odd own act of one
/// who signed several for one number, and has what that one has.
pub fn copied(log: &ActLog, now: UnixMillis) -> ActLog {
    let mut copy = ActLog::new(*log.circle());
    for item in log.items() {
        let taken = copy.insert(item, now);
        assert!(matches!(taken, Ok(_) | Err(Rule::ActSlot)), "{taken:?}");
    }
    answer(&mut copy, now, |act| log.bundle(act));
    assert_eq!(copy.set_aside(), 0);
    assert_eq!(outcome(copy.roster().unwrap()), outcome(log.roster().unwrap()));
    copy
}

/// Gives a node what it asks for, until it asks for nothing new; `bundle` is what a peer has of an act. The node may have
/// passed an act over before anything stood on it: an own act of a member that signed several for one number.
pub fn answer(log: &mut ActLog, now: UnixMillis, bundle: impl Fn(&ActId) -> Vec<Item>) {
    let mut asked = Vec::new();
    loop {
        let missing = log.missing(usize::MAX);
        if missing == asked {
            return;
        }
        for item in missing.iter().flat_map(&bundle) {
            let _ = log.insert(item, now);
        }
        asked = missing;
    }
}
