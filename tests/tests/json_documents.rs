//! The shape of every document that scripts read. A change here is a change of a promise: names and types may be added,
//! and what is there stays.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, approve, as_str, shown, two_founders};
use watchfire_tests::samples::{misp, phishing};
use watchfire_tests::wait::wait_until;

/// Keys with the types of their values, in the order of their names: `{author:text, indicators:[{type:text}]}`.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(all) => format!("[{}]", all.first().map(shape).unwrap_or_default()),
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().map(|(key, value)| format!("{key}:{}", shape(value))).collect();
            keys.sort();
            format!("{{{}}}", keys.join(", "))
        }
    }
}

fn is(document: &Value, expected: &str) {
    assert_eq!(document["schema"], 1);
    // Written over several lines here, compared on one.
    let expected: Vec<&str> = expected.split_whitespace().collect();
    assert_eq!(shape(document), expected.join(" "), "{document}");
}

#[test]
fn identity() {
    let home = Home::empty();
    let made = home.ok(&["init", "--name", "Smith for State", "--side", "democratic", "--no-passphrase"]);
    is(&made, "{card:text, fingerprint:text, home:text, member:text, name:text, schema:number, side:text}");
    is(
        &home.ok(&["card"]),
        "{card:text, fingerprint:text, member:text, name:text, schema:number, side:text}",
    );
    let own = home.ok(&["sanitizer", "own", "--domain", "smith-campaign.net", "--name", "Jane Doe"]);
    is(&own, "{added_domains:[text], added_names:[text], added_networks:[], added_phones:[], added_words:[], domains:[text],
          dry_run:bool, names:[text], networks:[], phones:[], schema:number, sources:[], words:[]}");
    is(
        &home.ok(&["sanitizer", "list"]),
        "{decisions:[], domains:[text], names:[text], networks:[], phones:[], schema:number, words:[]}",
    );
    is(&home.exits(&["status"], 4), "{error:{code:text, text:text, try:text}, schema:number}");
}

#[test]
fn founding() {
    let smith = Home::init("Smith for State", "democratic");
    let jones = Home::init("Jones for Ohio", "republican");
    let drafted = smith.ok(&["circle", "found", "--name", "Ohio Watch", "--card", &jones.card()]);
    is(
        &drafted,
        "{circle:text, draft:text, founders:[{fingerprint:text, name:text, side:text}], missing:[text], name:text,
          schema:number, sides:[text]}",
    );
    let draft = jones.file("ohio.draft", std::fs::read(as_str(&drafted["draft"])).unwrap());
    let signed = jones.ok(&["circle", "sign", &draft]);
    is(&signed, "{circle:text, draft:text, kept:text, missing:[], name:text, schema:number}");
}

#[test]
fn membership() {
    let (smith, jones) = two_founders();
    let mut baker = Node::init("Baker for Senate", "republican");
    let proposed = smith.ok(&["circle", "invite", "--card", &baker.card()]);
    is(
        &proposed,
        "{act:text, changes:[text], fingerprint:text, kind:text, missing_sides:[text], name:text, schema:number}",
    );
    wait_until("the proposal to arrive", || {
        !jones.ok(&["circle", "pending"])["pending"].as_array().unwrap().is_empty()
    });
    is(
        &jones.ok(&["circle", "pending"]),
        "{pending:[{act:text, by:text, changes:[text], expires:text, fingerprint:text, kind:text, member:text, missing_sides:[text],
          name:text, reason:text, refused_by:[], side:text, voided:[], voids:[]}], schema:number}",
    );
    let ticket = smith.ok(&["circle", "ticket", "Baker for Senate"]);
    is(&ticket, "{schema:number, ticket:text}");
    let joined = baker.ok(&["join", &as_str(&ticket["ticket"])]);
    is(&joined, "{circle:text, contacts:number, schema:number, state:text}");
    let approved = jones.ok(&["circle", "approve", &as_str(&proposed["act"])]);
    is(
        &approved,
        "{act:text, changes:[text], decision:text, fingerprint:text, kind:text, missing_sides:[], name:text, schema:number}",
    );
    baker.start(&[]);
    wait_until("the newcomer to be in, and to have the epoch", || {
        let status = baker.status();
        status["state"] == "member" && status["epoch"].is_string()
    });
    is(
        &baker.ok(&["circle", "show"]),
        "{acts:number, circle:text, epoch:text, members:[{fingerprint:text, member:text, name:text, role:text,
          side:text, state:text}], name:text, rules:{consent_sides:number, consent_stewards:number,
          corroboration_members:number, corroboration_sides:number, history_ms:number, retention_ms:number,
          seal_ms:number}, schema:number}",
    );
}

#[test]
fn governance() {
    let (smith, jones) = two_founders();
    let baker = Home::init("Baker for Senate", "republican");
    let invited = smith.ok(&["circle", "invite", "--card", &baker.card()]);
    approve(&jones, &as_str(&invited["act"]));
    wait_until("the third member", || shown(&smith, "Baker for Senate")["state"] == "active");
    let acted = "{act:text, changes:[text], fingerprint:text, kind:text, missing_sides:[text], name:text, schema:number}";
    let card = baker.card();
    is(&smith.ok(&["circle", "role", "Baker for Senate", "observer"]), acted);
    is(&smith.ok(&["circle", "remove", "Baker for Senate", "--reason", "x"]), acted);
    is(&smith.ok(&["circle", "rules", "--history", "30d"]), acted);
    is(
        &smith.ok(&["circle", "rules"]),
        "{rules:{consent_sides:number, consent_stewards:number, corroboration_members:number,
          corroboration_sides:number, history_ms:number, retention_ms:number, seal_ms:number}, schema:number}",
    );
    is(&smith.ok(&["circle", "rotate"]), "{epoch:text, schema:number}");
    let row =
        "act:text, approvals:[], by:text, changes:[text], created:text, kind:text, member:text, name:text,
               reason:text, side:text, state:text";
    let one = |log: &Value, kind: &str| {
        let rows = log["acts"].as_array().unwrap();
        rows.iter().find(|row| row["kind"] == kind).unwrap().clone()
    };
    let log = smith.ok(&["circle", "log"]);
    let expected: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(shape(&one(&log, "remove")), format!("{{{}}}", expected.join(" ")));
    let decision = "{created:text, decision:text, member:text, name:text, side:text}";
    assert_eq!(shape(&one(&log, "add")["approvals"]), format!("[{decision}]"));
    assert_eq!(
        shape(&one(&log, "epoch")),
        "{act:text, approvals:[], by:text, changes:[], created:text, epoch:text, kind:text, member:text, name:text, \
         reason:text, seal_until:text, side:text, state:text, turn:number}"
    );
    let verified = smith.ok(&["circle", "log", "--verify"]);
    let added = (&verified["verified"], shape(&verified["items"]), shape(&verified["roster"]));
    assert_eq!(added, (&true.into(), "number".to_owned(), "text".to_owned()));
    smith.refuses(&["circle", "rebind", "Baker for Senate", "--card", &card], 8);
    smith.refuses(&["circle", "leave"], 2);
}

#[test]
fn publishing_and_reading() {
    let (smith, jones) = two_founders();
    is(smith.daemon().ready(), "{circle:text, event:text, listen:[text], peer:text, schema:number}");
    let mixed =
        misp("Lure", &[("domain", "lure.watchfire-sample.net"), ("ip-src", "10.0.0.1"), ("gene", "x")]);
    let dry = smith.ok(&["publish", &smith.file("lure.json", mixed), "--dry-run"]);
    is(
        &dry,
        "{changed:[{after:null, before:text, from:text, kind:text, reason:text, rule:number, type:text}], format:text,
          kept:[{flags:[], from:text, type:text, value:text}], notes:[], outcome:text, outgoing:[text], record:null,
          records:[], schema:number, severity:text, skipped:[{count:number, reason:text, what:text}], summary:text,
          title:text, tlp:text, to:[]}",
    );
    let published = smith.ok(&["publish", &smith.file("lure.json", phishing().0), "--yes"]);
    is(
        &published,
        "{changed:[], format:text, kept:[{flags:[], from:text, type:text, value:text}], notes:[], outcome:text,
          outgoing:[text], record:text, records:[text], schema:number, severity:text, skipped:[], summary:text,
          title:text, tlp:text, to:[]}",
    );
    let refused = smith.exits(&["publish", &smith.file("none.txt", "nothing"), "--yes"], 8);
    is(
        &refused,
        "{changed:[], error:{code:text, text:text, try:text}, format:text, kept:[], notes:[], outcome:text, outgoing:[],
          record:null, records:[], schema:number, severity:null, skipped:[], summary:text, title:text, tlp:null, to:[]}",
    );
    jones.alerts(1);
    let alert =
        "author:text, complete:bool, created:text, expires:text, indicators:[{type:text, value:text}],
                 received:text, record:text, references:[], SCHEMAseverity:text, side:text, summary:text,
                 techniques:[], title:text, tlp:text";
    is(&jones.ok(&["alerts"]), &format!("{{alerts:[{{{}}}], schema:number}}", alert.replace("SCHEMA", "")));
    let shown = jones.ok(&["show", &as_str(&published["record"])]);
    is(&shown, &format!("{{{}}}", alert.replace("SCHEMA", "schema:number, ")));
    is(
        &jones.ok(&["check", "45.83.64.1"]),
        "{results:[{alerts:[text], confidence:number, masked:null, reports:number, sides:[text], sightings:number,
          state:text, type:text, value:text}], schema:number}",
    );
    is(
        &jones.exits(&["check", "no indicator"], 1),
        "{results:[{alerts:[], confidence:number, masked:null, reports:number, sides:[], sightings:number, state:text,
          type:null, value:text}], schema:number}",
    );
    let out = jones.folder().join("out.csv").display().to_string();
    is(
        &jones.ok(&["export", "csv", "--out", &out]),
        "{out:text, schema:number, unfit:number, withheld:number, written:number}",
    );
    let pruned = "{bytes_after:number, bytes_before:number, dry_run:bool, records:number, schema:number}";
    is(&jones.ok(&["prune", "--dry-run"]), pruned);
    is(&jones.ok(&["prune"]), pruned);
    is(
        &jones.status(),
        "{catch_up:{fetched:number, missing:number}, circle:text, circle_name:text, epoch:text, health:[],
          indicators:number, member:text, missing:[], name:text,
          peers:[{direct:bool, kept_away:null, last_seen:text, member:text, name:text, relayed:bool, side:text}],
          pending_publish:number, records:number, refused:[], relays:[], running:bool, schema:number, side:text,
          state:text}",
    );
}

#[test]
fn paths_are_absolute_and_times_are_utc() {
    let (smith, jones) = two_founders();
    let published = smith.ok(&["publish", &smith.file("lure.json", phishing().0), "--yes"]);
    assert_eq!(published["records"][0], published["record"]);
    let alert = &jones.alerts(1)[0];
    for key in ["created", "received", "expires"] {
        let time = alert[key].as_str().unwrap();
        assert!(time.len() >= 20 && time.ends_with('Z') && time.contains('T'), "{key}: {time}");
    }
    // `--json` and `--home` stand before or after the command.
    let home = smith.path().display().to_string();
    let after = ended_elsewhere(&smith, &["status", "--json", "--home", &home]);
    let before = ended_elsewhere(&smith, &["--home", &home, "--json", "status"]);
    assert_eq!(after["member"], before["member"]);
    let out = jones.ok(&["export", "csv", "--out", "relative.csv"]);
    assert_eq!(out["out"].as_str().unwrap(), jones.folder().join("relative.csv").to_str().unwrap());
}

/// A run that knows its home by its arguments only.
fn ended_elsewhere(home: &Home, arguments: &[&str]) -> Value {
    let mut command = home.command();
    let ran = watchfire_tests::client::ended(command.args(arguments).env_remove("WATCHFIRE_HOME"), b"");
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()
}
