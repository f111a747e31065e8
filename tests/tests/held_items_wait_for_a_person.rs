//! What `publish` holds stays home, whatever `--yes` says, until a person decides; then it leaves as the rest did.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use watchfire_tests::cluster::two_founders;

#[test]
fn what_is_held_waits_and_leaves_when_a_person_says_so() {
    let (smith, jones) = two_founders();
    let list = smith.file("list.txt", "185.174.101.13\n45.0.0.0/8\n46.0.0.0/8\n10.0.0.1\n");
    smith.ok(&["publish", &list, "--dry-run"]);
    assert_eq!(smith.ok(&["review"])["held"], json!([]), "a dry run remembers nothing");

    let publish = ["publish", &list, "--title", "Botnet", "--severity", "high", "--yes"];
    let published = smith.ok(&publish);
    assert_eq!(published["kept"].as_array().unwrap().len(), 1);
    let held = smith.ok(&["review"])["held"].clone();
    let seen: Vec<_> = held.as_array().unwrap().iter().map(|held| (&held["value"], &held["title"])).collect();
    assert_eq!(seen, [(&json!("45.0.0.0/8"), &json!("Botnet")), (&json!("46.0.0.0/8"), &json!("Botnet"))]);

    let nothing_else = smith.file("wide.txt", "45.0.0.0/8\n");
    let refused = smith.exits(&["publish", &nothing_else, "--title", "Wide", "--yes"], 9);
    assert_eq!((&refused["outcome"], &refused["outgoing"]), (&json!("held"), &json!([])));

    assert_eq!(smith.cmd(&["review", "--share", "46.0.0.0/8"]).code, 2, "nobody is here to agree");
    let shared = smith.ok(&["review", "--share", "46.0.0.0/8", "--keep", "45.0.0.0/8", "--yes"]);
    assert_eq!(shared["shared"], json!([{"type": "cidr", "value": "46.0.0.0/8"}]));
    assert_eq!(shared["outgoing"], json!(["Botnet (reviewed)", "46.0.0.0/8"]));
    assert_eq!(smith.ok(&["review"])["held"], json!([]));
    let alerts = jones.alerts(2);
    let alert = alerts.iter().find(|alert| alert["record"] == shared["record"]).unwrap();
    assert_eq!(
        (&alert["title"], &alert["severity"], &alert["tlp"]),
        (&json!("Botnet (reviewed)"), &json!("high"), &json!("amber"))
    );

    // Both decisions are rules from now on.
    let again = smith.ok(&["publish", &list, "--dry-run"]);
    let kept: Vec<_> = again["kept"].as_array().unwrap().iter().map(|kept| kept["value"].clone()).collect();
    assert_eq!(kept, ["185.174.101.13", "46.0.0.0/8"]);
    assert_eq!(again["changed"][0]["rule"], 601);
}
