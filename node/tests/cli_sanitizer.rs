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
        json!({"schema": 1, "added_domains": ["smith2028.com"], "added_names": ["Jordan Smith"], "added_words": [],
               "added_phones": [], "added_networks": [], "domains": ["smith2028.com"],
               "names": ["Smith for State", "Jordan Smith"], "words": [], "phones": [], "networks": [],
               "sources": [], "dry_run": false})
    );
    let again = scratch.run(&["sanitizer", "own", "--domain", "SMITH2028.com", "--name", "jordan smith"]);
    assert_eq!(
        (again.code, again.out.as_str()),
        (0, "all of it was there already; 1 domain, 2 names will not leave this home\n")
    );
    let listed = scratch.run(&["sanitizer", "list"]);
    assert_eq!(listed.out, "domain  smith2028.com\nname    Smith for State\nname    Jordan Smith\n");
    let listed = scratch.run(&["--json", "sanitizer", "list"]).json();
    assert_eq!(
        listed,
        json!({"schema": 1, "domains": ["smith2028.com"], "names": ["Smith for State", "Jordan Smith"],
               "words": [], "phones": [], "networks": [], "decisions": []})
    );
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

#[test]
fn words_numbers_and_networks_are_added_listed_and_taken_away() {
    let scratch = Scratch::initialised();
    let arguments =
        ["sanitizer", "own", "--word", "Buckeye", "--phone", "(614) 555-0123", "--network", "185.10.20.9"];
    let added = scratch.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(added["added_words"], json!(["Buckeye"]));
    assert_eq!(added["added_phones"], json!(["(614) 555-0123"]));
    assert_eq!(added["added_networks"], json!(["185.10.20.9/32"]));
    let listed = scratch.run(&["sanitizer", "list"]);
    assert_eq!(
        listed.out,
        "name    Smith for State\nword    Buckeye\nphone   (614) 555-0123\nnetwork 185.10.20.9/32\n"
    );
    let removed = scratch.run(&["sanitizer", "remove", "buckeye", "185.10.20.9", "--json"]).json();
    assert_eq!(removed, json!({"schema": 1, "removed": ["Buckeye", "185.10.20.9/32"]}));
    scratch.assert_error(
        &["sanitizer", "remove", "(614) 555-0123", "nowhere"],
        2,
        "usage",
        "`nowhere` is not on your own list; nothing was removed",
        "watchfire sanitizer list shows what there is",
    );
    assert_eq!(scratch.run(&["sanitizer", "list"]).out, "name    Smith for State\nphone   (614) 555-0123\n");
    for (option, value) in [("--phone", "911"), ("--network", "0.0.0.0/0"), ("--word", "x")] {
        assert_eq!(scratch.run(&["sanitizer", "own", option, value]).code, 2, "{option}");
    }
}

#[test]
fn what_the_member_has_anyway_is_understood_and_can_be_looked_at_first() {
    let scratch = Scratch::initialised();
    let write = |name: &str, text: &str| fs::write(scratch.folder.path().join(name), text).unwrap();
    write(
        "staff.csv",
        "First Name,Last Name,Email\nAnna,Lee,anna@smith2028.org\nBob,Ray,bob@smith2028.org\n",
    );
    write("db.smith-action.org", "$TTL 1h\n@ IN SOA ns1 root 1 1 1 1 1\nwww IN A 185.10.20.9\n");
    let arguments = ["sanitizer", "own", "--from", "staff.csv", "--from", "db.smith-action.org"];
    let before = scratch.run(&["sanitizer", "list"]).out;
    let dry = scratch.run(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(
        scratch.anonymous(&dry.out).lines().take(2).collect::<Vec<_>>(),
        [
            "FOLDER/staff.csv: a staff list: 2 people, 2 addresses, 0 numbers, 1 domain",
            "FOLDER/db.smith-action.org: a DNS zone file: 1 domain, 1 address"
        ]
    );
    assert_eq!(scratch.run(&["sanitizer", "list"]).out, before);
    let added = scratch.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(added["added_domains"], json!(["smith2028.org", "smith-action.org"]));
    assert_eq!(
        added["added_names"],
        json!(["Anna Lee", "anna@smith2028.org", "Bob Ray", "bob@smith2028.org"])
    );
    assert_eq!(added["added_networks"], json!(["185.10.20.9/32"]));
    assert_eq!(added["sources"][0]["contacts_left"], 0);
}

#[test]
fn init_puts_the_own_name_and_what_it_is_told_on_the_list() {
    let scratch = Scratch::new();
    let init = ["init", "--name", "Smith for State", "--side", "democratic", "--no-passphrase"];
    let wrong = scratch.run(&[&init[..], &["--own-domain", "com"]].concat());
    assert_eq!((wrong.code, scratch.home.exists()), (2, false));
    let told = ["--own-domain", "smith2028.org", "--own-name", "Anna Lee", "--own-name", "Bob Ray"];
    assert_eq!(scratch.run(&[&init[..], &told].concat()).code, 0);
    let listed = scratch.run(&["sanitizer", "list", "--json"]).json();
    assert_eq!(listed["domains"], json!(["smith2028.org"]));
    assert_eq!(listed["names"], json!(["Smith for State", "Anna Lee", "Bob Ray"]));
}

#[test]
fn sent_mail_gives_the_own_people_and_leaves_contacts_to_the_person() {
    let scratch = Scratch::initialised();
    let folder = scratch.folder.path().join("Sent/cur");
    fs::create_dir_all(&folder).unwrap();
    let mail = "From: Anna Lee <anna@smith2028.org>\r\nTo: Bob Ray <bob@smith2028.org>, Zoe Voter <zoe@voters.net>\r\n\r\nhello\r\n";
    fs::write(folder.join("1.host:2,S"), mail).unwrap();
    let added = scratch.run(&["sanitizer", "own", "--from", "Sent", "--json"]).json();
    assert_eq!(added["added_domains"], json!(["smith2028.org"]));
    let own = json!(["anna@smith2028.org", "Anna Lee", "bob@smith2028.org", "Bob Ray"]);
    assert_eq!(added["added_names"], own);
    assert_eq!(added["sources"][0]["contacts_left"], 2);
    let added = scratch.run(&["sanitizer", "own", "--from", "Sent", "--with-contacts", "--json"]).json();
    assert_eq!(added["added_names"], json!(["zoe@voters.net", "Zoe Voter"]));
    fs::create_dir(scratch.folder.path().join("empty")).unwrap();
    scratch.assert_error(
        &["sanitizer", "own", "--from", "empty"],
        2,
        "own-list-unusable",
        "FOLDER/empty: there is no mail in this folder; nothing was added",
        "a Maildir, or a folder of .eml files or mailboxes",
    );
}
