use watchfire_protocol::indicator::Tlp;

use super::*;

#[test]
fn a_bundle_gives_its_indicators_its_context_and_the_reasons_for_the_rest() {
    let parsed = file("campaign.stix.json", Format::Stix);
    assert_eq!(
        found(&parsed),
        [
            "domain donate.example",
            "domain give.example",
            "url https://donate.example/pay?step=1",
            "md5 d41d8cd98f00b204e9800998ecf8427a",
            "sha1 da39a3ee5e6b4b0d3255bfef95601890afd8070a",
            "stix-pattern [process:name = 'payd']",
            "yara rule kit { strings: $a = \"pay\" condition: $a }",
            "cve CVE-2024-12345",
        ]
    );
    assert_eq!(
        skipped(&parsed),
        [
            "1 indicator: its author calls it benign",
            "1 indicator: revoked",
            "1 ipv4-addr: observed only; the file's indicators say what is malicious",
            "1 pcre pattern: a pattern language that has no type here",
            "1 stix pattern: not a valid pattern",
        ]
    );
    assert_eq!((parsed.attributes, parsed.values, parsed.repeated), (12, 14, 1));
    assert_eq!(parsed.title.as_deref(), Some("Donation page phishing"));
    assert_eq!(parsed.summary.as_deref(), Some("Copies of donation pages,\nsent by text message."));
    assert_eq!(parsed.tlp, Some(Tlp::AmberStrict));
    assert_eq!(parsed.techniques, ["T1566.002"]);
    assert_eq!(parsed.references, ["https://analyst.example/donation-phishing"]);
    assert_eq!(parsed.indicators.first().unwrap().place, "object 5");
}

#[test]
fn without_indicators_the_observables_are_the_candidates_but_never_who_was_attacked() {
    let parsed = parsed(
        r#"{"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "observed-data", "id": "observed-data--1", "objects": {
            "0": {"type": "domain-name", "value": "evil.example"},
            "1": {"type": "email-addr", "value": "staff@campaign.example"},
            "2": {"type": "email-message", "to_refs": ["1"], "is_multipart": false}}},
        {"type": "file", "id": "file--1", "name": "x.exe", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427a"}},
        {"type": "network-traffic", "id": "network-traffic--1", "src_ref": "ipv4-addr--1"},
        {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "203.0.113.1"},
        {"type": "autonomous-system", "id": "autonomous-system--1", "number": 64500},
        {"type": "mutex", "id": "mutex--1", "name": "kit"}]}"#,
    );
    assert_eq!(
        found(&parsed),
        ["domain evil.example", "md5 d41d8cd98f00b204e9800998ecf8427a", "filename x.exe", "asn AS64500"]
    );
    assert_eq!(
        skipped(&parsed),
        [
            "1 email-addr: the recipient of a mail",
            "1 email-message: an observable that has no type here",
            "1 ipv4-addr: the source of traffic, which may be the one attacked",
            "1 mutex: an observable that has no type here",
            "1 network-traffic: an observable that has no type here",
        ]
    );
}

#[test]
fn every_way_to_mark_is_understood() {
    let marked =
        |objects: &str| parsed(&format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{objects}]}}"#)).tlp;
    let old = r#"{"type":"indicator","id":"indicator--1","pattern":"[url:value='u']",
        "object_marking_refs":["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]}"#;
    assert_eq!(marked(old), Some(Tlp::Red));
    let granular = r#"{"type":"indicator","id":"indicator--1","pattern":"[url:value='u']",
        "granular_markings":[{"marking_ref":"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421","selectors":["pattern"]}]}"#;
    assert_eq!(marked(granular), Some(Tlp::Amber));
    let named = r#"{"type":"marking-definition","id":"marking-definition--1","definition_type":"tlp","definition":{"tlp":"white"}}"#;
    assert_eq!(marked(named), Some(Tlp::Clear));
    let extended = r#"{"type":"marking-definition","id":"marking-definition--1","extensions":{"e":{"tlp_2_0":"amber+strict"}}},
        {"type":"indicator","id":"indicator--1","object_marking_refs":["marking-definition--1"]}"#;
    assert_eq!(marked(extended), Some(Tlp::AmberStrict));
    assert_eq!(marked(r#"{"type":"identity","id":"identity--1"}"#), None);
}

#[test]
fn a_value_that_is_not_of_its_type_is_counted_under_its_property() {
    let parsed = parsed(
        r#"[{"type":"indicator","id":"indicator--1","pattern":"[file:hashes.MD5 = 'short']"},
            {"type":"indicator","id":"indicator--2","pattern":"[domain-name:value = '203.0.113.9']"},
            {"type":"indicator","id":"indicator--3","pattern":"[file:path LIKE 'C:\\x%']"}]"#,
    );
    assert_eq!(found(&parsed), ["ipv4 203.0.113.9"]);
    assert_eq!(
        skipped(&parsed),
        [
            "1 file:hashes.MD5: the value is not of that type",
            "1 stix pattern: not a valid pattern in the strict sense",
        ]
    );
}
