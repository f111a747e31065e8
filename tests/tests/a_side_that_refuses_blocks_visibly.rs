//! A side that refuses a removal blocks it: everybody sees who refused, and nothing else happens.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use watchfire_tests::cluster::{Node, approve, arrived, as_str, join, shown, two_founders};
use watchfire_tests::wait::wait_until;

#[test]
fn a_refused_removal_changes_nothing_and_is_seen() {
    let (smith, jones) = two_founders();
    let mut baker = Node::init("Baker for Senate", "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let before = smith.status()["epoch"].clone();
    let proposed = smith.ok(&["circle", "remove", "Baker for Senate", "--reason", "we do not like them"]);
    let act = as_str(&proposed["act"]);
    for node in [&jones, &baker] {
        assert_eq!(arrived(node, &act)["refused_by"], json!([]));
    }
    // Only a steward of a side decides for it.
    baker.refuses(&["circle", "approve", &act], 8);
    assert_eq!(jones.ok(&["circle", "refuse", &act])["decision"], "refused");
    for node in [&smith, &jones, &baker] {
        wait_until("everybody to see the refusal", || {
            let pending = node.ok(&["circle", "pending"])["pending"].clone();
            pending[0]["refused_by"] == json!(["republican"])
                && pending[0]["missing_sides"] == json!(["republican"])
        });
        let said = node.text(&["circle", "pending"]).out;
        assert!(said.contains("refused by: republican"), "{said}");
        let log = node.ok(&["circle", "log"])["acts"].as_array().unwrap().clone();
        let row = log.iter().find(|row| row["act"] == act.as_str()).unwrap();
        assert_eq!((&row["state"], &row["approvals"][0]["decision"]), (&"refused".into(), &"refuse".into()));
        assert_eq!(shown(node, "Baker for Senate")["state"], "active");
        assert_eq!(node.status()["epoch"], before);
    }
    let lure = smith.file("lure.txt", "hxxp://lure[.]watchfire-sample[.]net/x");
    smith.ok(&["publish", &lure, "--title", "Still among us", "--yes"]);
    assert_eq!(baker.alerts(1)[0]["title"], "Still among us");
    assert_eq!(baker.linked(), 2);
}

#[test]
fn the_last_steward_of_a_side_is_not_taken_out_by_the_others() {
    let (smith, jones) = two_founders();
    let refused = smith.refuses(&["circle", "remove", "Jones for Ohio", "--reason", "in the way"], 8);
    assert!(refused["text"].as_str().unwrap().contains("republican"), "{refused}");
    // Neither does it lose the office.
    smith.refuses(&["circle", "role", "Jones for Ohio", "publisher"], 8);
    assert_eq!(shown(&jones, "Jones for Ohio")["role"], "steward");
}

#[test]
fn a_role_and_the_rules_change_only_with_every_side() {
    let (smith, jones) = two_founders();
    let mut baker = Node::init("Baker for Senate", "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    let role = smith.ok(&["circle", "role", "Baker for Senate", "steward", "--reason", "a second one"]);
    assert_eq!(role["changes"], json!(["Baker for Senate is steward instead of publisher"]));
    assert_eq!(shown(&smith, "Baker for Senate")["role"], "publisher");
    approve(&jones, &as_str(&role["act"]));
    wait_until("the new role", || shown(&smith, "Baker for Senate")["role"] == "steward");

    let rules = jones.ok(&["circle", "rules", "--seal", "24h", "--reason", "until the election"]);
    assert_eq!(rules["missing_sides"], json!(["democratic"]));
    approve(&smith, &as_str(&rules["act"]));
    for node in [&smith, &jones, &baker] {
        wait_until("the new rules", || node.ok(&["circle", "rules"])["rules"]["seal_ms"] == 24 * 3_600_000);
    }
    let before = smith.status()["epoch"].clone();
    let rotated = smith.ok(&["circle", "rotate"])["epoch"].clone();
    assert_ne!(rotated, before);
    for node in [&smith, &jones, &baker] {
        wait_until("the rotated epoch at everybody", || node.status()["epoch"] == rotated);
    }
    baker.refuses(&["circle", "rules", "--seal", "1m"], 8);
    assert!(smith.text(&["circle", "rules"]).out.contains("an epoch seals for 24 hours"));
}
