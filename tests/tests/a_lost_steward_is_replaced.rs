//! A side's only steward is lost with its machine. Its recovery words, from paper, seat another one once the other side
//! agrees; the words alone seat nobody.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, approve, as_str, join, shown, two_founders};
use watchfire_tests::wait::wait_until;

const JONES: &str = "Jones for Ohio";
const BAKER: &str = "Baker for Senate";

#[test]
fn the_recovery_words_of_the_side_and_the_other_side_seat_another_steward() {
    let (smith, mut jones) = two_founders();
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &smith, &[&jones]);
    // Written down on the day of the founding, and kept in a drawer.
    let backup = jones.folder().join("jones.backup").display().to_string();
    let paper =
        as_str(&jones.ok(&["key", "backup", &backup, "--words", "--no-passphrase"])["recovery_words"]);
    jones.kill();

    // Without a steward of that side nothing is decided.
    let miller = Home::init("Miller for Senate", "republican");
    let invited = smith.ok(&["circle", "invite", "--card", &miller.card()]);
    assert_eq!(invited["missing_sides"], json!(["republican"]));
    baker.refuses(&["circle", "approve", &as_str(&invited["act"])], 8);

    let seat = |words: &str| {
        let words = baker.file("words.txt", words);
        let card = baker.card();
        ["circle", "seat", "--side", "republican", "--card", &card, "--words", &words, "--remove", JONES]
            .map(str::to_owned)
    };
    let wrong = paper.split(' ').rev().collect::<Vec<_>>().join(" ");
    assert_eq!(baker.refuses(&seat(&wrong), 8)["code"], "recovery-words");
    let strange = baker.folder().join("baker.backup").display().to_string();
    let own = as_str(&baker.ok(&["key", "backup", &strange, "--words", "--no-passphrase"])["recovery_words"]);
    baker.refuses(&seat(&own), 8);

    let proposed = baker.ok(&seat(&paper));
    assert_eq!((&proposed["kind"], &proposed["missing_sides"]), (&"seat".into(), &json!(["democratic"])));
    assert_eq!(shown(&baker, BAKER)["role"], "publisher", "the words alone seat nobody");
    assert_eq!(approve(&smith, &as_str(&proposed["act"]))["missing_sides"], json!([]));
    for node in [&smith, &baker] {
        wait_until("the new steward to be seated", || {
            shown(node, BAKER)["role"] == "steward" && shown(node, JONES)["state"] == "removed"
        });
    }
    wait_until("an epoch without the lost one", || {
        let epoch = smith.status()["epoch"].clone();
        epoch.is_string() && epoch == baker.status()["epoch"]
    });

    // The side decides again.
    assert_eq!(approve(&baker, &as_str(&invited["act"]))["missing_sides"], json!([]));
    wait_until("the newcomer", || shown(&smith, "Miller for Senate")["state"] == "active");
    // Whoever finds the machine has no part in it any more.
    jones.start(&[&smith, &baker]);
    wait_until("the lost machine to be turned away", || smith.turned_away() > 0 && baker.turned_away() > 0);
    assert_eq!(jones.linked(), 0);
    jones.ok(&["alerts"]);
}
