//! What was acknowledged is there after a stop and after a kill, and what a daemon leaves behind stops no later one.

#![allow(clippy::unwrap_used)]

use watchfire_tests::cluster::two_founders;
use watchfire_tests::samples::{pairs, phishing};
use watchfire_tests::wait::wait_until;

#[test]
fn an_acknowledged_publication_survives_a_kill_and_still_leaves() {
    let (mut smith, mut jones) = two_founders();
    jones.stop();
    let (file, expected) = phishing();
    let published = smith.ok(&["publish", &smith.file("lure.json", file), "--yes"]);
    smith.kill();
    // Without a daemon the store answers.
    let alert = &smith.alerts(1)[0];
    assert_eq!((&alert["record"], pairs(&alert["indicators"])), (&published["record"], expected.clone()));

    smith.start(&[]);
    jones.start(&[&smith]);
    let alert = &jones.alerts(1)[0];
    assert_eq!((&alert["record"], pairs(&alert["indicators"])), (&published["record"], expected.clone()));

    // The same for the one who received it.
    jones.kill();
    assert_eq!(jones.alerts(1)[0]["record"], published["record"]);
    jones.ok(&["check", "donor-verify.watchfire-sample.net"]);
}

#[test]
fn circle_and_identity_are_the_same_after_stops_and_kills() {
    let (mut smith, mut jones) = two_founders();
    let stable = |document: &serde_json::Value| {
        ["member", "circle", "circle_name", "epoch", "state"].map(|key| document[key].clone())
    };
    let before = stable(&smith.status());
    let members = smith.ok(&["circle", "show"])["members"].clone();
    let peer = smith.daemon().ready()["peer"].clone();
    for round in 0..3 {
        if round == 1 {
            smith.kill();
        } else {
            smith.stop();
        }
        assert_eq!(stable(&smith.status()), before, "answered from the store");
        assert_eq!(smith.ok(&["circle", "show"])["members"], members);
        smith.start(&[&jones]);
        assert_eq!(smith.daemon().ready()["peer"], peer);
        wait_until("the link to be back", || smith.linked() == 1);
        assert_eq!(stable(&smith.status()), before);
    }
    jones.kill();
    jones.start(&[&smith]);
    wait_until("the link to be back", || smith.linked() == 1 && jones.linked() == 1);
}

#[test]
fn a_second_daemon_in_the_same_home_is_refused_and_disturbs_nothing() {
    let (smith, jones) = two_founders();
    let error = smith.refuses(&["run", "--listen", "/ip4/127.0.0.1/udp/0/quic-v1"], 10);
    assert!(error["text"].as_str().unwrap().contains("running"), "{error}");
    assert_eq!((smith.linked(), jones.linked()), (1, 1));
}

#[test]
fn a_publication_without_anybody_there_waits_and_leaves_later() {
    let (mut smith, mut jones) = two_founders();
    jones.stop();
    smith.stop();
    smith.start(&[]);
    let (file, _) = phishing();
    smith.ok(&["publish", &smith.file("lure.json", file), "--yes"]);
    smith.stop();
    smith.start(&[]);
    jones.start(&[&smith]);
    jones.alerts(1);
    assert_eq!(smith.status()["pending_publish"], 0);
}
