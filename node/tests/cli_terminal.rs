//! What only a person at a terminal sees: colour, questions, the walk through what is held.

#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;
use support::Scratch;

/// Runs the program in a terminal of its own, types `keys` and gives what the terminal shows and the exit code.
fn in_terminal(
    scratch: &Scratch,
    arguments: &[&str],
    variables: &[(&str, &str)],
    keys: &str,
) -> (String, i32) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = OpenOptions::new().read(true).write(true).open(name).unwrap();
    let stdio = || Stdio::from(slave.try_clone().unwrap());
    let mut command = scratch.command();
    command.args(arguments).stdin(stdio()).stdout(stdio()).stderr(stdio());
    command.env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
    let mut child = command.spawn().unwrap();
    drop(command);
    drop(slave);
    let mut master = File::from(master);
    master.write_all(keys.as_bytes()).unwrap();
    let (mut shown, mut some) = (Vec::new(), [0; 4096]);
    // The last one to close the terminal ends it with an error.
    while let Ok(count @ 1..) = master.read(&mut some) {
        shown.extend_from_slice(some.get(..count).unwrap());
    }
    let code = child.wait().unwrap().code().unwrap();
    (String::from_utf8(shown).unwrap().replace("\r\n", "\n"), code)
}

fn report(scratch: &Scratch) {
    assert_eq!(scratch.run(&["sanitizer", "own", "--domain", "smith2028.org"]).code, 0);
    let text = "hxxps://pay[.]ohio-invoices[.]net/x?u=anna@smith2028.org&page=2\n10.1.2.3\n45.0.0.0/8\n";
    fs::write(scratch.folder.path().join("report.txt"), text).unwrap();
}

#[test]
fn a_diff_has_colour_and_marks_only_the_changed_part() {
    let scratch = Scratch::initialised();
    report(&scratch);
    let dry_run = ["publish", "report.txt", "--dry-run"];
    let (shown, code) = in_terminal(&scratch, &dry_run, &[], "");
    assert_eq!(code, 0);
    for part in [
        "\u{1b}[31mhttps://pay.ohio-invoices.net/x?u=\u{1b}[0m\u{1b}[1;97;41manna@smith2028.org\u{1b}[0m\u{1b}[31m&page=2\u{1b}[0m",
        "\u{1b}[1;30;42mremoved\u{1b}[0m\u{1b}[32m&page=2\u{1b}[0m",
        "\u{1b}[33mheld: 1\u{1b}[0m",
        "\u{1b}[32m  + url            https://pay.ohio-invoices.net/x?u=removed&page=2\u{1b}[0m",
        "\u{1b}[90m    - 10.1.2.3\u{1b}[0m",
    ] {
        assert!(shown.contains(part), "{part:?} is missing in {shown:?}");
    }
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let (shown, code) = in_terminal(&scratch, &dry_run, &[variable], "");
        assert!(code == 0 && !shown.contains('\u{1b}'), "{shown:?}");
    }
}

#[test]
fn the_walk_asks_about_each_and_keeps_what_was_decided() {
    let scratch = Scratch::initialised();
    let held = |value: &str| {
        json!({"type": "domain", "value": value, "rule": 204, "reason": "a whole service", "title": "Fake",
               "tlp": "amber", "severity": "high", "since": "2026-11-22T10:00:00.000Z"})
    };
    let all = [
        "one.watchfire-sample.net",
        "two.watchfire-sample.net",
        "three.watchfire-sample.net",
        "four.watchfire-sample.net",
    ];
    let file = json!({"schema": 1, "held": all.map(held)});
    fs::write(scratch.home.join("held.json"), file.to_string()).unwrap();
    // Keep, a key that means nothing, later, share (nobody is there to send it), quit.
    let (shown, code) = in_terminal(&scratch, &["review"], &[], "k\nx\nl\ns\nq\n");
    assert_eq!(code, 3, "{shown}");
    for part in [
        "1 of 4",
        "4 of 4",
        "a whole service (rule 204)",
        "[s]hare, [k]eep home for good",
        "the daemon is not running",
    ] {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    let left = scratch.run(&["review", "--json"]).json();
    let left: Vec<_> = left["held"].as_array().unwrap().iter().map(|held| held["value"].clone()).collect();
    assert_eq!(left, all[1..]);
    let decisions = scratch.run(&["sanitizer", "list", "--json"]).json()["decisions"].clone();
    assert_eq!((decisions.as_array().unwrap().len(), &decisions[0]["verdict"]), (1, &json!("keep")));
}

#[test]
fn init_asks_for_the_own_domains_once() {
    let scratch = Scratch::new();
    let init = ["init", "--name", "Smith for State", "--side", "democratic", "--no-passphrase"];
    let (shown, code) = in_terminal(&scratch, &init, &[], "smith2028.org, https://smith-action.org/x com\n");
    assert!(code == 0 && shown.contains("`com` is no domain"), "{shown}");
    let listed = scratch.run(&["sanitizer", "list", "--json"]).json();
    assert_eq!(listed["domains"], json!(["smith2028.org", "smith-action.org"]));
    let other = Scratch::new();
    assert_eq!(in_terminal(&other, &init, &[], "\n").1, 0, "nobody has to answer");
}
