//! Orders in which items arrive.

use proptest::test_runner::Config;
use rand_core::Rng;
use watchfire_keys::ids::ActId;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActLog, Item};

use super::rng;

/// So many cases, or as many as `PROPTEST_CASES` says.
pub fn cases(usual: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    Config { cases, max_shrink_iters: 2_000, ..Config::default() }
}

/// The items in another order, and some of them twice.
pub fn shuffled(items: &[Item], seed: u64) -> Vec<Item> {
    let mut random = rng(seed);
    let mut items = items.to_vec();
    for at in (1..items.len()).rev() {
        items.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    let again: Vec<Item> = items.iter().step_by(3).cloned().collect();
    items.extend(again);
    items
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
