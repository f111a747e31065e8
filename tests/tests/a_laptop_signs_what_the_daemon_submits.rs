//! A publisher key on a laptop: delegated by the organisation alone, never seen by the daemon, and ended by it alone.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::client::Home;
use watchfire_tests::cluster::two_founders;

#[test]
fn reports_signed_on_a_laptop_are_submitted_by_the_node_until_the_key_is_revoked() {
    let (smith, jones) = two_founders();
    let circle = smith.status()["circle"].as_str().unwrap().to_owned();
    let laptop = Home::empty();
    let new = ["key", "new", "--scope", "publish", "--card", &smith.card(), "--no-passphrase"];
    let key = laptop.ok(&new)["key"].as_str().unwrap().to_owned();
    let text = laptop.file("bad.txt", "hxxp://login[.]watchfire-sample[.]net/");
    let sign = |name: &str| {
        let out = laptop.folder().join(name).display().to_string();
        let arguments = ["publish", &text, "--yes", "--title", name, "--circle", &circle, "--offline", &out];
        (laptop.ok(&arguments)["record"].as_str().unwrap().to_owned(), out)
    };
    let (first, signed) = sign("first");

    // Before the organisation says so, nobody would take it.
    assert_eq!(smith.cmd(&["submit", &signed]).code, 8);
    let file = smith.file("laptop.key", format!("{key}\n"));
    let delegated = smith.ok(&["key", "delegate", "--scope", "publish", "--key", &file, "--until", "90d"]);
    assert_eq!(
        (&delegated["key"], delegated["circles"].as_array().unwrap().len()),
        (&Value::from(key.as_str()), 1)
    );
    assert_eq!(smith.ok(&["submit", &signed])["record"], first.as_str());
    let alert = jones.alerts(1).remove(0);
    assert_eq!(
        (&alert["record"], &alert["author"]),
        (&Value::from(first.as_str()), &Value::from("Smith for State"))
    );
    // Twice is once.
    assert_eq!(smith.ok(&["submit", &signed])["records"].as_array().unwrap().len(), 1);

    let (second, next) = sign("second");
    assert_eq!(smith.ok(&["submit", &next])["record"], second.as_str());
    assert_eq!(jones.alerts(2).len(), 2);
    // A member can submit its own records only.
    let (_, third) = sign("third");
    assert_eq!(jones.cmd(&["submit", &third]).code, 8);

    // The organisation ends the key: what it signs from now on is nobody's.
    smith.ok(&["key", "revoke", &key]);
    let refused = smith.refuses(&["submit", &third], 8);
    assert!(!refused["text"].as_str().unwrap().is_empty());
    assert_eq!(jones.alerts(2).len(), 2, "what it had signed before stands");
}
