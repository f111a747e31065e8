use watchfire_protocol::indicator::Tlp;

use super::*;

#[test]
fn an_event_gives_its_indicators_its_context_and_the_reasons_for_the_rest() {
    let parsed = file("event.misp.json", Format::Misp);
    assert_eq!(
        found(&parsed),
        [
            "domain donate.example",
            "domain give.example",
            "ipv4 203.0.113.9",
            "ipv4 203.0.113.10",
            "url http://donate.example/pay",
            "filename pay.js",
            "sha1 da39a3ee5e6b4b0d3255bfef95601890afd8070a",
            "email donations@give.example",
            "cve CVE-2024-12345",
            "asn AS64500",
            "domain pattern.example",
            "yara rule kit { condition: true }",
            "md5 d41d8cd98f00b204e9800998ecf8427a",
        ]
    );
    assert_eq!(
        skipped(&parsed),
        [
            "2 domain: deleted",
            "2 email-dst: the recipient of a mail",
            "1 link: a link to read, kept as a reference",
            "1 link: it leads into the author's own systems",
            "1 proposal: proposed to the event's owner, not accepted yet",
            "1 regkey: an attribute type that has no type here",
            "1 sha256: the value is not of that type",
            "1 size-in-bytes: an attribute type that has no type here",
            "1 target-user: it describes the target",
            "1 text: free text",
            "1 url: a link to read, kept as a reference",
        ]
    );
    assert_eq!(parsed.attributes, 24);
    assert_eq!(parsed.repeated, 1);
    assert_eq!(parsed.title.as_deref(), Some("Text messages with donation links"));
    assert_eq!(parsed.tlp, Some(Tlp::Amber));
    assert_eq!(parsed.techniques, ["T1566.002", "T1583.001"]);
    assert_eq!(parsed.references, ["https://analyst.example/report", "https://analyst.example/more"]);
    assert_eq!(parsed.indicators.last().unwrap().place, "attribute 21 (file)");
}

#[test]
fn all_shapes_in_which_servers_and_feeds_write_events_are_read() {
    let attribute = r#"{"type": "domain", "category": "Network activity", "value": "evil.example"}"#;
    let event = format!(r#"{{"info": "i", "uuid": "u", "Attribute": [{attribute}]}}"#);
    for shape in [
        event.clone(),
        format!(r#"{{"Event": {event}}}"#),
        format!(r#"{{"Event": [{event}, {event}]}}"#),
        format!(r#"[{{"Event": {event}}}]"#),
        format!("[{event}]"),
        format!(r#"{{"response": [{{"Event": {event}}}]}}"#),
        format!(r#"{{"response": {{"Event": {event}}}}}"#),
        format!(r#"{{"response": {event}}}"#),
        format!(r#"{{"Attribute": [{attribute}]}}"#),
        format!(r#"{{"Attribute": {{"3": {attribute}}}}}"#),
        format!(r#"{{"response": {{"Attribute": [{attribute}]}}}}"#),
        format!(r#"{{"response": [{{"Attribute": {attribute}}}]}}"#),
        format!("[{attribute}]"),
        attribute.to_owned(),
        format!(r#"{{"info": "i", "date": "d", "Object": [{{"name": "o", "Attribute": [{attribute}]}}]}}"#),
    ] {
        let parsed = parsed(&shape);
        assert_eq!(parsed.format, Format::Misp, "{shape}");
        assert_eq!(found(&parsed), ["domain evil.example"], "{shape}");
    }
}

#[test]
fn several_events_are_named_after_the_first() {
    let parsed =
        parsed(r#"[{"Event": {"info": "one", "date": "d"}}, {"Event": {"info": "two", "date": "d"}}]"#);
    assert_eq!(parsed.title.as_deref(), Some("one (and 1 more events)"));
}
