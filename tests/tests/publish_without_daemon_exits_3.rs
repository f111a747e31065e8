//! Commands that need the daemon say so and change nothing.

#![allow(clippy::unwrap_used)]

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{found, two_founders};
use watchfire_tests::samples::phishing;

fn needing_the_daemon(home: &Home) -> Vec<Vec<String>> {
    let lure = home.file("lure.json", phishing().0);
    let baker = Home::init("Baker for Senate", "republican");
    let kept_card = home.file("baker.card", std::fs::read(baker.card()).unwrap());
    let commands: [&[&str]; 5] = [
        &["publish", &lure, "--yes"],
        &["circle", "invite", "--card", &kept_card],
        &["circle", "approve", "0123456789"],
        &["circle", "refuse", "0123456789"],
        &["circle", "ticket", "Baker for Senate"],
    ];
    commands.iter().map(|words| words.iter().map(|word| (*word).to_owned()).collect()).collect()
}

#[test]
fn without_a_daemon_nothing_is_sent_and_nothing_changes() {
    let home = Home::init("Smith for State", "democratic");
    let other = Home::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&home, &other]);
    let before = home.files();
    for arguments in needing_the_daemon(&home) {
        let error = home.refuses(&arguments, 3);
        assert!(error["try"].as_str().unwrap().contains("watchfire run"), "{error}");
    }
    assert!(home.files() == before);
}

#[test]
fn the_same_after_a_daemon_has_stopped_or_was_killed() {
    let (mut smith, mut jones) = two_founders();
    smith.stop();
    jones.kill();
    for home in [&smith, &jones] {
        for arguments in needing_the_daemon(home) {
            home.refuses(&arguments, 3);
        }
        home.alerts(0);
    }
}

#[test]
fn a_dry_run_needs_no_daemon_and_no_circle() {
    let home = Home::init("Smith for State", "democratic");
    let before = home.files();
    let (file, expected) = phishing();
    let dry = home.ok(&["publish", &home.file("lure.json", file), "--dry-run"]);
    assert_eq!(watchfire_tests::samples::pairs(&dry["kept"]), expected);
    assert_eq!(dry["outcome"], "dry-run");
    assert!(home.files() == before);
}
