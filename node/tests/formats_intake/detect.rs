use super::*;

fn format(text: &str, name: Option<&str>) -> Format {
    read(text.as_bytes(), name, None).unwrap().format
}

#[test]
fn the_content_says_what_a_file_is() {
    assert_eq!(format("evil.com\nbad.com\n", None), Format::Text);
    assert_eq!(format("Please block evil.com, bad.com\nand worse.com, now\n", None), Format::Text);
    assert_eq!(format("= Report\n\n|===\n|SHA-1 |File\n|aa |b\n|===\n", None), Format::Text);
    assert_eq!(format("domain,ip\nevil.com,203.0.113.9\n", None), Format::Csv);
    assert_eq!(format("evil.com\nbad.com\n", Some("list.csv")), Format::Csv);
    assert_eq!(format("\u{feff}{\"type\": \"bundle\", \"objects\": []}", Some("x.csv")), Format::Stix);
    assert_eq!(format("{\"Event\": {}}", Some("x.txt")), Format::Misp);
}

#[test]
fn a_format_that_was_asked_for_takes_the_place_of_detection() {
    let text = r#"{"note": "evil.com"}"#;
    assert!(matches!(refused(text), FormatError::UnknownJson));
    assert_eq!(read(text.as_bytes(), None, Some(Format::Text)).unwrap().format, Format::Text);
    let stix = read(b"evil.com", None, Some(Format::Stix)).unwrap_err();
    assert!(matches!(stix, FormatError::BrokenJson { .. }));
    let misp = read(b"{\"type\": \"bundle\"}", None, Some(Format::Misp)).unwrap_err();
    assert!(matches!(misp, FormatError::NotThatFormat { format: Format::Misp, .. }));
    let csv = read(b"nothing, here\nto, see", None, Some(Format::Csv)).unwrap_err();
    assert!(matches!(csv, FormatError::NotThatFormat { format: Format::Csv, .. }));
}

#[test]
fn every_refusal_says_what_to_try() {
    let cut = fixture("campaign.stix.json");
    for (bytes, code) in [
        (b"".as_slice(), "file-empty"),
        (b"%PDF-1.7", "file-not-text"),
        (b"{\"a\": 1}", "file-format"),
        (b"[\"evil.com\"]", "file-format"),
        (cut.get(..cut.len() / 2).unwrap(), "file-damaged"),
        (b"{\"info\": \"\xff\"}", "file-not-utf8"),
    ] {
        let error = read(bytes, None, None).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.remedy().is_empty() && !error.to_string().is_empty());
        let shown = watchfire::error::Error::from(error);
        assert_eq!(shown.exit(), watchfire::exit::Exit::Refused);
    }
}
