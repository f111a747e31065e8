//! A steward runs two nodes with the same keys, apart from one another, and each signs: two epochs for one turn, and two
//! acts of one number. Once the others meet, every node shows both with the proof.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, found, start_all};
use watchfire_tests::wait::wait_until;

const SMITH: &str = "Smith for State";

fn log(node: &Node) -> Vec<Value> {
    node.ok(&["circle", "log"])["acts"].as_array().unwrap().clone()
}

/// The acts and epochs that a node knows.
fn known(node: &Node) -> Vec<String> {
    let mut known: Vec<String> = log(node).iter().map(|row| as_str(&row["act"])).collect();
    known.sort();
    known
}

/// The proofs of this kind in `circle log`.
fn proofs(node: &Node, kind: &str) -> Vec<Value> {
    log(node).into_iter().filter(|row| row["kind"] == kind).collect()
}

/// Whether `status` says so, with the name and with a remedy.
fn is_noted(node: &Node, code: &str) -> bool {
    let health = node.status()["health"].as_array().unwrap().clone();
    let note = health.iter().find(|note| note["code"] == code);
    note.is_some_and(|note| {
        as_str(&note["text"]).starts_with(SMITH) && as_str(&note["remedy"]).contains("circle log")
    })
}

/// Deals an epoch and lets another key sign: the ids of both.
fn signs(node: &Node, key: &str) -> [String; 2] {
    let epoch = as_str(&node.ok(&["circle", "rotate"])["epoch"]);
    let key = node.file("laptop.key", key);
    let delegated = node.ok(&["key", "delegate", "--scope", "publish", "--key", &key, "--until", "90d"]);
    [epoch, as_str(&delegated["circles"][0]["act"])]
}

/// A key of another machine.
fn laptop(card: &str) -> String {
    let laptop = Home::empty();
    let new = ["key", "new", "--scope", "publish", "--card", card, "--no-passphrase"];
    as_str(&laptop.ok(&new)["key"])
}

#[test]
fn two_epochs_for_one_turn_and_two_acts_of_one_number_are_proven_everywhere() {
    let mut smith = Node::init(SMITH, "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut rivera = Node::init("Rivera for Senate", "democratic");
    found("Ohio Watch", &[&smith, &jones, &rivera]);
    start_all(&mut [&mut smith, &mut jones, &mut rivera]);
    wait_until("all to know the same", || {
        let known = [&smith, &jones, &rivera].map(known);
        known[0] == known[1] && known[1] == known[2]
    });
    for node in [&mut smith, &mut jones, &mut rivera] {
        node.stop();
    }
    let mut twin = smith.copy();

    // One of the two with Jones, the other with Rivera, all of them at other addresses than before.
    smith.start(&[]);
    jones.start(&[&smith]);
    wait_until("the first half", || jones.linked() == 1);
    let [epoch, act] = signs(&smith, &laptop(&smith.card()));
    let has = |node: &Node, ids: [&String; 2]| {
        let known = known(node);
        ids.iter().all(|id| known.contains(id))
    };
    wait_until("the first half to have it", || has(&jones, [&epoch, &act]));
    smith.stop();
    jones.stop();
    twin.start(&[]);
    rivera.start(&[&twin]);
    wait_until("the second half", || rivera.linked() == 1);
    let [other_epoch, other_act] = signs(&twin, &laptop(&smith.card()));
    assert!(epoch != other_epoch && act != other_act);
    wait_until("the second half to have it", || has(&rivera, [&other_epoch, &other_act]));
    for node in [&rivera, &twin] {
        assert!(proofs(node, "equivocation").is_empty() && proofs(node, "contradiction").is_empty());
    }
    twin.stop();

    // The two that were told two things meet, and then the steward itself is there too.
    jones.start(&[&rivera]);
    smith.start(&[&jones, &rivera]);
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let [epochs, acts] = [sorted(vec![epoch, other_epoch]), sorted(vec![act, other_act])];
    for node in [&jones, &rivera, &smith] {
        for (kind, proof) in [("equivocation", &epochs), ("contradiction", &acts)] {
            wait_until("the proof to be there", || proofs(node, kind).len() == 1);
            let row = &proofs(node, kind)[0];
            assert_eq!((&row["name"], &row["state"]), (&SMITH.into(), &"proven".into()));
            let shown = row["proof"].as_array().unwrap().iter().map(as_str).collect();
            assert_eq!(&sorted(shown), proof);
            assert!(is_noted(node, kind), "{kind}: {}", node.status());
        }
        let said = node.text(&["circle", "log"]).out;
        assert!(said.contains(&format!("equivocation by {SMITH}")), "{said}");
        node.ok(&["circle", "log", "--verify"]);
    }
}
