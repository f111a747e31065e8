//! A member has lost its organisation key. It makes a new home, a steward of every side binds its name to the new card,
//! and the new home takes its place: it reads, and what the member had reported counts as its own. The old home is out.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use watchfire_tests::cluster::{Node, approve, arrived, as_str, join, two_founders};
use watchfire_tests::wait::wait_until;

const BAKER: &str = "Baker for Senate";
/// What is published under the title `Before`.
const BEFORE: &str = "http://before.watchfire-sample.net/x";

/// Everybody in the circle of this name, as a node shows it: id and state.
fn called(node: &Node, name: &str) -> Vec<(String, String)> {
    let members = node.ok(&["circle", "show"])["members"].as_array().unwrap().clone();
    let called = members.iter().filter(|member| member["name"] == name);
    called.map(|member| (as_str(&member["member"]), as_str(&member["state"]))).collect()
}

/// Who is said to have reported a value: how many members, of which sides.
fn reporters(node: &Node, value: &str) -> Value {
    let checked = node.cmd(&["check", value]).json()["results"][0].clone();
    json!([checked["reports"], checked["sides"]])
}

#[test]
fn the_new_home_takes_its_place_and_the_old_one_is_out() {
    let (smith, jones) = two_founders();
    let mut old = Node::init(BAKER, "republican");
    join(&mut old, "publisher", &smith, &[&jones]);
    old.publish("Before");
    smith.alerts(1);

    let mut new = Node::init(BAKER, "republican");
    let elsewhere = Node::init(BAKER, "democratic");
    let stranger = Node::init("Somebody else", "republican");
    for card in [elsewhere.card(), stranger.card(), old.card()] {
        smith.refuses(&["circle", "rebind", BAKER, "--card", &card], 8);
    }
    let card = new.card();
    smith.refuses(&["circle", "rebind", "Nobody", "--card", &card], 8);
    let proposed = smith.ok(&["circle", "rebind", BAKER, "--card", &card, "--reason", "its safe burnt down"]);
    assert_eq!((&proposed["kind"], &proposed["missing_sides"]), (&"rebind".into(), &json!(["republican"])));
    let act = as_str(&proposed["act"]);
    let waits = arrived(&jones, &act);
    let fingerprint = new.ok(&["card"])["fingerprint"].clone();
    assert_eq!((&waits["name"], &waits["fingerprint"]), (&BAKER.into(), &fingerprint));
    assert_eq!(waits["reason"], "its safe burnt down");

    // Until both sides agree two bear this name, and the message says which they are.
    let (id, old_id) = (as_str(&new.ok(&["card"])["member"]), as_str(&old.status()["member"]));
    let ambiguous = smith.refuses(&["circle", "ticket", BAKER], 2);
    let remedy = as_str(&ambiguous["try"]);
    assert!([&id, &old_id].iter().all(|id| remedy.contains(&id[..12])), "{remedy}");
    let ticket = as_str(&smith.ok(&["circle", "ticket", &act[..12]])["ticket"]);
    old.refuses(&["join", &ticket], 8);
    new.ok(&["join", &ticket]);
    assert_eq!(approve(&jones, &act)["missing_sides"], json!([]));
    new.start(&[]);

    wait_until("the old home to know", || old.status()["state"] == "removed");
    let out = old.exits(&["status"], 7)["health"][0].clone();
    assert!(as_str(&out["text"]).contains("new home"), "{out}");
    wait_until("its links to be gone", || old.linked() == 0);
    wait_until("the new home to be a linked member", || {
        let status = new.status();
        status["state"] == "member" && status["epoch"].is_string() && new.linked() == 2
    });
    assert_eq!(new.alerts(1)[0]["title"], "Before", "it reads what there was");
    let now = vec![(id.clone(), "active".to_owned()), (old_id, "removed".to_owned())];
    for node in [&smith, &jones, &new, &old] {
        assert_eq!(called(node, BAKER), now);
        let log = node.ok(&["circle", "log", "--verify"])["acts"].as_array().unwrap().clone();
        let row = log.iter().find(|row| row["act"] == act.as_str()).unwrap();
        assert_eq!((&row["kind"], &row["state"]), (&"rebind".into(), &"in-force".into()));
        assert_eq!(row["changes"], json!([format!("{BAKER} is bound to a new organisation key")]));
    }
    // By then the name means one member.
    smith.ok(&["circle", "ticket", BAKER]);

    // Who reports the same once more from its new home is still one member.
    assert_eq!(reporters(&smith, BEFORE), json!([1, ["republican"]]));
    new.publish("Before");
    smith.alerts(2);
    assert_eq!(reporters(&smith, BEFORE), json!([1, ["republican"]]));
    jones.publish("After");
    new.alerts(3);
    assert_eq!(old.titles(), ["Before"]);
    assert_eq!(
        old.refuses(&["publish", &old.file("x.txt", "hxxp://x[.]watchfire-sample[.]net/"), "--yes"], 8)["code"],
        "removed"
    );
}
