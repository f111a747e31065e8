//! `sanitizer own` and `sanitizer list`: the member's own list grows, and never by half.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use serde_json::json;
use support::Scratch;

#[test]
fn what_was_added_is_listed_in_its_normal_form_and_once() {
    let scratch = Scratch::initialised();
    let added = scratch.run(&[
        "sanitizer",
        "own",
        "--domain",
        "https://Smith2028[.]com/donate",
        "--name",
        " Jordan  Smith ",
        "--json",
    ]);
    assert_eq!(
        added.json(),
        json!({"schema": 1, "added_domains": ["smith2028.com"], "added_names": ["Jordan Smith"],
               "domains": ["smith2028.com"], "names": ["Jordan Smith"]})
    );
    let again = scratch.run(&["sanitizer", "own", "--domain", "SMITH2028.com", "--name", "jordan smith"]);
    assert_eq!(
        (again.code, again.out.as_str()),
        (0, "all of it was there already; 1 domains and 1 names will not leave this home\n")
    );
    let listed = scratch.run(&["sanitizer", "list"]);
    assert_eq!(listed.out, "domain  smith2028.com\nname    Jordan Smith\n");
    let listed = scratch.run(&["--json", "sanitizer", "list"]).json();
    assert_eq!(listed, json!({"schema": 1, "domains": ["smith2028.com"], "names": ["Jordan Smith"]}));
}

#[test]
fn a_file_or_the_input_gives_domains_names_and_addresses() {
    let scratch = Scratch::initialised();
    let text =
        "\u{feff}# our people\nsmith2028.com\r\n\nJordan Smith  # the candidate\njordan@smith2028.com\n";
    let file = scratch.folder.path().join("own.txt");
    fs::write(&file, text).unwrap();
    let added = scratch.run(&["sanitizer", "own", "--from", "own.txt", "--json"]).json();
    assert_eq!(added["added_domains"], json!(["smith2028.com"]));
    assert_eq!(added["added_names"], json!(["Jordan Smith", "jordan@smith2028.com"]));
    let added = scratch.run_with_input(&["sanitizer", "own", "--from", "-", "--json"], b"smith-donate.com\n");
    assert_eq!(added.json()["added_domains"], json!(["smith-donate.com"]));
}

#[test]
fn one_word_that_cannot_be_used_leaves_the_list_as_it_was() {
    let scratch = Scratch::initialised();
    let before = scratch.files();
    scratch.assert_error(
        &["sanitizer", "own", "--domain", "smith2028.com", "--domain", "com"],
        2,
        "own-list-unusable",
        "--domain: `com` is no domain (not a usable domain: one label alone); nothing was added",
        "a domain such as smith2028.example, or a name of three letters or more",
    );
    fs::write(scratch.folder.path().join("own.txt"), "Jordan Smith\nJS\n").unwrap();
    scratch.assert_error(
        &["sanitizer", "own", "--from", "own.txt"],
        2,
        "own-list-unusable",
        "FOLDER/own.txt line 2: `JS` is too short to search for: 3 letters are needed; nothing was added",
        "a domain such as smith2028.example, or a name of three letters or more",
    );
    scratch.assert_error(
        &["sanitizer", "own", "--from", "missing.txt"],
        10,
        "file-unreadable",
        "cannot read FOLDER/missing.txt: No such file or directory (os error 2)",
        "check the name of the file",
    );
    fs::write(scratch.folder.path().join("own.txt"), b"caf\xe9\n").unwrap();
    scratch.assert_error(
        &["sanitizer", "own", "--from", "own.txt"],
        10,
        "file-not-text",
        "FOLDER/own.txt is not UTF-8 text",
        "save it as UTF-8 text first",
    );
    assert_eq!(scratch.run(&["sanitizer", "own"]).code, 2);
    let without_locks = |files: Vec<_>| {
        files
            .into_iter()
            .filter(|(path, _): &(std::path::PathBuf, _)| !path.ends_with("edit.lock"))
            .collect::<Vec<_>>()
    };
    assert_eq!(without_locks(scratch.files()), without_locks(before));
}

#[test]
fn settings_that_cannot_be_understood_stop_the_command_and_stay() {
    let scratch = Scratch::initialised();
    let path = scratch.home.join("settings.toml");
    fs::write(&path, "schema = 1\n[sanitizer]\nown_domain = [\"smith2028.com\"]\n").unwrap();
    for arguments in [&["sanitizer", "list"][..], &["sanitizer", "own", "--name", "Jordan Smith"]] {
        scratch.assert_error(
            arguments,
            10,
            "settings-invalid",
            "FOLDER/home/settings.toml: there is no setting `own_domain` in [sanitizer]; the nearest is `own_domains`",
            "correct that line, or move the file away to start from the defaults",
        );
    }
    assert!(fs::read_to_string(&path).unwrap().contains("own_domain ="));
}

#[test]
fn additions_at_the_same_time_are_all_kept() {
    let scratch = Scratch::initialised();
    let children: Vec<_> = (0..8)
        .map(|number| {
            let domain = format!("smith{number}.com");
            scratch.command().args(["sanitizer", "own", "--domain", &domain]).spawn().unwrap()
        })
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(scratch.run(&["sanitizer", "list", "--json"]).json()["domains"].as_array().unwrap().len(), 8);
}
