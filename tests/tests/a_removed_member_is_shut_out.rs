//! Both sides take a member out. The others go on under a new epoch at once; the removed node, still running, has no
//! link, no presence and no record any more, and keeps what it had.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::time::Instant;

use serde_json::{Value, json};
use watchfire::clock::read_rfc3339;
use watchfire_tests::cluster::{Node, approve, arrived, as_str, join, shown, two_founders};
use watchfire_tests::wait::wait_until;

const BAKER: &str = "Baker for Senate";
/// The most that the others may be without an epoch, in milliseconds. They need less than two seconds, which is what is
/// printed; on a machine that is busy with other tests two processes have to get their turns meanwhile, so the bound tells
/// an epoch that is dealt because of the removal from one that would have been dealt some day.
const MOST_MS: u64 = 20_000;

fn three() -> (Node, Node, Node) {
    let (smith, jones) = two_founders();
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    (smith, jones, baker)
}

/// Smith proposes to remove Baker, and Jones approves.
fn remove(smith: &Node, jones: &Node) -> String {
    let proposed = smith.ok(&["circle", "remove", BAKER, "--reason", "its laptop was stolen"]);
    assert_eq!((&proposed["kind"], &proposed["missing_sides"]), (&"remove".into(), &json!(["republican"])));
    let act = as_str(&proposed["act"]);
    let waits = arrived(jones, &act);
    assert_eq!((&waits["kind"], &waits["name"]), (&"remove".into(), &BAKER.into()));
    assert_eq!(
        (&waits["by"], &waits["reason"]),
        (&"Smith for State".into(), &"its laptop was stolen".into())
    );
    assert_eq!(waits["changes"], json!(["Baker for Senate (republican) is a member no more"]));
    assert_eq!(shown(jones, BAKER)["state"], "active", "one side alone removes nobody");
    assert_eq!(approve(jones, &act)["missing_sides"], json!([]));
    act
}

/// What a node believes of the others' whereabouts.
fn seen(node: &Node) -> Vec<Value> {
    let peers = node.status()["peers"].as_array().unwrap().clone();
    peers.into_iter().map(|peer| json!([peer["name"], peer["direct"], peer["last_seen"]])).collect()
}

fn ms(time: &Value) -> u64 {
    read_rfc3339(time.as_str().unwrap()).unwrap().0
}

#[test]
fn the_others_go_on_at_once_and_the_removed_gets_nothing_more() {
    let (smith, mut jones, baker) = three();
    smith.publish("Before");
    baker.alerts(1);
    jones.alerts(1);
    let before = smith.status()["epoch"].clone();
    assert_eq!(baker.status()["epoch"], before);

    let act = remove(&smith, &jones);
    let decided = Instant::now();
    wait_until("the others to seal under another epoch", || {
        let epochs = [&smith, &jones].map(|node| node.status()["epoch"].clone());
        epochs[0].is_string() && epochs[0] != before && epochs[0] == epochs[1]
    });
    let sealing = decided.elapsed();
    smith.publish("After");
    jones.alerts(2);
    let delivered = decided.elapsed();
    // By the dates that were signed, which no starting of programs blurs.
    let log = smith.ok(&["circle", "log"])["acts"].as_array().unwrap().clone();
    let approved = &log.iter().find(|row| row["act"] == act.as_str()).unwrap()["approvals"][0]["created"];
    let epoch = log.iter().find(|row| row["state"] == "sealing").unwrap();
    let dealt = ms(&epoch["created"]).saturating_sub(ms(approved));
    eprintln!(
        "removed: the next epoch was dealt after {dealt} ms, seen at both after {} ms, and an alert under it was read \
         after {} ms",
        sealing.as_millis(),
        delivered.as_millis()
    );
    assert!(dealt <= MOST_MS, "dealt after {dealt} ms");

    // Its node runs on, and was told by the very act.
    wait_until("the removed node to know", || baker.status()["state"] == "removed");
    assert_eq!(baker.cmd(&["status"]).code, 7);
    let health = baker.status()["health"].clone();
    assert_eq!((&health[0]["code"], &health[0]["severity"]), (&"removed".into(), &"error".into()));
    wait_until("its links to be gone", || baker.linked() == 0 && smith.linked() == 1 && jones.linked() == 1);
    let known = seen(&baker);
    // The others move and talk: it hears of neither.
    jones.stop();
    jones.start(&[&smith]);
    wait_until("the two to be linked again", || smith.linked() == 1 && jones.linked() == 1);
    jones.publish("Later");
    smith.alerts(3);
    let held = baker.alerts(1);
    assert_eq!(held[0]["title"], "Before");
    assert_eq!((seen(&baker), baker.linked()), (known, 0));
    assert_eq!(baker.status()["epoch"], Value::Null, "it seals under nothing");
    let lure = baker.file("lure.txt", "hxxp://own[.]watchfire-sample[.]net/x");
    assert_eq!(baker.refuses(&["publish", &lure, "--yes"], 8)["code"], "removed");
    for node in [&smith, &jones, &baker] {
        assert_eq!(shown(node, BAKER)["state"], "removed");
    }
}

#[test]
fn one_that_was_off_when_it_was_removed_is_turned_away() {
    let (smith, jones, mut baker) = three();
    smith.publish("Before");
    baker.alerts(1);
    baker.stop();
    remove(&smith, &jones);
    jones.publish("After");
    smith.alerts(2);
    let refused = smith.turned_away();
    baker.start(&[&smith, &jones]);
    wait_until("it to be turned away", || smith.turned_away() > refused);
    assert_eq!(baker.alerts(1)[0]["title"], "Before");
    assert_eq!(baker.linked(), 0);
    wait_until("the two to be linked as before", || smith.linked() == 1 && jones.linked() == 1);
    // It is told nothing, not even that: who does not belong to the circle learns nothing from it.
    assert_eq!(baker.status()["state"], "member");
}

#[test]
fn one_that_left_is_out_by_its_own_word() {
    let (smith, jones, baker) = three();
    let before = smith.status()["epoch"].clone();
    assert_eq!(baker.cmd(&["circle", "leave"]).code, 2, "nobody is there to agree");
    assert_eq!(baker.ok(&["circle", "leave", "--yes"])["missing_sides"], json!([]));
    for node in [&smith, &jones] {
        wait_until("everybody to see that it left", || shown(node, BAKER)["state"] == "left");
    }
    wait_until("another epoch", || {
        let epoch = smith.status()["epoch"].clone();
        epoch.is_string() && epoch != before && epoch == jones.status()["epoch"]
    });
    assert_eq!(baker.exits(&["status"], 7)["state"], "left");
}
