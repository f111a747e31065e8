//! A file that was cut, changed or blown up on its way is an error with a remedy, the same for people and scripts, and
//! leaves a home as it was.

#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::Value;
use watchfire_tests::client::Home;
use watchfire_tests::cluster::{as_str, two_founders};
use watchfire_tests::samples;

/// A few of the ways in which a file can be wrong, each with the content that results: cut at several lengths, a bit
/// flipped at several places, garbage, nothing, and far too much.
fn damaged(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut ways = cut_or_oversized(whole);
    for part in 0..8 {
        let at = first_that_counts(whole, whole.len() * part / 8);
        let mut flipped = whole.to_vec();
        flipped[at] ^= 1;
        ways.push((format!("byte {at} flipped"), flipped));
    }
    ways
}

fn cut_or_oversized(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut ways: Vec<_> = [1, 20, whole.len() / 3, whole.len() / 2, whole.len() - 40]
        .map(|length| (format!("cut to {length}"), whole[..length].to_vec()))
        .into();
    ways.push(("empty".into(), Vec::new()));
    ways.push(("binary garbage".into(), (0..=255).cycle().take(5000).collect()));
    ways.push(("oversized".into(), vec![b'A'; 70 << 20]));
    ways
}

/// The first place from here on that means something: white space and the dashes around a block are for mail programs to
/// change.
fn first_that_counts(bytes: &[u8], from: usize) -> usize {
    let counts = |at: &usize| !bytes[*at].is_ascii_whitespace() && bytes[*at] != b'-';
    (from..bytes.len()).find(counts).unwrap_or(bytes.len() / 2)
}

/// Hands each damaged file to the command and expects the refusal, and no change of the home.
fn refused(home: &Home, ways: Vec<(String, Vec<u8>)>, code: i32, arguments: impl Fn(&str) -> Vec<String>) {
    let before = home.files();
    for (way, content) in ways {
        // The file's name tells what was wrong with it when a test fails.
        let path = home.file(&way.replace(' ', "-"), &content);
        home.refuses(&arguments(&path), code);
        assert!(home.files() == before, "{way}: the home has changed");
        assert!(fs::read(&path).unwrap() == content, "{way}: the file has changed");
    }
    let missing = home.folder().join("no-such-file").display().to_string();
    home.refuses(&arguments(&missing), code);
    home.refuses(&arguments(&home.folder().display().to_string()), code);
}

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_card_that_is_not_whole_founds_no_circle() {
    let home = Home::init("Smith for State", "democratic");
    let other = Home::init("Jones for Ohio", "republican");
    let card = fs::read(other.card()).unwrap();
    refused(&home, damaged(&card), 8, |path| words(&["circle", "found", "--name", "Ohio", "--card", path]));
}

#[test]
fn a_card_that_is_not_whole_invites_nobody_and_a_ticket_that_is_not_whole_joins_nothing() {
    let (smith, jones) = two_founders();
    let baker = Home::init("Baker for Senate", "republican");
    let card = fs::read(baker.card()).unwrap();
    // The running daemon writes to its home as it likes: what counts is that there is no proposal.
    for (way, content) in damaged(&card) {
        let path = smith.file(&way.replace(' ', "-"), content);
        smith.refuses(&["circle", "invite", "--card", &path], 8);
    }
    assert_eq!(smith.ok(&["circle", "pending"])["pending"], Value::Array(Vec::new()));

    smith.ok(&["circle", "invite", "--card", &baker.card()]);
    let ticket = as_str(&smith.ok(&["circle", "ticket", "Baker for Senate"])["ticket"]);
    refused(&baker, damaged(ticket.as_bytes()), 8, |path| words(&["join", path]));
    // A whole ticket for somebody else opens nothing either.
    let before = jones.files();
    let stolen = jones.file("stolen.ticket", &ticket);
    jones.refuses(&["join", &stolen], 8);
    assert_eq!(before.len(), jones.files().len());
    baker.ok(&["join", &baker.file("baker.ticket", &ticket)]);
}

#[test]
fn a_draft_that_is_not_whole_is_not_signed() {
    let home = Home::init("Smith for State", "democratic");
    let other = Home::init("Jones for Ohio", "republican");
    let drafted = home.ok(&["circle", "found", "--name", "Ohio Watch", "--card", &other.card()]);
    let draft = fs::read(as_str(&drafted["draft"])).unwrap();
    refused(&other, damaged(&draft), 8, |path| words(&["circle", "sign", path]));
    let whole = other.file("whole.draft", draft);
    other.ok(&["circle", "sign", &whole]);
    Home::init("Baker for Senate", "republican").refuses(&["circle", "sign", &whole], 8);
}

#[test]
fn a_key_file_that_is_not_whole_opens_nothing_and_is_left_as_it_is() {
    let home = Home::init("Smith for State", "democratic");
    let other = Home::init("Jones for Ohio", "republican");
    let path = home.path().join("identity.key");
    let whole = fs::read(&path).unwrap();
    for (way, content) in damaged(&whole) {
        fs::write(&path, &content).unwrap();
        for arguments in [&["circle", "found", "--name", "Ohio", "--card", &other.card()][..], &["run"]] {
            home.refuses(arguments, 5);
        }
        assert!(fs::read(&path).unwrap() == content, "{way}: the key file has changed");
    }
    fs::write(&path, whole).unwrap();
    home.ok(&["circle", "found", "--name", "Ohio", "--card", &other.card()]);
}

#[test]
fn settings_that_are_not_whole_stop_the_node_instead_of_being_ignored() {
    let home = Home::init("Smith for State", "democratic");
    let path = home.path().join("settings.toml");
    for wrong in ["[sanitizer]\nown_domain = [\"smith.example\"]\n", "schema = 99\n", "[network\n", "\u{0}"] {
        fs::write(&path, wrong).unwrap();
        let said = home.refuses(&["sanitizer", "list"], 10);
        assert!(said["text"].as_str().unwrap().contains("settings.toml"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
    }
}

#[test]
fn an_incident_file_that_is_not_whole_is_not_published() {
    let home = Home::init("Smith for State", "democratic");
    let (stix, _) = samples::phishing();
    let misp = samples::misp("Lure", &[("domain", "donor-verify.watchfire-sample.net")]);
    for (name, whole) in [("lure.json", stix), ("event.json", misp)] {
        let before = home.files();
        // A byte flipped inside a text of a JSON file may well be another sound file, so here it is cut.
        for (way, content) in cut_or_oversized(whole.as_bytes()) {
            let path = home.file(name, &content);
            let refused = home.exits(&["publish", &path, "--dry-run"], 8);
            assert_eq!(
                (&refused["outcome"], &refused["outgoing"]),
                (&"refused".into(), &Value::Array(Vec::new())),
                "{way}"
            );
        }
        assert!(home.files() == before);
    }
}
