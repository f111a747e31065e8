//! `review`: what publish held waits for a person, and nothing of it is lost.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::Scratch;

fn waiting(value: &str) -> Value {
    json!({"type": "domain", "value": value, "rule": 204, "reason": "a whole service", "title": "Fake pages",
           "tlp": "amber", "severity": "high", "expires": null, "since": "2026-11-22T10:00:00.000Z"})
}

/// A home in which these wait.
fn home(values: &[&str]) -> Scratch {
    let scratch = Scratch::initialised();
    let held: Vec<Value> = values.iter().map(|value| waiting(value)).collect();
    fs::write(scratch.home.join("held.json"), json!({"schema": 1, "held": held}).to_string()).unwrap();
    scratch
}

fn values(document: &Value) -> Vec<String> {
    let held = document["held"].as_array().unwrap();
    held.iter().map(|held| held["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_waits_is_listed_with_its_reason() {
    let scratch = home(&["one.watchfire-sample.net", "two.watchfire-sample.net"]);
    let listed = scratch.run(&["review", "--list"]);
    assert_eq!(listed.code, 0);
    assert!(listed.out.starts_with(
        "? domain     one.watchfire-sample.net\n    a whole service (rule 204)\n    of: Fake pages [high, TLP:AMBER], since 2026-"
    ));
    assert!(listed.out.ends_with("2 held; to decide: watchfire review\n"));
    for arguments in [&["review", "--list", "--json"][..], &["review", "--json"]] {
        let document = scratch.run(arguments).json();
        assert_eq!(document["held"][0], waiting("one.watchfire-sample.net"));
    }
    assert_eq!(Scratch::initialised().run(&["review"]).out, "nothing waits for a decision\n");
}

#[test]
fn what_stays_home_for_good_is_remembered_and_can_be_forgotten() {
    let scratch = home(&["one.watchfire-sample.net", "two.watchfire-sample.net"]);
    let done = scratch.run(&["review", "--keep", "one[.]watchfire-sample[.]net", "--json"]).json();
    assert_eq!(done["kept_home"], json!([{"type": "domain", "value": "one.watchfire-sample.net"}]));
    assert_eq!((&done["waiting"], &done["record"]), (&json!(1), &json!(null)));
    assert_eq!(values(&scratch.run(&["review", "--json"]).json()), ["two.watchfire-sample.net"]);
    let decisions = scratch.run(&["sanitizer", "list", "--json"]).json()["decisions"].clone();
    assert_eq!(
        (&decisions[0]["value"], &decisions[0]["verdict"], &decisions[0]["rule"]),
        (&json!("one.watchfire-sample.net"), &json!("keep"), &json!(204))
    );

    fs::write(scratch.folder.path().join("list.txt"), "one.watchfire-sample.net\n185.174.101.13\n").unwrap();
    let publish = ["publish", "list.txt", "--dry-run", "--json"];
    let document = scratch.run(&publish).json();
    assert_eq!(
        (&document["changed"][0]["rule"], document["kept"].as_array().unwrap().len()),
        (&json!(601), 1)
    );
    let forgotten = scratch.run(&["sanitizer", "forget", "ONE.watchfire-sample.net"]);
    assert_eq!(forgotten.out, "the rules decide again: one.watchfire-sample.net\n");
    assert_eq!(scratch.run(&publish).json()["changed"], json!([]));
    assert_eq!(scratch.run(&["sanitizer", "forget", "one.watchfire-sample.net"]).code, 2);
}

#[test]
fn without_a_daemon_nothing_is_shared_and_nothing_is_lost() {
    let scratch = home(&["one.watchfire-sample.net"]);
    let without_locks = || {
        let files = scratch.files().into_iter();
        files.filter(|(path, _)| !path.ends_with("edit.lock")).collect::<Vec<_>>()
    };
    let before = without_locks();
    scratch.assert_error(
        &["review", "--share", "one.watchfire-sample.net", "--yes"],
        3,
        "daemon-not-running",
        "the daemon is not running, so nothing can be shared; all of it waits still",
        "watchfire run, in another terminal or as a service, then the same again",
    );
    scratch.assert_error(
        &["review", "--keep", "one.watchfire-sample.net", "--share", "three.watchfire-sample.net"],
        2,
        "usage",
        "`three.watchfire-sample.net` does not wait for a decision; nothing was decided",
        "watchfire review --list",
    );
    scratch.assert_error(
        &["review", "--keep", "one.watchfire-sample.net", "--share", "one.watchfire-sample.net"],
        2,
        "usage",
        "`one.watchfire-sample.net` cannot be shared and kept home",
        "--share or --keep",
    );
    let ran = scratch.run(&["review"]);
    assert_eq!((ran.code, ran.err.lines().next()), (2, Some("error: nobody is here to decide")));
    assert_eq!(without_locks(), before);
}

#[test]
fn a_queue_or_decisions_that_cannot_be_understood_stop_the_command_and_stay() {
    let scratch = Scratch::initialised();
    for (name, code, arguments) in [
        ("held.json", "held-invalid", &["review", "--list", "--json"][..]),
        ("decisions.toml", "decisions-invalid", &["publish", "-", "--dry-run", "--json"]),
    ] {
        fs::write(scratch.home.join(name), "damaged").unwrap();
        let ran = scratch.run(arguments);
        assert_eq!((ran.code, ran.json()["error"]["code"].as_str()), (10, Some(code)));
        assert_eq!(fs::read_to_string(scratch.home.join(name)).unwrap(), "damaged");
    }
}
