//! `publish --dry-run`: a person sees why in five seconds, and a script gets all of it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use serde_json::json;
use support::Scratch;

fn home() -> Scratch {
    let scratch = Scratch::initialised();
    let own = ["sanitizer", "own", "--domain", "smith2028.org", "--name", "Anna Lee"];
    assert_eq!(scratch.run(&own).code, 0);
    scratch
}

const REPORT: &str = "\
# Fake invoices for Anna Lee

- hxxps://pay[.]ohio-invoices[.]net/login?user=anna@smith2028.org&page=2
- 185.174.101.13
- 10.1.2.3
- 10.1.2.4
- mail.smith2028.org
- 45.0.0.0/8
";

fn written(scratch: &Scratch, text: &str) -> String {
    let path = scratch.folder.path().join("report.txt");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_script_gets_each_change_with_its_rule_its_place_and_both_texts() {
    let scratch = home();
    let ran = scratch.run(&["publish", &written(&scratch, REPORT), "--dry-run", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let document = ran.json();
    let changed = document["changed"].as_array().unwrap();
    let of = |before: &str| changed.iter().find(|change| change["before"] == before).unwrap();
    assert_eq!(
        of("10.1.2.3"),
        &json!({"kind": "dropped", "rule": 102, "reason": "a private address: it means another computer in every network",
                "type": "ipv4", "from": "line 5", "before": "10.1.2.3", "after": null})
    );
    assert_eq!(of("mail.smith2028.org")["rule"], 301);
    let masked = changed.iter().find(|change| change["kind"] == "masked" && change["type"] == "url").unwrap();
    assert_eq!(masked["from"], "line 3");
    assert!(masked["before"].as_str().unwrap().contains("anna@smith2028.org"));
    assert!(!masked["after"].as_str().unwrap().contains("smith2028"));
    let title = changed.iter().find(|change| change["before"] == "Anna Lee").unwrap();
    assert_eq!(
        (&title["after"], &title["type"], &title["from"]),
        (&json!("[removed]"), &json!(null), &json!(null))
    );
    assert_eq!(document["title"], "Fake invoices for [removed]");
    let outgoing = document["outgoing"].as_array().unwrap();
    assert_eq!(outgoing.first().unwrap(), "Fake invoices for [removed]");
    let kept = document["kept"].as_array().unwrap();
    assert_eq!(outgoing.len(), kept.len() + 1);
    assert!(kept.iter().all(|kept| outgoing.contains(&kept["value"]) && kept["from"].is_string()));
    assert!(kept.iter().all(|kept| kept["flags"].is_array()));
    assert!(!outgoing.iter().any(|text| text.as_str().unwrap().to_lowercase().contains("smith2028.org")));
}

#[test]
fn a_person_sees_what_leaves_then_what_waits_is_masked_and_stays() {
    let scratch = home();
    let ran = scratch.run(&["publish", &written(&scratch, REPORT), "--dry-run"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(!ran.out.contains('\u{1b}'), "no terminal, no colour");
    let at = |line: &str| ran.out.find(line).unwrap_or_else(|| panic!("{line} is missing in:\n{}", ran.out));
    assert!(at("Fake invoices for [removed] [medium, TLP:AMBER]") < at("would leave: "));
    assert!(at("  + ipv4           185.174.101.13  (line 4)") < at("masked: "));
    assert!(at("held: 1 (stays home until you decide)") < at("masked: "));
    assert!(at("masked: ") < at("dropped: 3 (stays home)"));
    at(
        "  rule 102 (2): a private address: it means another computer in every network\n    - 10.1.2.3  (line 5)\n",
    );
    assert!(ran.out.ends_with("Nothing was sent (--dry-run).\n"));
    assert_eq!(
        scratch.run(&["review", "--list"]).out,
        "nothing waits for a decision\n",
        "a dry run remembers nothing"
    );
}

#[test]
fn what_a_file_holds_cannot_move_the_cursor_or_turn_the_text() {
    let scratch = home();
    let hostile = "{\"Event\":{\"info\":\"a\\u001b[2Jb\\u202ec\",\"Attribute\":[\
        {\"type\":\"filename\",\"value\":\"in\\u202evoice.exe\",\"to_ids\":true},\
        {\"type\":\"user-agent\",\"value\":\"x\\u001b]0;y\\u0007z\",\"to_ids\":true},\
        {\"type\":\"ip-dst\",\"value\":\"185.174.101.13\",\"to_ids\":true}]}}";
    let ran = scratch.run(&["publish", &written(&scratch, hostile), "--dry-run"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", ran.out);
}

#[test]
fn a_list_that_is_too_long_for_one_publication_becomes_several() {
    let scratch = home();
    let list: String = (0..131_100_u32)
        .map(|number| format!("{}\n", std::net::Ipv4Addr::from(0x0b00_0001_u32.wrapping_add(number * 7))))
        .collect();
    let arguments = ["publish", &written(&scratch, &list), "--title", "Botnet", "--dry-run", "--json"];
    let document = scratch.run(&arguments).json();
    let outgoing = document["outgoing"].as_array().unwrap();
    assert_eq!((&outgoing[0], &outgoing[1]), (&json!("Botnet (1 of 2)"), &json!("Botnet (2 of 2)")));
    assert_eq!(document["kept"].as_array().unwrap().len() + 2, outgoing.len());
    assert_eq!(document["title"], "Botnet");
}

#[test]
fn a_home_without_own_domains_is_told_what_to_run() {
    let scratch = Scratch::initialised();
    let path = written(&scratch, "hxxps://pay[.]ohio-invoices[.]net/\n");
    let ran = scratch.run(&["publish", &path, "--dry-run"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("watchfire sanitizer own --domain DOMAIN"), "{}", ran.err);
    assert_eq!(scratch.run(&["publish", &path, "--dry-run", "--json"]).err, "");
}
