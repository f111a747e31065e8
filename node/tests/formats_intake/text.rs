use watchfire_protocol::indicator::Tlp;

use super::*;

#[test]
fn prose_gives_its_indicators_its_heading_and_its_marking() {
    let parsed = file("report.txt", Format::Text);
    let found = found(&parsed);
    for wanted in [
        "url https://donate.com/pay",
        "domain give.org",
        "ipv4 203.0.113.9",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd8070a",
    ] {
        assert!(found.contains(&wanted.to_owned()), "{wanted} not in {found:?}");
    }
    assert_eq!(parsed.title.as_deref(), Some("Donation pages"));
    assert_eq!(parsed.tlp, Some(Tlp::Green));
    assert_eq!(parsed.techniques, ["T1566.002"]);
    let address = parsed.indicators.iter().find(|f| f.indicator.value() == "203.0.113.9").unwrap();
    assert_eq!(address.place, "line 5");
}

#[test]
fn old_encodings_are_read_as_far_as_they_can_be_and_the_file_is_told_so() {
    let parsed = balanced(read(b"caf\xe9 at evil.com\r\n", None, None).unwrap());
    assert_eq!(found(&parsed), ["domain evil.com"]);
    assert_eq!(parsed.notes.len(), 1);
}

#[test]
fn utf16_from_a_windows_editor_is_read() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend("evil.com\r\nbad.com\r\n".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(found(&read(&bytes, None, None).unwrap()), ["domain evil.com", "domain bad.com"]);
}
