//! What the circle keeps no longer goes from the disk, and its room comes back: by the daemon while it runs, and on the store
//! of one that does not.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::cluster::{Node, two_founders};
use watchfire_tests::stock;
use watchfire_tests::wait::wait_until;

/// So many reports that a store without them is a fraction of one with them.
const REPORTS: usize = 3_000;

fn bytes(document: &Value, key: &str) -> u64 {
    document[key].as_u64().unwrap()
}

/// The first of two founders has many reports, which its daemon has just been told are void.
fn with_much_that_is_void() -> (Node, Node) {
    let (mut smith, mut jones) = two_founders();
    jones.stop();
    smith.stop();
    stock::add_reports(smith.path(), REPORTS, 4);
    smith.start(&[]);
    assert_eq!(smith.status()["records"], REPORTS);
    smith.ok(&["key", "revoke", "publisher", "--nothing-stands"]);
    wait_until("the reports to be void", || smith.status()["records"] == 0);
    (smith, jones)
}

#[test]
fn the_daemon_does_it_and_goes_on() {
    let (mut smith, mut jones) = with_much_that_is_void();
    let dry = smith.ok(&["prune", "--dry-run"]);
    assert_eq!((&dry["dry_run"], &dry["records"]), (&true.into(), &0.into()));
    assert!(bytes(&dry, "bytes_after") < bytes(&dry, "bytes_before") / 2, "{dry}");
    let pid = smith.daemon().pid();
    let pruned = smith.ok(&["prune"]);
    assert!(bytes(&pruned, "bytes_after") < bytes(&pruned, "bytes_before") / 2, "{pruned}");
    // It writes into the new one from now on.
    jones.start(&[&smith]);
    wait_until("the link to be back", || smith.linked() == 1 && jones.linked() == 1);
    jones.publish("After it");
    assert_eq!(smith.alerts(1)[0]["title"], "After it");
    assert_eq!(smith.daemon().pid(), pid);
    smith.kill();
    smith.start(&[&jones]);
    assert_eq!(smith.alerts(1)[0]["title"], "After it");
    assert!(!smith.notes("recovering") && !smith.notes("store-damaged"));
}

#[test]
fn without_a_daemon_it_is_done_on_the_store() {
    let (mut smith, _jones) = with_much_that_is_void();
    smith.stop();
    let before = smith.ok(&["circle", "show"]);
    let dry = smith.ok(&["prune", "--dry-run"]);
    let pruned = smith.ok(&["prune"]);
    assert_eq!((&dry["dry_run"], &pruned["dry_run"]), (&true.into(), &false.into()));
    assert!(bytes(&pruned, "bytes_after") < bytes(&pruned, "bytes_before") / 2, "{pruned}");
    let again = smith.ok(&["prune"]);
    assert!(bytes(&again, "bytes_after") <= bytes(&pruned, "bytes_after") + 1_048_576, "{again}");
    assert_eq!(smith.ok(&["circle", "show"]), before);
    smith.start(&[]);
    assert_eq!(smith.status()["state"], "member");
}
