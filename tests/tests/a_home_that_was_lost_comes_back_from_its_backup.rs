//! A laptop is lost with the home on it. The backup and a ticket bring the same member back, with all records; and it
//! publishes nothing before the others have shown where its chain of records ends.

#![allow(clippy::unwrap_used)]

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, join, two_founders};
use watchfire_tests::wait::wait_until;

const BAKER: &str = "Baker for Senate";

/// A backup of the node's keys, kept elsewhere.
fn backup(node: &Node, elsewhere: &Home) -> String {
    let file = elsewhere.folder().join("member.backup").display().to_string();
    node.ok(&["key", "backup", &file, "--no-passphrase"]);
    file
}

/// The home is gone. An empty one is given the keys and the ticket that the message asks for, and runs.
fn comes_back(lost: Node, backup: &str, name: &str, other: &Node) -> Node {
    let member = lost.ok(&["card"])["member"].clone();
    drop(lost);
    let mut back = Node::empty();
    let restored = back.text(&["key", "restore", backup]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let ask = format!("watchfire circle ticket \"{name}\"");
    assert!(restored.out.contains(&ask) && restored.out.contains("watchfire join"), "{}", restored.out);
    back.refuses(&["publish", &early(&back), "--yes"], 3);

    let ticket = as_str(&other.ok(&["circle", "ticket", name])["ticket"]);
    back.ok(&["join", &ticket]);
    back.start(&[]);
    wait_until("the member to be back", || {
        let status = back.status();
        status["state"] == "member" && status["member"] == member && back.linked() > 0
    });
    back
}

/// What somebody in a hurry would publish.
fn early(node: &Node) -> String {
    node.file("early.txt", "hxxp://early[.]watchfire-sample[.]net/x")
}

/// Both others hold all of it and no fork.
fn all_hold(others: [&Node; 2], titles: &[&str]) {
    for node in others {
        wait_until("everything to be there", || node.titles() == titles);
        let refused = node.status()["refused"].as_array().unwrap().clone();
        assert!(!refused.iter().any(|row| as_str(&row["rule"]).starts_with("record.")), "{refused:?}");
    }
}

#[test]
fn a_member_that_had_joined_goes_on_where_its_chain_ended() {
    let (smith, mut jones) = two_founders();
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let elsewhere = Home::empty();
    let file = backup(&baker, &elsewhere);
    baker.publish("One");
    baker.publish("Two");
    all_hold([&smith, &jones], &["One", "Two"]);
    baker.kill();
    // One other member is not enough: it could keep the last record back.
    jones.stop();
    let back = comes_back(baker, &file, BAKER, &smith);
    wait_until("its records to be back", || back.titles() == ["One", "Two"]);
    assert_eq!(back.refuses(&["publish", &early(&back), "--yes"], 6)["code"], "recovering");
    assert!(back.notes("recovering"));
    jones.start(&[&smith]);
    wait_until("its chain to be known", || !back.notes("recovering"));
    back.publish("Three");
    all_hold([&smith, &jones], &["One", "Three", "Two"]);
    // Its key ends after the last: were the chain forked, what stands would be one branch of it.
    back.ok(&["key", "revoke", "publisher"]);
    jones.publish("Witness");
    wait_until("what comes after it", || smith.titles().contains(&"Witness".to_owned()));
    all_hold([&smith, &jones], &["One", "Three", "Two", "Witness"]);
}

#[test]
fn a_founder_comes_back_by_a_ticket_too() {
    let (mut smith, jones) = two_founders();
    let mut baker = Node::init(BAKER, "democratic");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let elsewhere = Home::empty();
    let file = backup(&smith, &elsewhere);
    smith.publish("One");
    all_hold([&jones, &baker], &["One"]);
    smith.kill();
    let back = comes_back(smith, &file, "Smith for State", &jones);
    wait_until("its chain to be known", || !back.notes("recovering") && back.linked() == 2);
    assert_eq!(back.titles(), ["One"]);
    back.publish("Two");
    all_hold([&jones, &baker], &["One", "Two"]);
    // It is the steward that it was.
    let rotated = back.ok(&["circle", "rotate"])["epoch"].clone();
    wait_until("its epoch to be taken", || {
        jones.status()["epoch"] == rotated && baker.status()["epoch"] == rotated
    });
}

#[test]
fn a_machine_that_stands_by_with_the_same_keys_never_signs_in_the_others_place() {
    let (smith, mut jones) = two_founders();
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let elsewhere = Home::empty();
    let file = backup(&baker, &elsewhere);
    baker.publish("One");
    all_hold([&smith, &jones], &["One"]);
    baker.stop();
    let mut standby = Node::empty();
    standby.ok(&["key", "restore", &file]);
    let ticket = as_str(&smith.ok(&["circle", "ticket", BAKER])["ticket"]);
    standby.ok(&["join", &ticket]);
    standby.start(&[&smith, &jones]);
    wait_until("its chain to be known", || standby.titles() == ["One"] && !standby.notes("recovering"));
    standby.stop();
    // The first machine goes on with the chain, and nobody tells the one that stands by.
    baker.start(&[&smith, &jones]);
    baker.publish("Two");
    all_hold([&smith, &jones], &["One", "Two"]);
    baker.stop();
    jones.stop();
    standby.start(&[&smith]);
    wait_until("one of the others to be linked", || standby.linked() == 1);
    assert_eq!(standby.refuses(&["publish", &early(&standby), "--yes"], 6)["code"], "recovering");
    jones.start(&[&smith]);
    wait_until("its chain to be known again", || !standby.notes("recovering"));
    standby.publish("Three");
    all_hold([&smith, &jones], &["One", "Three", "Two"]);
}
