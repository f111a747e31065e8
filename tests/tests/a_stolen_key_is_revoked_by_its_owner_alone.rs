//! A thief publishes with a stolen publisher key. Its owner ends the key without asking anybody: what the thief signed is
//! void at every node, also where it had arrived before, and what the owner had signed stands.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use watchfire_tests::cluster::{Node, as_str, join, two_founders};
use watchfire_tests::stock;
use watchfire_tests::wait::wait_until;

#[test]
fn what_the_thief_signed_is_void_at_every_node_and_what_the_owner_signed_stands() {
    let (mut smith, jones) = two_founders();
    let mut baker = Node::init("Baker for Senate", "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let ours = baker.publish("Ours");
    smith.alerts(1);
    jones.alerts(1);

    // The laptop with the publisher key is stolen, and its node runs elsewhere. The organisation key was not on it.
    baker.stop();
    let mut thief = baker.copy();
    let forget = ["--forget", "organisation", "--forget", "steward", "--forget", "recovery"];
    let backup = thief.folder().join("unused.backup").display().to_string();
    thief.ok(&[&["key", "backup", &backup, "--no-passphrase"][..], &forget].concat());
    thief.start(&[&smith, &jones]);
    wait_until("the thief to be linked", || thief.linked() == 2);
    thief.publish("Forged");
    for node in [&smith, &jones] {
        wait_until("the forgery", || node.titles() == ["Forged", "Ours"]);
        node.ok(&["check", "http://forged.watchfire-sample.net/x"]);
    }
    assert_eq!(thief.cmd(&["key", "revoke", "publisher"]).code, 8, "it cannot end keys");
    thief.stop();

    baker.start(&[&smith, &jones]);
    wait_until("the owner to see what was done in its name", || baker.titles() == ["Forged", "Ours"]);
    let revoked = baker.ok(&["key", "revoke", "publisher", "--last", &ours]);
    let act = as_str(&revoked["circles"][0]["act"]);
    for node in [&smith, &jones, &baker] {
        wait_until("the forgery to be void", || node.titles() == ["Ours"]);
        assert_eq!(node.cmd(&["check", "http://forged.watchfire-sample.net/x"]).code, 1);
        let log = node.ok(&["circle", "log"])["acts"].as_array().unwrap().clone();
        let row = log.iter().find(|row| row["act"] == act.as_str()).unwrap();
        assert_eq!((&row["kind"], &row["state"]), (&"revoke".into(), &"in-force".into()));
        assert_eq!((&row["by"], &row["approvals"]), (&"Baker for Senate".into(), &json!([])));
        node.ok(&["circle", "log", "--verify"]);
    }

    // Neither a restart nor the thief brings it back.
    smith.stop();
    smith.start(&[&jones, &baker]);
    assert_eq!(smith.titles(), ["Ours"]);
    baker.stop();
    thief.start(&[&smith, &jones]);
    wait_until("the thief to be linked again", || thief.linked() == 2);
    let lure = thief.file("lure.txt", "hxxp://again[.]watchfire-sample[.]net/x");
    // Its own node may know better by now, or not.
    thief.cmd(&["publish", &lure, "--title", "Again", "--yes"]);
    smith.publish("Next");
    wait_until("what comes after it", || jones.titles().contains(&"Next".to_owned()));
    for node in [&smith, &jones] {
        assert_eq!(node.titles(), ["Next", "Ours"]);
    }
}

#[test]
fn a_large_report_that_is_named_as_the_last_stands_with_all_its_parts() {
    let (mut smith, mut jones) = two_founders();
    smith.stop();
    jones.stop();
    // One names it by the beginning of its id, the other one by all of it. Neither meets the other.
    for (node, digits) in [(&mut smith, 12), (&mut jones, 64)] {
        stock::add_reports(node.path(), 1, 4_000);
        node.start(&[]);
        let (records, alerts) = (node.status()["records"].clone(), node.alerts(1));
        assert!(records.as_u64().unwrap() > 2, "a head and several parts: {records}");
        let named = as_str(&alerts[0]["record"]);
        node.ok(&["key", "revoke", "publisher", "--last", &named[..digits]]);
        node.stop();
        node.start(&[]);
        assert_eq!(node.status()["records"], records);
        assert_eq!(node.alerts(1)[0]["complete"], true);
        node.stop();
    }
}
