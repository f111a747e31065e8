//! A relay that is paired after a removal is told only the gates of epochs that nobody outside the circle can read: the
//! removed member, who still has the old ones, gets nothing from it and leaves nothing there.

#![allow(clippy::unwrap_used)]

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, approve, as_str, join, two_founders};
use watchfire_tests::wait::wait_until;

const BAKER: &str = "Baker for Senate";

#[test]
fn the_old_gate_opens_no_relay() {
    let (smith, jones) = two_founders();
    let circle = as_str(&smith.status()["circle"]);
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let before = smith.status()["epoch"].clone();
    // Off when it is removed, so that it goes on as a member.
    baker.stop();
    let removed = smith.ok(&["circle", "remove", BAKER, "--reason", "it was bought"]);
    approve(&jones, &as_str(&removed["act"]));
    wait_until("another epoch", || {
        let epoch = smith.status()["epoch"].clone();
        epoch.is_string() && epoch != before && epoch == jones.status()["epoch"]
    });

    let forwarder = Home::empty();
    let relay = forwarder.relay("0");
    smith.ok(&["relay", "pair", &relay.address()]);
    let serves = |node: &Node| node.status()["relays"].as_array().unwrap().len() == 1;
    wait_until("the members to use the relay", || serves(&smith) && serves(&jones));
    smith.publish("Kept");
    jones.alerts(1);

    let path = baker.path().join("settings.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let address = relay.address();
    std::fs::write(&path, format!("{settings}\n[[relay]]\ncircle = \"{circle}\"\naddress = \"{address}\"\n"))
        .unwrap();
    let running = baker.run_telling_all();
    wait_until("the relay to refuse it", || running.log().contains("a relay does not serve us"));
    assert_eq!((baker.status()["state"].as_str(), serves(&baker)), (Some("member"), false));
    assert_eq!(baker.status()["epoch"], before, "it would seal under the old one");
    baker.publish("Forged");
    jones.publish("Later");
    wait_until("what is published after it", || smith.titles() == ["Kept", "Later"]);
    assert_eq!((baker.titles(), baker.linked()), (vec!["Forged".to_owned()], 0));

    running.stop();
    assert!(serves(&smith) && serves(&jones));
    let report = relay.stop_with_report();
    assert_eq!((&report["links"], &report["opened"]), (&3.into(), &0.into()));
    assert!(report["envelopes"].as_u64().unwrap() <= 2, "nothing of it was taken: {report}");
}
