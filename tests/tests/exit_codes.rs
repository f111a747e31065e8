//! Each exit code, by a command that a script may really run into. The numbers never change their meaning.

#![allow(clippy::unwrap_used)]

use watchfire_tests::client::{Home, ended};
use watchfire_tests::cluster::{Node, found, two_founders};
use watchfire_tests::samples::phishing;

#[test]
fn ok_and_nothing_found() {
    let (smith, jones) = two_founders();
    smith.ok(&["status"]);
    smith.exits(&["check", "harmless.example"], 1);
    smith.exits(&["check", "no indicator at all"], 1);
    smith.ok(&["publish", &smith.file("lure.json", phishing().0), "--yes"]);
    jones.alerts(1);
    jones.ok(&["check", "harmless.example", "45.83.64.1"]);
    assert_eq!(jones.refuses(&["show", "no such alert"], 1)["code"], "no-such-alert");
}

#[test]
fn usage_is_2() {
    let home = Home::init("Smith for State", "democratic");
    for arguments in [
        &["frobnicate"][..],
        &["init"],
        &["init", "--name", "X", "--side", "Not A Side"],
        &["check"],
        &["circle"],
        &["circle", "found", "--name", "Ohio"],
        &["publish"],
        &["publish", "x", "--tlp", "purple"],
        &["publish", "x", "--tlp", "red", "--dry-run"],
        &["export", "papyrus"],
        &["run", "--listen", "nowhere"],
        &["alerts", "--since", "yesterday"],
        &["circle", "remove", "Jones for Ohio"],
        &["circle", "seat", "--side", "republican"],
        &["circle", "rules", "--seal", "soon"],
    ] {
        home.refuses(arguments, 2);
    }
    assert_eq!(home.text(&["--help"]).code, 0);
    assert_eq!(home.text(&["publish", "--help"]).code, 0);
    assert_eq!(home.text(&["--version"]).code, 0);
}

#[test]
fn agreement_that_nobody_is_there_to_give_is_2() {
    let (smith, _jones) = two_founders();
    let lure = smith.file("lure.json", phishing().0);
    smith.refuses(&["publish", &lure], 2);
    smith.alerts(0);
    Home::empty().refuses(&["init", "--name", "Smith", "--side", "democratic"], 2);
}

#[test]
fn no_identity_and_no_circle_are_4() {
    let empty = Home::empty();
    let commands: [&[&str]; 10] = [
        &["status"],
        &["prune"],
        &["alerts"],
        &["check", "x.example"],
        &["show", "x"],
        &["card"],
        &["run"],
        &["export", "csv"],
        &["circle", "show"],
        &["join", "ticket"],
    ];
    for arguments in commands {
        assert_eq!(empty.refuses(arguments, 4)["code"], "not-initialised");
    }
    assert!(!empty.path().exists(), "looking makes no home");
    let home = Home::init("Smith for State", "democratic");
    for arguments in [&["status"][..], &["alerts"], &["run"], &["circle", "show"], &["export", "csv"], &[]] {
        assert_eq!(home.refuses(arguments, 4)["code"], "no-circle");
    }
}

#[test]
fn a_locked_key_file_is_5_and_nobody_is_asked() {
    let home = Home::empty();
    let words = home.file("passphrase", "correct horse battery staple\n");
    home.ok(&["init", "--name", "Smith for State", "--side", "democratic", "--passphrase-file", &words]);
    let other = Home::init("Jones for Ohio", "republican");
    let found = ["circle", "found", "--name", "Ohio", "--card", &other.card()];
    home.refuses(&found, 5);
    home.refuses(&["run"], 5);
    let wrong = home.file("wrong", "something else\n");
    home.refuses(&[&found[..], &["--passphrase-file", &wrong]].concat(), 5);
    let with_variable = |passphrase: &str| {
        let mut command = home.command();
        ended(
            command
                .args(["--json", "circle", "found", "--name", "Ohio", "--card"])
                .arg(other.card())
                .env("WATCHFIRE_PASSPHRASE", passphrase),
            b"",
        )
        .code
    };
    assert_eq!(with_variable("something else"), 5);
    assert_eq!(with_variable("correct horse battery staple"), 0);
    home.ok(&["card"]);
}

#[test]
fn waiting_for_founders_is_6() {
    let mut smith = Node::init("Smith for State", "democratic");
    let jones = Home::init("Jones for Ohio", "republican");
    let drafted = smith.ok(&["circle", "found", "--name", "Ohio Watch", "--card", &jones.card()]);
    assert_eq!(drafted["missing"], serde_json::json!(["Jones for Ohio"]));
    smith.start(&[]);
    let status = smith.status();
    assert_eq!((&status["state"], &status["missing"]), (&"founding".into(), &drafted["missing"]));
    assert_eq!(smith.cmd(&["status"]).code, 0);
    let lure = smith.file("lure.json", phishing().0);
    smith.refuses(&["publish", &lure, "--yes"], 6);
    smith.refuses(&["circle", "invite", "--card", &jones.card()], 6);
    smith.refuses(&["circle", "show"], 6);
    smith.alerts(0);
}

#[test]
fn without_a_daemon_reading_works_and_deciding_is_3() {
    let (mut smith, _jones) = two_founders();
    smith.stop();
    for arguments in [
        &["circle", "log", "--verify"][..],
        &["circle", "show"],
        &["circle", "pending"],
        &["circle", "rules"],
        &["prune", "--dry-run"],
        &["prune"],
    ] {
        smith.ok(arguments);
    }
    for arguments in [
        &["circle", "remove", "Jones for Ohio", "--reason", "x"][..],
        &["circle", "role", "Jones for Ohio", "observer"],
        &["circle", "rules", "--seal", "24h"],
        &["circle", "rotate"],
        &["circle", "leave", "--yes"],
    ] {
        assert_eq!(smith.refuses(arguments, 3)["code"], "daemon-not-running");
    }
}

#[test]
fn refused_is_8_held_is_9_and_says_so_in_the_full_document() {
    let home = Home::init("Smith for State", "democratic");
    home.ok(&["sanitizer", "own", "--domain", "smith-campaign.net", "--name", "Jane Doe"]);
    let publish = |content: &str, more: &[&str]| {
        let path = home.file("report.txt", content);
        let arguments = [&["publish", &path, "--dry-run"], more].concat();
        let ran = home.cmd(&arguments);
        let document = ran.json();
        let said = home.text(&arguments);
        assert_eq!((said.code, said.out.as_str()), (ran.code, ""), "{said:?}");
        assert!(said.err.lines().rev().take(2).any(|line| line.starts_with("try: ")), "{said:?}");
        (ran.code, document)
    };
    for nothing in ["Nothing happened today.", "", "10.1.2.3 and x@smith-campaign.net and 127.0.0.1"] {
        let (code, document) = publish(nothing, &[]);
        assert_eq!((code, &document["outcome"]), (8, &"refused".into()), "{document}");
        assert_eq!(document["outgoing"], serde_json::json!([]));
    }
    // The only indicator imitates the member's own name, which a person has to look at, whatever else was agreed to.
    let (code, document) = publish("see hxxp://smith-campaign-login[.]watchfire-sample[.]net/x", &["--yes"]);
    assert_eq!((code, &document["outcome"]), (9, &"held".into()), "{document}");
    assert_eq!(document["outgoing"], serde_json::json!([]));
}

#[test]
fn what_fails_otherwise_is_10() {
    let home = Home::init("Smith for State", "democratic");
    home.refuses(&["init", "--name", "X", "--side", "y", "--no-passphrase"], 10);
    let other = Home::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&home, &other]);
    home.refuses(&["export", "csv", "--out", "/nonexistent/folder/out.csv"], 10);
    std::fs::write(home.path().join("card.txt"), "gone").unwrap();
    home.refuses(&["card"], 10);
}
