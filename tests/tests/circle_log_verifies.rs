//! `circle log` prints everything that was decided and by whom, from a daemon and from its store alike, and `--verify`
//! checks it again and says when the disk does not hold what the node goes by.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};
use watchfire::clock;
use watchfire::home::{Home as Folder, PassphraseSource};
use watchfire::output::Output;
use watchfire::store::{self, Batch, Store, Table};
use watchfire_protocol::circle::Item;
use watchfire_tests::cluster::{Node, as_str, two_founders};
use watchfire_tests::wait::wait_until;

/// A circle with a member that both sides agreed on, and the act that added it.
fn with_a_third() -> (Node, Node, String) {
    let (smith, jones) = two_founders();
    let baker = Node::init("Baker for Senate", "republican");
    let invited = smith.ok(&["circle", "invite", "--card", &baker.card(), "--reason", "runs the county"]);
    let act = as_str(&invited["act"]);
    wait_until("the proposal to arrive", || {
        jones.ok(&["circle", "pending"])["pending"].as_array().unwrap().len() == 1
    });
    jones.ok(&["circle", "approve", &act]);
    wait_until("both to have the third and an epoch for it", || {
        [&smith, &jones].iter().all(|node| {
            let status = node.status();
            status["peers"].as_array().unwrap().len() == 2 && status["epoch"].is_string()
        })
    });
    (smith, jones, act)
}

fn rows(node: &Node) -> Vec<Value> {
    node.ok(&["circle", "log"])["acts"].as_array().unwrap().clone()
}

#[test]
fn the_log_tells_who_decided_what_with_and_without_a_daemon() {
    let (mut smith, jones, act) = with_a_third();
    let log = rows(&smith);
    assert_eq!((&log[0]["kind"], &log[0]["name"]), (&"founding".into(), &"Ohio Watch".into()));
    assert_eq!(log[0]["changes"].as_array().unwrap().len(), 2, "{log:?}");
    let add = log.iter().find(|row| row["act"] == act.as_str()).unwrap();
    assert_eq!((&add["kind"], &add["state"]), (&"add".into(), &"in-force".into()));
    assert_eq!((&add["by"], &add["side"]), (&"Smith for State".into(), &"democratic".into()));
    assert_eq!((&add["name"], &add["reason"]), (&"Baker for Senate".into(), &"runs the county".into()));
    let [approval] = &add["approvals"].as_array().unwrap()[..] else { panic!("{add}") };
    assert_eq!((&approval["name"], &approval["decision"]), (&"Jones for Ohio".into(), &"approve".into()));
    assert_eq!(add["changes"], json!(["Baker for Senate (republican) becomes a member as publisher"]));
    let sealing: Vec<&Value> = log.iter().filter(|row| row["state"] == "sealing").collect();
    let [epoch] = sealing[..] else { panic!("{log:?}") };
    assert_eq!((&epoch["kind"], &epoch["epoch"]), (&"epoch".into(), &smith.status()["epoch"]));
    let place = |row: &Value| log.iter().position(|other| other == row);
    assert!(place(add) < place(epoch), "an epoch stands behind the acts that it was dealt on: {log:?}");

    let verified = [&smith, &jones].map(|node| node.ok(&["circle", "log", "--verify"]));
    assert_eq!((&verified[0]["verified"], &verified[0]["roster"]), (&true.into(), &verified[1]["roster"]));
    assert!(verified[0]["items"].as_u64().unwrap() >= 4, "{verified:?}");
    smith.stop();
    let without = smith.ok(&["circle", "log", "--verify"]);
    assert_eq!(without["roster"], verified[1]["roster"]);
    assert_eq!(without["acts"].as_array().unwrap().len(), log.len());
    let said = smith.text(&["circle", "log", "--verify"]).out;
    assert!(
        said.contains("approved by Jones for Ohio (republican)") && said.contains("verified: "),
        "{said}"
    );
}

#[test]
fn what_was_changed_on_the_disk_does_not_verify() {
    let (mut smith, _jones, act) = with_a_third();
    smith.stop();
    smith.ok(&["circle", "log", "--verify"]);
    forge(&smith, &act);
    assert_eq!(smith.refuses(&["circle", "log", "--verify"], 10)["code"], "log-broken");
}

/// Writes the act into the store with another signature, as somebody could who has the home's keys.
fn forge(node: &Node, act: &str) {
    let home = Folder::at(node.path());
    let identity = home.open_identity(&PassphraseSource::new(None), Output::new(true)).unwrap();
    let circle = home.circle(home.circles().unwrap()[0]);
    let opened = store::open(&circle, &identity.storage, clock::now(), Duration::from_secs(3)).unwrap();
    let mut forged = None;
    opened
        .store
        .scan(Table::Acts, &[], &mut |key, value| {
            if let Ok(Item::Act(signed)) = Item::from_bytes(value)
                && signed.id().to_string() == act
            {
                let mut bytes = value.to_vec();
                // The signature stands last.
                *bytes.last_mut().unwrap() ^= 1;
                forged = Some((key.to_vec(), bytes));
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    let (key, bytes) = forged.expect("the act is in the store");
    opened.store.apply(Batch::new().put(Table::Acts, &key, &bytes)).unwrap();
}
