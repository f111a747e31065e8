//! `warninglists`: lists are taken over whole or not at all, what is on one stays home, and readers are told.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::Scratch;

const BANKS: &str = r#"{"name": "Known banks", "description": "Banks.", "version": 7, "type": "hostname",
    "matching_attributes": ["domain", "hostname", "url"], "list": ["ohio-bank.net", ".bank-ohio.net", "com"]}"#;
const DYNAMIC: &str = r#"{"name": "List of known dynamic DNS domains", "version": "20250101", "type": "hostname",
    "list": ["ohio-dyn.net"]}"#;

/// A folder as a checkout of the public collection is.
fn collection(scratch: &Scratch) -> String {
    let root = scratch.folder.path().join("collection");
    for (name, text) in [
        ("banks", BANKS),
        ("dynamic", DYNAMIC),
        ("broken", "{\"name\": "),
        ("odd", "{\"name\": \"Odd\", \"type\": \"xpath\", \"list\": []}"),
    ] {
        fs::create_dir_all(root.join("lists").join(name)).unwrap();
        fs::write(root.join("lists").join(name).join("list.json"), text).unwrap();
    }
    fs::write(root.join("README.md"), "# Lists").unwrap();
    root.display().to_string()
}

fn names(document: &Value) -> Vec<&str> {
    document["lists"].as_array().unwrap().iter().map(|list| list["name"].as_str().unwrap()).collect()
}

fn rules(scratch: &Scratch) -> Vec<(String, u64)> {
    let report = "ohio-bank.net\nlogin.bank-ohio.net\nohio-dyn.net\nevil.ohio-dyn.net\nohio-invoices.net\n";
    let shown = scratch.run_with_input(&["publish", "-", "--dry-run", "--json"], report.as_bytes()).json();
    let changed = shown["changed"].as_array().unwrap().iter();
    changed
        .map(|change| (change["before"].as_str().unwrap().to_owned(), change["rule"].as_u64().unwrap()))
        .collect()
}

#[test]
fn what_is_taken_over_is_listed_and_keeps_things_home() {
    let scratch = Scratch::initialised();
    let folder = collection(&scratch);
    assert_eq!(
        scratch.run(&["warninglists", "list", "--json"]).json(),
        json!({"schema": 1, "lists": [], "entries": 0})
    );
    assert_eq!(rules(&scratch), []);
    let updated = scratch.run(&["warninglists", "update", &folder, "--json"]).json();
    assert_eq!(
        (&updated["lists"], &updated["taken"], &updated["entries"]),
        (&json!(2), &json!(2), &json!(3))
    );
    assert_eq!(updated["refused"].as_array().unwrap().len(), 2, "{updated}");
    assert_eq!(updated["unusable"][0]["entry"], "com");
    let listed = scratch.run(&["warninglists", "list", "--json"]).json();
    assert_eq!(names(&listed), ["Known banks", "List of known dynamic DNS domains"]);
    assert_eq!(
        listed["lists"][0],
        json!({"name": "Known banks", "type": "hostname", "version": 7, "entries": 2, "unusable": 1,
               "matches": ["domain", "url"], "hit": "dropped", "description": "Banks."})
    );
    let held = |value: &str, rule| (value.to_owned(), rule);
    let expected = [held("ohio-bank.net", 513), held("login.bank-ohio.net", 514), held("ohio-dyn.net", 514)];
    assert_eq!(rules(&scratch), expected);
    let shown = scratch.run(&["warninglists", "list"]).out;
    assert!(shown.contains("       2 hostname  dropped Known banks (7)\n"), "{shown}");
}

#[test]
fn one_file_comes_beside_the_others_and_a_name_goes() {
    let scratch = Scratch::initialised();
    let folder = collection(&scratch);
    let file = format!("{folder}/lists/dynamic/list.json");
    assert_eq!(scratch.run(&["warninglists", "update", &file, "--json"]).json()["lists"], 1);
    let file = format!("{folder}/lists/banks/list.json");
    assert_eq!(scratch.run(&["warninglists", "update", &file, "--json"]).json()["lists"], 2);
    assert_eq!(scratch.run(&["warninglists", "update", &file, "--json"]).json()["lists"], 2);
    let removed = scratch.run(&["warninglists", "remove", "Known banks", "--json"]).json();
    assert_eq!(removed, json!({"schema": 1, "removed": ["Known banks"], "lists": 1, "entries": 1}));
    assert_eq!(rules(&scratch), [("ohio-dyn.net".to_owned(), 514)]);
    let again = scratch.run(&["warninglists", "remove", "Known banks", "--json"]);
    assert_eq!((again.code, &again.json()["error"]["code"]), (1, &json!("no-such-warninglist")));
}

#[test]
fn an_update_that_finds_no_list_changes_nothing() {
    let scratch = Scratch::initialised();
    let folder = collection(&scratch);
    scratch.run(&["warninglists", "update", &folder]);
    let before = scratch.run(&["warninglists", "list"]).out;
    fs::create_dir_all(scratch.folder.path().join("empty")).unwrap();
    let huge = scratch.folder.path().join("huge.json");
    fs::File::create(&huge).unwrap().set_len(1 << 30).unwrap();
    for (path, code) in [
        ("empty", "no-warninglists"),
        ("huge.json", "no-warninglists"),
        ("nowhere", "warninglists-unreadable"),
        ("collection/lists/odd/list.json", "no-warninglists"),
    ] {
        let path = scratch.folder.path().join(path).display().to_string();
        let failed = scratch.run(&["warninglists", "update", &path, "--json"]);
        assert_eq!((failed.code, &failed.json()["error"]["code"]), (10, &json!(code)), "{path}");
    }
    assert_eq!(scratch.run(&["warninglists", "list"]).out, before);
}

#[test]
fn damaged_lists_stop_a_publication_and_say_what_to_do() {
    let scratch = Scratch::initialised();
    let folder = collection(&scratch);
    scratch.run(&["warninglists", "update", &folder]);
    let file = scratch.home.join("warninglists.bin");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let stopped = scratch.run_with_input(&["publish", "-", "--dry-run", "--json"], b"ohio-invoices.net\n");
    assert_eq!((stopped.code, &stopped.json()["error"]["code"]), (10, &json!("warninglists-damaged")));
    assert_eq!(scratch.run(&["warninglists", "remove", "--all", "--json"]).json()["lists"], 0);
    assert_eq!(rules(&scratch), []);
    fs::write(&file, b"something else").unwrap();
    assert_eq!(scratch.run(&["warninglists", "update", &folder, "--json"]).json()["lists"], 2);
}
