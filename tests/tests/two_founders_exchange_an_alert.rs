//! Two rival campaigns found a circle by hand, and what one publishes the other reads, checks and exports.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use watchfire_tests::cluster::{Node, as_str, two_founders};
use watchfire_tests::samples::{pairs, phishing, stix};
use watchfire_tests::wait::wait_until;

/// Type and value of every row of an exported table.
fn rows(csv: &str) -> Vec<(String, String)> {
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("type,value,state,"), "{csv}");
    let mut rows: Vec<_> = lines
        .map(|line| {
            let (kind, rest) = line.split_once(',').unwrap();
            let value = match rest.strip_prefix('"') {
                Some(quoted) => {
                    quoted.replace("\"\"", "\u{1}").split('"').next().unwrap().replace('\u{1}', "\"")
                }
                None => rest.split(',').next().unwrap().to_owned(),
            };
            (kind.to_owned(), value)
        })
        .collect();
    rows.sort();
    rows
}

fn assert_not_found(node: &Node, value: &str) {
    let checked = node.exits(&["check", value], 1);
    assert_eq!(checked["results"][0]["state"], "unknown");
}

#[test]
fn what_one_publishes_the_other_reads_checks_and_exports() {
    let (smith, jones) = two_founders();
    let (file, expected) = phishing();
    let path = smith.file("lure.json", file);

    let dry = smith.ok(&["publish", &path, "--dry-run"]);
    assert_eq!((&dry["outcome"], &dry["record"]), (&"dry-run".into(), &serde_json::Value::Null));
    assert_eq!(pairs(&dry["kept"]), expected);
    assert!(smith.alerts(0).is_empty() && jones.alerts(0).is_empty(), "a dry run sends nothing");

    let published =
        smith.ok(&["publish", &path, "--yes", "--title", "Fake donation page", "--severity", "high"]);
    assert_eq!(published["outcome"], "published");
    assert_eq!(pairs(&published["kept"]), expected);

    let alert = &jones.alerts(1)[0];
    assert_eq!(alert["record"], published["record"]);
    assert_eq!(alert["title"], "Fake donation page");
    assert_eq!((&alert["author"], &alert["side"]), (&"Smith for State".into(), &"democratic".into()));
    assert_eq!((&alert["tlp"], &alert["severity"]), (&"amber".into(), &"high".into()));
    assert!(alert["received"].is_string(), "{alert}");
    assert_eq!(pairs(&alert["indicators"]), expected);
    let own = &smith.alerts(1)[0];
    assert_eq!((&own["record"], &own["received"]), (&published["record"], &serde_json::Value::Null));

    for (kind, value) in &expected {
        let checked = jones.ok(&["check", value]);
        let result = &checked["results"][0];
        assert_eq!(
            (&result["type"], &result["state"]),
            (&kind.as_str().into(), &"reported".into()),
            "{value}"
        );
        assert_eq!(result["alerts"][0], published["record"]);
    }
    jones.ok(&["check", "hxxps://donor-verify[.]watchfire-sample[.]net/reset?id=1"]);
    assert_not_found(&jones, "harmless.example");
    jones.ok(&["check", "harmless.example", "donor-verify.watchfire-sample.net"]);

    let table = jones.text(&["export", "csv"]);
    assert_eq!((table.code, rows(&table.out)), (0, expected.clone()));
    let out = jones.folder().join("out.csv").display().to_string();
    assert_eq!(jones.ok(&["export", "csv", "--out", &out])["written"], expected.len());
    assert_eq!(fs::read_to_string(&out).unwrap(), table.out);

    let shown = jones.ok(&["show", &as_str(&published["record"])[..8]]);
    assert_eq!(pairs(&shown["indicators"]), expected);
}

/// The home's copy of the draft is kept once it can be, and nobody waits for it.
#[test]
fn a_circle_is_founded_while_a_command_changes_the_home() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let drafted = smith.ok(&["circle", "found", "--name", "Ohio Watch", "--card", &jones.card()]);
    let draft = as_str(&drafted["draft"]);
    let alone = fs::read(&draft).unwrap();
    let passed_on = jones.file("ohio.draft", &alone);
    jones.ok(&["circle", "sign", &passed_on]);
    smith.start(&[]);
    let edit = fs::File::create(smith.path().join("edit.lock")).unwrap();
    edit.lock().unwrap();
    jones.start(&[&smith]);
    wait_until("both to be members", || {
        [&smith, &jones].iter().all(|node| node.status()["state"] == "member")
    });
    assert_eq!(fs::read(&draft).unwrap(), alone);
    drop(edit);
    wait_until("the other's signature to be kept", || {
        fs::read(&draft).unwrap() == fs::read(&passed_on).unwrap()
    });
    smith.publish("Lure");
    jones.alerts(1);
}

#[test]
fn two_sides_that_report_the_same_corroborate_it() {
    let (smith, jones) = two_founders();
    let lure = |title: &str| stix(title, &["[domain-name:value = 'donor-verify.watchfire-sample.net']"]);
    smith.ok(&["publish", &smith.file("a.json", lure("Seen at Smith's")), "--yes"]);
    jones.alerts(1);
    jones.ok(&["publish", &jones.file("b.json", lure("Seen at Jones's")), "--yes"]);
    for node in [&smith, &jones] {
        node.alerts(2);
        let result = &node.ok(&["check", "donor-verify.watchfire-sample.net"])["results"][0];
        assert_eq!((&result["state"], &result["reports"]), (&"corroborated".into(), &2.into()));
        assert_eq!(result["sides"], serde_json::json!(["democratic", "republican"]));
        let believed = node.ok(&["alerts", "--state", "corroborated"]);
        assert_eq!(believed["alerts"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn what_must_not_leave_stays_at_home() {
    let (smith, jones) = two_founders();
    smith.ok(&["sanitizer", "own", "--domain", "smith.example"]);
    let mail = "Our treasurer got a mail from billing@donor-verify.watchfire-sample.net to treasurer@smith.example,\n\
                with a link to hxxps://donor-verify[.]watchfire-sample[.]net/reset. Our printer is 192.168.1.20.\n";
    let published =
        smith.ok(&["publish", &smith.file("mail.txt", mail), "--yes", "--title", "Donation lure"]);
    let outgoing = published["outgoing"].to_string();
    assert!(!published["changed"].as_array().unwrap().is_empty(), "{published}");
    let heard = format!("{} {}", outgoing, serde_json::Value::from(jones.alerts(1)));
    for secret in ["@smith.example", "192.168.1.20"] {
        assert!(!heard.contains(secret), "{secret} in {heard}");
    }
    jones.ok(&["check", "https://donor-verify.watchfire-sample.net/reset"]);
    assert_not_found(&jones, "treasurer@smith.example");
    assert_not_found(&jones, "192.168.1.20");
}

/// A real incident file of thousands of indicators, where the folder with such files is at hand.
#[test]
fn a_file_of_thousands_arrives_as_one_alert() {
    let Some(path) = shared("stix-amnesty/pegasus.stix2") else { return };
    let (smith, jones) = two_founders();
    let published = smith.ok(&["publish", &path.display().to_string(), "--yes"]);
    assert!(published["records"].as_array().unwrap().len() > 1);
    let kept = pairs(&published["kept"]);
    assert!(kept.len() > 1000, "{}", kept.len());
    let alert = &jones.alerts(1)[0];
    assert_eq!(pairs(&alert["indicators"]), kept);
    let domain = kept.iter().find(|(kind, _)| kind == "domain").map(|(_, value)| value.clone()).unwrap();
    jones.ok(&["check", &domain]);
    assert_not_found(&jones, "harmless.example");
    assert_eq!(rows(&jones.text(&["export", "csv"]).out), kept);
    // Nothing is silently lost: what is not among the kept is among what was changed or skipped, with a reason each.
    for list in ["changed", "skipped"] {
        for one in published[list].as_array().unwrap() {
            assert!(!one["reason"].as_str().unwrap().is_empty(), "{one}");
        }
    }
}

/// Every real file that is at hand is read, or named as what is wrong with it.
#[test]
fn every_real_file_is_read_or_said_to_be_wrong() {
    let home = watchfire_tests::client::Home::init("Smith for State", "democratic");
    for folder in ["misp-eset", "text", "stix-amnesty"] {
        let Some(folder) = shared(folder) else { continue };
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path().display().to_string();
            if path.ends_with("LICENSE") {
                continue;
            }
            let ran = home.cmd(&["publish", &path, "--dry-run"]);
            let document = ran.json();
            match ran.code {
                0 => assert!(!document["kept"].as_array().unwrap().is_empty(), "{path}"),
                8 => assert!(document["error"]["text"].is_string(), "{path}: {document}"),
                code => panic!("{path} exits {code}: {ran:?}"),
            }
        }
    }
}

/// A file of the folder of real data that may lie beside the repository.
fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap();
    let found = root.join("shared/data").join(path);
    found.exists().then_some(found)
}
