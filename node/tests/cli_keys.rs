//! `key`: keys are kept, moved and changed without ever being lost, doubled or replaced by another member's.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;
use support::{Ran, Scratch};
use watchfire::api::server::{Listener, serve};
use watchfire::control::{Answer, FailureDoc};
use watchfire::exit::Exit;
use watchfire::home::{Home, PassphraseSource};
use watchfire::output::Output;
use watchfire_keys::{Card, Keys, recovery};

const OLD: &str = "an old sentence for the keys";
const NEW: &str = "a new sentence for the keys";

fn file(scratch: &Scratch, name: &str, content: &str) -> String {
    let path = scratch.folder.path().join(name);
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn json(scratch: &Scratch, arguments: &[&str]) -> Value {
    let ran = scratch.run(&[&["--json"], arguments].concat());
    assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// A home under the old passphrase, and where that stands.
fn locked() -> (Scratch, String) {
    let scratch = Scratch::new();
    let old = file(&scratch, "old", OLD);
    let init = ["init", "--name", "Smith for State", "--side", "democratic", "--passphrase-file", &old];
    assert_eq!(scratch.run(&init).code, 0);
    (scratch, old)
}

fn keys(home: &std::path::Path, passphrase_file: Option<&str>) -> watchfire::error::Result<Keys> {
    let source = PassphraseSource::new(passphrase_file.map(PathBuf::from));
    Home::at(home).open_identity(&source, Output::new(true))
}

fn card(scratch: &Scratch) -> Card {
    Card::from_text(&fs::read_to_string(scratch.home.join("card.txt")).unwrap()).unwrap()
}

fn held(shown: &Value) -> Vec<&str> {
    let keys = shown["keys"].as_array().unwrap();
    keys.iter().filter(|key| key["held"] == true).map(|key| key["name"].as_str().unwrap()).collect()
}

#[test]
fn a_backup_gives_another_home_the_same_member() {
    let (scratch, old) = locked();
    let backup = scratch.folder.path().join("smith.backup").display().to_string();
    let made = json(&scratch, &["key", "backup", &backup, "--passphrase-file", &old]);
    assert_eq!(made["key"], card(&scratch).organisation.to_string());
    assert_eq!(made["file"], backup.as_str());
    assert_eq!(made["recovery_words"], Value::Null);
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);

    let other = Scratch::new();
    let restored = json(&other, &["key", "restore", &backup, "--passphrase-file", &old]);
    assert_eq!(restored["member"], card(&scratch).member().to_string());
    assert_eq!(card(&other), card(&scratch));
    let (before, after) = (keys(&scratch.home, Some(&old)).unwrap(), keys(&other.home, Some(&old)).unwrap());
    assert_eq!(after.member(), before.member());
    assert_eq!(after.storage, before.storage);
    assert_eq!(after.sealing.unwrap().public(), before.sealing.unwrap().public());
    assert!(fs::read_to_string(other.home.join("settings.toml")).unwrap().contains("Smith for State"));
    for (path, _) in other.files() {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn a_backup_replaces_no_file_and_a_restore_no_identity() {
    let (scratch, old) = locked();
    let backup = file(&scratch, "smith.backup", "holiday pictures");
    let again = scratch.run(&["key", "backup", &backup, "--passphrase-file", &old]);
    assert_eq!(again.code, 10, "{again:?}");
    assert_eq!(fs::read_to_string(&backup).unwrap(), "holiday pictures");

    let free = scratch.folder.path().join("free.backup").display().to_string();
    json(&scratch, &["key", "backup", &free, "--passphrase-file", &old]);
    let before = scratch.files();
    scratch.assert_error(
        &["key", "restore", &free, "--passphrase-file", &old],
        10,
        "already-initialised",
        "FOLDER/home has an identity already, and it is never replaced",
        "watchfire card to see it, or --home DIR for another home",
    );
    assert_eq!(scratch.files(), before);
}

#[test]
fn a_backup_that_is_damaged_or_locked_makes_no_home() {
    let (scratch, old) = locked();
    let backup = scratch.folder.path().join("smith.backup").display().to_string();
    json(&scratch, &["key", "backup", &backup, "--passphrase-file", &old]);
    let text = fs::read_to_string(&backup).unwrap();
    let (head, block) = text.split_once("BEGIN WATCHFIRE BACKUP-----\n").unwrap();
    let damaged = format!("{head}BEGIN WATCHFIRE BACKUP-----\nAAAA{}", &block[4..]);
    let other = Scratch::new();
    let wrong = file(&other, "wrong", "not this one at all");
    for (content, passphrase) in [(text.as_str(), &wrong), (&damaged, &old), (head, &old), ("", &old)] {
        let backup = file(&other, "copy.backup", content);
        let ran = other.run(&["key", "restore", &backup, "--passphrase-file", passphrase]);
        assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{ran:?}");
        assert!(ran.err.contains("\ntry: "), "{ran:?}");
        assert!(!other.home.join("identity.key").exists());
    }
}

#[test]
fn the_recovery_words_are_the_recovery_key_and_are_printed_when_asked_for() {
    let (scratch, old) = locked();
    let backup = scratch.folder.path().join("smith.backup").display().to_string();
    let made = json(&scratch, &["key", "backup", &backup, "--words", "--passphrase-file", &old]);
    let words = made["recovery_words"].as_str().unwrap();
    assert_eq!(recovery::from_words(words).unwrap().public(), card(&scratch).recovery);
    // For a person each stands on a line of its own, with its number.
    let backup = scratch.folder.path().join("second.backup").display().to_string();
    let shown = scratch.run(&["key", "backup", &backup, "--words", "--passphrase-file", &old]).out;
    let last = words.split(' ').next_back().unwrap();
    assert!(shown.contains(&format!("\n  24 {last}\n")), "{shown}");
    // One word alone may stand in the letters of the file by chance; two that follow each other may not.
    let file = fs::read_to_string(&backup).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = words.split(' ').collect();
    assert!(words.windows(2).all(|pair| !file.contains(&pair.join(" "))), "{file}");
}

#[test]
fn a_key_that_was_taken_out_is_in_the_backup_and_not_in_the_home() {
    let (scratch, old) = locked();
    let backup = scratch.folder.path().join("smith.backup").display().to_string();
    let before = keys(&scratch.home, Some(&old)).unwrap();
    let forget = ["--forget", "organisation", "--forget", "recovery", "--forget", "steward"];
    let made =
        json(&scratch, &[&["key", "backup", &backup, "--passphrase-file", &old], &forget[..]].concat());
    assert_eq!(made["forgotten"], serde_json::json!(["organisation", "steward", "recovery"]));
    let shown = json(&scratch, &["key", "show", "--passphrase-file", &old]);
    assert_eq!(held(&shown), ["publisher", "daemon", "sealing"]);
    assert_eq!(keys(&scratch.home, Some(&old)).unwrap().storage, before.storage);
    // What needs one of them says so and where it may be; the words are with the key.
    let other = Scratch::initialised();
    let other = other.home.join("card.txt").display().to_string();
    let found = ["circle", "found", "--name", "Ohio Watch", "--card", &other, "--passphrase-file", &old];
    let refused = scratch.run(&found);
    assert_eq!(refused.code, 8, "{refused:?}");
    assert!(refused.err.contains("steward key") && refused.err.contains("backup"), "{refused:?}");
    let second = scratch.folder.path().join("second.backup").display().to_string();
    assert_eq!(scratch.run(&["key", "backup", &second, "--words", "--passphrase-file", &old]).code, 8);

    let safe = Scratch::new();
    json(&safe, &["key", "restore", &backup, "--passphrase-file", &old]);
    assert_eq!(held(&json(&safe, &["key", "show", "--passphrase-file", &old])).len(), 6);
}

#[test]
fn another_passphrase_opens_the_same_keys_and_the_old_one_nothing() {
    let (scratch, old) = locked();
    let new = file(&scratch, "new", NEW);
    let before = keys(&scratch.home, Some(&old)).unwrap();
    let change = ["key", "passphrase", "--passphrase-file", &old, "--new-passphrase-file", &new];
    assert_eq!(json(&scratch, &change)["passphrase"], true);
    let after = keys(&scratch.home, Some(&new)).unwrap();
    assert_eq!((after.member(), &after.storage), (before.member(), &before.storage));
    let recovery = |keys: &Keys| keys.recovery.as_ref().unwrap().seed();
    assert_eq!(recovery(&after), recovery(&before));
    assert_eq!(keys(&scratch.home, Some(&old)).unwrap_err().code(), "key-file-wrong-passphrase");
    assert_eq!(fs::metadata(scratch.home.join("identity.key")).unwrap().permissions().mode() & 0o777, 0o600);
    // Wrong old one: nothing changes. Nobody to ask for a new one: nothing changes either.
    let file_before = fs::read(scratch.home.join("identity.key")).unwrap();
    assert_eq!(scratch.run(&change).code, 5);
    assert_eq!(scratch.run(&["key", "passphrase", "--passphrase-file", &new]).code, 2);
    assert_eq!(fs::read(scratch.home.join("identity.key")).unwrap(), file_before);
    // And none at all, for a test.
    assert_eq!(scratch.run(&["key", "passphrase", "--passphrase-file", &new, "--no-passphrase"]).code, 0);
    assert_eq!(keys(&scratch.home, None).unwrap().member(), before.member());
}

#[test]
fn a_backup_may_have_a_passphrase_of_its_own() {
    let (scratch, old) = locked();
    let new = file(&scratch, "new", NEW);
    let backup = scratch.folder.path().join("smith.backup").display().to_string();
    json(&scratch, &["key", "backup", &backup, "--passphrase-file", &old, "--new-passphrase-file", &new]);
    let other = Scratch::new();
    assert_eq!(other.run(&["key", "restore", &backup, "--passphrase-file", &old]).code, 5);
    json(&other, &["key", "restore", &backup, "--passphrase-file", &new]);
    assert_eq!(keys(&other.home, Some(&new)).unwrap().member(), Some(card(&scratch).member()));
}

#[test]
fn a_laptop_holds_a_publisher_key_and_signs_reports_that_follow_one_another() {
    let organisation = Scratch::initialised();
    let laptop = Scratch::new();
    let its_card = organisation.home.join("card.txt").display().to_string();
    let made = json(&laptop, &["key", "new", "--scope", "publish", "--card", &its_card, "--no-passphrase"]);
    let shown = json(&laptop, &["key", "show"]);
    assert_eq!(held(&shown), ["publisher"]);
    assert_eq!(shown["keys"][1]["key"], made["key"]);
    assert_eq!(shown["key"], card(&organisation).organisation.to_string());
    // It has no node, and cannot take the member's place.
    let ran = laptop.run(&["run"]);
    assert_eq!(ran.code, 8, "{ran:?}");

    let circle = "c1".repeat(32);
    let text = file(&laptop, "bad.txt", "hxxp://login[.]watchfire-sample[.]net/");
    let sign = |name: &str, more: &[&str]| {
        let out = laptop.folder.path().join(name).display().to_string();
        let arguments = ["publish", &text, "--yes", "--title", name, "--offline", &out];
        (laptop.run(&[&["--json"], &arguments[..], more].concat()), out)
    };
    assert_eq!(sign("without", &[]).0.code, 2, "it has to be told the circle");
    assert_eq!(sign("named", &["--circle", &circle, "--to", "Jones"]).0.code, 2);
    let mut ends = Vec::new();
    for name in ["one", "two"] {
        let (ran, out) = sign(name, &["--circle", &circle]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(document["outcome"], "signed");
        let signed: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
        assert_eq!(
            (&signed["circle"], signed["records"].as_array().unwrap().len()),
            (&circle.as_str().into(), 1)
        );
        ends.push((document["record"].clone(), signed["records"][0].as_str().unwrap().to_owned()));
        // A file that is there is not written over, and its place in the chain is not used up.
        assert_eq!(sign(name, &["--circle", &circle]).0.code, 10);
    }
    // The second names the first.
    let first = ends[0].0.as_str().unwrap();
    assert!(ends[1].1.contains(first) && !ends[0].1.contains(first));
}

#[test]
fn what_others_have_to_hear_of_needs_the_daemon_and_changes_nothing_without() {
    let scratch = Scratch::initialised();
    let before = scratch.files();
    let key = "ab".repeat(32);
    for arguments in [
        &["key", "delegate", "--scope", "publish", "--key", "publisher", "--until", "90d"][..],
        &["key", "revoke", "publisher"],
        &["key", "rotate"],
    ] {
        let ran = scratch.run(arguments);
        assert_eq!(ran.code, 3, "{arguments:?}: {ran:?}");
    }
    assert_eq!(scratch.files(), before);
    let past =
        scratch.run(&["key", "delegate", "--scope", "publish", "--key", &key, "--until", "2020-01-01"]);
    assert_eq!(past.code, 2, "{past:?}");
    let none = scratch.run(&["key", "revoke", "no-such-file"]);
    assert_eq!(none.code, 8, "{none:?}");
}

#[test]
fn a_new_publisher_key_takes_the_place_of_the_old_one() {
    let scratch = Scratch::initialised();
    let before = json(&scratch, &["key", "show"]);
    let made = json(&scratch, &["key", "new", "--scope", "publish"]);
    let after = json(&scratch, &["key", "show"]);
    assert_eq!(after["keys"][1]["key"], made["key"]);
    assert_ne!(after["keys"][1]["key"], before["keys"][1]["key"]);
    for other in [0, 2, 3, 4] {
        assert_eq!(after["keys"][other], before["keys"][other]);
    }
    assert_eq!(scratch.run(&["key", "new", "--scope", "daemon"]).code, 2);
}

#[test]
fn a_laptop_that_came_back_from_a_backup_signs_with_a_new_key_only() {
    let organisation = Scratch::initialised();
    let (laptop, back) = (Scratch::new(), Scratch::new());
    let its_card = organisation.home.join("card.txt").display().to_string();
    json(&laptop, &["key", "new", "--scope", "publish", "--card", &its_card, "--no-passphrase"]);
    let backup = laptop.folder.path().join("laptop.backup").display().to_string();
    json(&laptop, &["key", "backup", &backup, "--no-passphrase"]);
    json(&back, &["key", "restore", &backup]);

    let circle = "c1".repeat(32);
    let text = file(&back, "bad.txt", "hxxp://login[.]watchfire-sample[.]net/");
    let out = back.folder.path().join("signed").display().to_string();
    let sign = ["--json", "publish", &text, "--yes", "--circle", &circle, "--offline", &out];
    // What the key had signed before, and where its chain ends, nobody can tell it here.
    let refused = back.run(&sign);
    assert_eq!(refused.code, 8, "{refused:?}");
    assert!(refused.out.contains("watchfire key new") && !std::path::Path::new(&out).exists(), "{refused:?}");
    json(&back, &["key", "new", "--scope", "publish"]);
    assert_eq!(back.run(&sign).code, 0);
}

/// Has a daemon of the test's own making answer `key rotate`, and tells how that ended and which sealing keys the home has then,
/// the present one first.
fn rotated_by(answer: Vec<u8>) -> (Ran, Vec<[u8; 32]>, [u8; 32]) {
    let scratch = Scratch::initialised();
    let before = keys(&scratch.home, None).unwrap().sealing.unwrap().seed();
    let home = Home::at(&scratch.home);
    let lock = home.lock_for_daemon().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(async { Listener::bind(&home, &lock) }).unwrap();
    runtime.spawn(serve(listener, move |_| {
        let answer = answer.clone();
        async move { answer }
    }));
    let circle = "03".repeat(32);
    let ran = scratch.run(&["key", "rotate", "--circle", &circle]);
    let after = keys(&scratch.home, None).unwrap();
    let held = after.sealing.iter().chain(&after.former_sealing).map(|key| *key.seed()).collect();
    (ran, held, *before)
}

#[test]
fn a_sealing_key_is_given_up_only_when_nobody_can_have_heard_of_it() {
    let failed = |exit: Exit, code: &str| {
        let failure = FailureDoc {
            exit: exit.code(),
            code: code.to_owned(),
            text: "it did not go well".to_owned(),
            remedy: "another time".to_owned(),
        };
        serde_json::to_vec(&Answer::Failed(failure)).unwrap()
    };
    let (ran, held, before) = rotated_by(failed(Exit::Refused, "refused"));
    assert_eq!((ran.code, &held[..]), (8, &[before][..]), "{ran:?}");
    // The act is done as soon as the disk can be written, or nobody knows whether it was done.
    for unsure in [failed(Exit::Failed, "not-written"), b"no answer that is known".to_vec()] {
        let (ran, held, before) = rotated_by(unsure);
        assert_eq!((ran.code, held.len(), held[1]), (10, 2, before), "{ran:?}");
        assert!(held[0] != before && ran.err.contains("stays in the key file"), "{ran:?}");
    }
}
