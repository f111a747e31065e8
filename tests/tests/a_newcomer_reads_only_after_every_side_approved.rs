//! A third organisation with the approval of one side reads nothing; with that of every side it reads what was there
//! before it as well.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, two_founders};
use watchfire_tests::samples::{pairs, phishing};
use watchfire_tests::wait::wait_until;

/// Smith proposes the newcomer and gives it a ticket; it joins and runs. Gives the act.
fn invited(smith: &Node, newcomer: &mut Node) -> String {
    let proposed = smith.ok(&["circle", "invite", "--card", &newcomer.card(), "--reason", "runs the county"]);
    assert_eq!(proposed["missing_sides"], json!(["republican"]));
    let ticket = smith.ok(&["circle", "ticket", "Baker for Senate"]);
    let path = newcomer.file("circle.ticket", as_str(&ticket["ticket"]));
    assert_eq!(newcomer.ok(&["join", &path])["state"], "waiting");
    newcomer.start(&[]);
    as_str(&proposed["act"])
}

/// How many callers a node has turned away in the greeting.
fn turned_away(node: &Node) -> u64 {
    let status = node.status();
    let rows = status["refused"].as_array().unwrap();
    let greeting = rows.iter().filter(|row| row["rule"] == "frame.greeting-failed");
    greeting.map(|row| row["count"].as_u64().unwrap()).sum()
}

fn reads_nothing(newcomer: &Home) {
    let status = newcomer.cmd(&["status"]).json();
    assert_eq!((&status["state"], &status["records"]), (&"waiting".into(), &0.into()), "{status}");
    assert!(!newcomer.cmd(&["alerts"]).out.contains("donor-verify"));
    assert_ne!(newcomer.cmd(&["check", "donor-verify.watchfire-sample.net"]).code, 0);
    assert!(!newcomer.text(&["export", "csv"]).out.contains("donor-verify"));
    let file = newcomer.file("own.txt", "hxxp://lure[.]watchfire-sample[.]net/x");
    assert_eq!(newcomer.cmd(&["publish", &file, "--yes"]).code, 6);
}

#[test]
fn one_side_is_not_enough_and_every_side_is() {
    let (smith, jones) = two_founders();
    let (file, expected) = phishing();
    smith.ok(&["publish", &smith.file("lure.json", &file), "--yes"]);
    jones.alerts(1);
    let mut baker = Node::init("Baker for Senate", "republican");
    let act = invited(&smith, &mut baker);

    // It has called, and was turned away; only then does its not knowing prove something.
    wait_until("the newcomer to be turned away", || turned_away(&smith) > 0);
    reads_nothing(&baker);
    let mut pending = Value::Null;
    wait_until("the proposal to reach the other side", || {
        pending = jones.ok(&["circle", "pending"])["pending"].clone();
        pending.as_array().unwrap().len() == 1
    });
    assert_eq!((&pending[0]["act"], &pending[0]["kind"]), (&act.as_str().into(), &"add".into()));
    assert_eq!(
        (&pending[0]["name"], &pending[0]["by"]),
        (&"Baker for Senate".into(), &"Smith for State".into())
    );
    assert_eq!(pending[0]["reason"], "runs the county");
    let state = |node: &Node| {
        let circle = node.ok(&["circle", "show"]);
        let members = circle["members"].as_array().unwrap().clone();
        members.into_iter().find(|member| member["name"] == "Baker for Senate").unwrap()["state"].clone()
    };
    assert_eq!(state(&jones), "invited");

    assert_eq!(jones.ok(&["circle", "approve", &act])["missing_sides"], json!([]));
    let alert = &baker.alerts(1)[0];
    assert_eq!(pairs(&alert["indicators"]), expected);
    baker.ok(&["check", "donor-verify.watchfire-sample.net"]);
    assert_eq!(baker.status()["state"], "member");
    wait_until("everybody to see the new member", || state(&smith) == "active" && state(&jones) == "active");
    assert_eq!(smith.ok(&["circle", "pending"])["pending"], json!([]));

    // And it is heard like everybody else.
    baker.ok(&[
        "publish",
        &baker.file("own.txt", "hxxp://lure[.]watchfire-sample[.]net/x"),
        "--yes",
        "--title",
        "From Baker",
    ]);
    for node in [&smith, &jones] {
        assert!(node.alerts(2).iter().any(|alert| alert["author"] == "Baker for Senate"));
    }
}

#[test]
fn a_refused_newcomer_reads_nothing() {
    let (smith, jones) = two_founders();
    smith.ok(&["publish", &smith.file("lure.json", phishing().0), "--yes"]);
    let mut baker = Node::init("Baker for Senate", "republican");
    let act = invited(&smith, &mut baker);
    wait_until("the proposal to reach the other side", || {
        jones.ok(&["circle", "pending"])["pending"].as_array().unwrap().len() == 1
    });
    jones.ok(&["circle", "refuse", &act]);
    wait_until("the refusal to be seen", || {
        smith.ok(&["circle", "pending"])["pending"][0]["refused_by"] == json!(["republican"])
    });
    wait_until("the newcomer to be turned away", || turned_away(&smith) > 0);
    reads_nothing(&baker);
}

#[test]
fn a_newcomer_that_runs_before_anybody_is_there_waits() {
    let (mut smith, mut jones) = two_founders();
    let act =
        as_str(&smith.ok(&["circle", "invite", "--card", &Home::init("Unused", "republican").card()])["act"]);
    assert_eq!(act.len(), 64);
    let mut baker = Node::init("Baker for Senate", "republican");
    let ticket = {
        smith.ok(&["circle", "invite", "--card", &baker.card()]);
        as_str(&smith.ok(&["circle", "ticket", "Baker for Senate"])["ticket"])
    };
    smith.stop();
    jones.stop();
    baker.ok(&["join", &baker.file("circle.ticket", ticket)]);
    baker.start(&[]);
    assert_eq!(baker.status()["state"], "waiting");
    reads_nothing(&baker);
}
