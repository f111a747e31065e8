//! A machine that slept until the others had given it up is linked again within half a minute, and has what it missed.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use watchfire_tests::cluster::two_founders;
use watchfire_tests::daemon::signal;
use watchfire_tests::wait::{wait_for, wait_until};

/// What is promised.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn it_is_linked_again_and_has_what_it_missed() {
    let (smith, jones) = two_founders();
    signal("STOP", jones.daemon().pid());
    wait_until("the others to give it up", || smith.linked() == 0);
    smith.publish("North");
    signal("CONT", jones.daemon().pid());
    let woken = Instant::now();
    wait_for("it to be back", SOON, || {
        (jones.titles() == ["North"] && jones.linked() == 1 && smith.linked() == 1).then_some(())
    });
    assert!(woken.elapsed() <= SOON);
}
