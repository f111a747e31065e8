//! A member with two nodes, each with keys of its own for what it says itself: both get every alert, either publishes as
//! the member, and one works without the other. Two nodes with the very same keys are told apart from that.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::cluster::{Node, as_str, two_founders};
use watchfire_tests::wait::wait_until;

fn publish(node: &Node, title: &str) -> Vec<String> {
    let lure = format!("hxxp://{}[.]watchfire-sample[.]net/x", title.to_lowercase());
    let file = node.file("lure.txt", lure);
    ["publish", &file, "--title", title, "--yes"].map(str::to_owned).to_vec()
}

fn health(node: &Node) -> Vec<String> {
    let status = node.status();
    status["health"].as_array().unwrap().iter().map(|note| as_str(&note["code"])).collect()
}

/// Waits until a node from a backup is a member that has caught up and may publish.
fn caught_up(node: &Node, with: &Node) {
    wait_until("the second node to have caught up", || {
        let (status, other) = (node.status(), with.status());
        status["state"] == "member"
            && status["epoch"].is_string()
            && status["epoch"] == other["epoch"]
            && !health(node).contains(&"recovering".to_owned())
    });
}

#[test]
fn both_nodes_get_every_alert_and_each_works_without_the_other() {
    let (mut smith, jones) = two_founders();
    smith.ok(&publish(&smith, "Before"));
    let mut second = smith.from_backup();
    for scope in ["daemon", "publish"] {
        let key = as_str(&second.ok(&["key", "new", "--scope", scope])["key"]);
        smith.ok(&["key", "delegate", "--scope", scope, "--key", &key, "--until", "90d"]);
    }
    second.start(&[&jones]);
    caught_up(&second, &jones);
    assert_eq!(second.alerts(1)[0]["author"], "Smith for State");

    jones.ok(&publish(&jones, "Hostile"));
    for home in [&smith, &second] {
        let alerts = home.alerts(2);
        assert!(alerts.iter().any(|alert| alert["title"] == "Hostile"), "{alerts:?}");
    }
    let published = second.ok(&publish(&second, "Laptop"));
    for node in [&jones, &smith, &second] {
        let alerts = node.alerts(3);
        let alert = alerts.iter().find(|alert| alert["record"] == published["record"]).unwrap();
        assert_eq!(alert["author"], "Smith for State");
    }
    for node in [&smith, &second] {
        assert!(!health(node).iter().any(|code| code == "two-nodes-one-key" || code == "no-links"));
        // It lists members, and this one is not its own neighbour.
        assert_eq!((node.linked(), node.status()["peers"].as_array().map(Vec::len)), (1, Some(1)));
    }
    let equivocations = |node: &Node| health(node).iter().any(|code| code == "equivocation");
    assert!(![&smith, &second, &jones].into_iter().any(equivocations));

    smith.stop();
    jones.ok(&publish(&jones, "Later"));
    second.ok(&publish(&second, "Alone"));
    assert_eq!((second.alerts(5).len(), jones.alerts(5).len()), (5, 5));
    // The first one catches up, and may find the second before anybody else.
    smith.start(&[&second]);
    smith.alerts(5);
}

#[test]
fn two_nodes_with_the_same_keys_are_noticed_and_publish_nothing() {
    let (smith, jones) = two_founders();
    let mut second = smith.from_backup();
    second.start(&[&jones]);
    for node in [&smith, &second] {
        wait_until("the other node to be noticed", || health(node).contains(&"two-nodes-one-key".to_owned()));
    }
    assert!(!health(&jones).contains(&"two-nodes-one-key".to_owned()));
    caught_up(&second, &jones);
    let note = |status: &Value| {
        let notes = status["health"].as_array().unwrap().clone();
        notes.into_iter().find(|note| note["code"] == "two-nodes-one-key").unwrap()
    };
    for node in [&smith, &second] {
        let error = node.refuses(&publish(node, "Forked"), 8);
        assert_eq!(error["code"], "two-nodes-one-key");
        assert_eq!(error["try"], note(&node.status())["remedy"]);
        assert!(as_str(&error["try"]).contains("watchfire key new --scope daemon"), "{error}");
    }
    jones.ok(&publish(&jones, "Fine"));
    assert_eq!((smith.alerts(1).len(), second.alerts(1).len()), (1, 1));
}
