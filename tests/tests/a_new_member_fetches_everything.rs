//! A new member gets the whole history from a single node that is up, and takes no more memory for it than it may. A disk
//! that refuses in the middle of it holds it up and no more.

#![allow(clippy::unwrap_used)]

use watchfire_tests::daemon::signal;
use watchfire_tests::newcomer::{fetching_bytes, invited, records_of};
use watchfire_tests::wait::wait_until;

const RECORDS: usize = 1_000;

#[test]
fn all_records_are_here_and_memory_was_bounded() {
    let (mut server, mut newcomer) = invited(RECORDS, 10);
    newcomer.start(&[]);
    wait_until("everything to be fetched", || newcomer.status()["records"] == RECORDS);
    let peak = newcomer.daemon().memory("VmHWM");
    let status = newcomer.status();
    assert_eq!((&status["indicators"], &status["refused"]), (&(10 * RECORDS).into(), &serde_json::json!([])));
    newcomer.stop();
    server.stop();
    assert_eq!(records_of(newcomer.path()), records_of(server.path()));

    newcomer.start(&[]);
    assert_eq!(newcomer.status()["records"], RECORDS);
    let most = newcomer.daemon().memory("VmRSS") + fetching_bytes(1);
    assert!(peak <= most, "{peak} bytes, and {most} at the most");
}

/// More is on its way, and some was taken in, when the disk says that it is full.
#[test]
fn a_disk_that_is_full_halfway_only_holds_it_up() {
    let (mut server, mut newcomer) = invited(RECORDS, 10);
    // It answers once the disk of the other is as small as it shall be.
    signal("STOP", server.daemon().pid());
    newcomer.start_with_file_limits(&[]);
    newcomer.daemon().limit_files(Some(512 * 1024));
    signal("CONT", server.daemon().pid());
    wait_until("the disk to refuse", || newcomer.notes("store-unusable"));
    newcomer.daemon().limit_files(None);
    wait_until("everything to be fetched", || newcomer.status()["records"] == RECORDS);
    assert!(!newcomer.notes("store-unusable"));
    newcomer.stop();
    server.stop();
    assert_eq!(records_of(newcomer.path()), records_of(server.path()));
}
