//! A circle with a history, and a new member that has yet to fetch it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use watchfire::store::{Store, Table};
use watchfire_protocol::engine::Footprint;

use crate::cluster::{Node, approve, as_str, shown, two_founders};
use crate::stock;
use crate::wait::wait_until;

/// The newcomer's name.
const NAME: &str = "Baker for Senate";

/// What a node that fetches from so many links may take beside what the records take once they are there, in bytes:
/// what its engine remembers of others at the most, what the network holds for each link that was not taken yet (the
/// windows of its connection and its own), and one round of the node's loop: a batch of the store, half of the largest
/// there is, in the engine's outputs, as it waits, sealed, and in the hands of the tree; and the tree's cache.
pub const fn fetching_bytes(links: usize) -> u64 {
    const MIB: usize = 1024 * 1024;
    let network = 16 * MIB;
    let batch = watchfire::store::MAX_BATCH_BYTES / 2;
    (Footprint::most(links) + links * network + 4 * batch + 8 * MIB) as u64
}

/// A member that runs and has so many reports, each with so many indicators, and a newcomer that was invited by it and
/// approved by the other side, and has not run yet. The other side is off: all there is comes over one link.
pub fn invited(reports: usize, indicators: usize) -> (Node, Node) {
    let (mut smith, mut jones) = two_founders();
    smith.stop();
    stock::add_reports(smith.path(), reports, indicators);
    let baker = Node::init(NAME, "republican");
    smith.start(&[&jones]);
    let before = as_str(&smith.status()["epoch"]);
    let proposed = smith.ok(&["circle", "invite", "--card", &baker.card()]);
    let act = as_str(&proposed["act"]);
    let ticket = smith.ok(&["circle", "ticket", &act]);
    approve(&jones, &act);
    wait_until("the newcomer to be a member, with an epoch of its own", || {
        let epoch = smith.status()["epoch"].clone();
        shown(&smith, NAME)["state"] == "active" && epoch.is_string() && epoch != before
    });
    jones.kill();
    baker.ok(&["join", &as_str(&ticket["ticket"])]);
    (smith, baker)
}

/// The keys of all records in the store of a home of which no daemon runs.
pub fn records_of(home: &Path) -> BTreeSet<Vec<u8>> {
    let store = stock::open(home).store;
    let mut keys = BTreeSet::new();
    let scanned = store.scan(Table::Records, &[], &mut |key, _| {
        keys.insert(key.to_vec());
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    assert_eq!(store.damaged_values(), 0);
    keys
}
