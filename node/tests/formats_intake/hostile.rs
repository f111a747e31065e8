use proptest::prelude::*;

use super::*;

const FIXTURES: [&str; 4] = ["campaign.stix.json", "event.misp.json", "feed.csv", "report.txt"];

/// Reads it as whatever it is, and as each format. Nothing may panic, and what is read has to add up.
fn survives(bytes: &[u8]) {
    for force in [None, Some(Format::Stix), Some(Format::Misp), Some(Format::Csv), Some(Format::Text)] {
        match read(bytes, Some("x.csv"), force) {
            Ok(parsed) => drop(balanced(parsed)),
            Err(error) => assert!(!error.remedy().is_empty()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_cut_at_any_length_is_read_or_refused(which in 0usize..4, cut in 0.0f64..1.0) {
        let bytes = fixture(FIXTURES[which]);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let end = (bytes.len() as f64 * cut) as usize;
        survives(&bytes[..end]);
    }

    #[test]
    fn a_file_with_any_byte_changed_is_read_or_refused(which in 0usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = fixture(FIXTURES[which]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        survives(&bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn any_pattern_is_read_or_counted(pattern in r"[\[\]()' \\a-zA-Z:.=,*0-9]{0,80}") {
        let pattern = serde_json::to_string(&format!("[file:name = 'x'] OR {pattern}")).unwrap();
        parsed(&format!(r#"{{"type":"indicator","id":"indicator--1","pattern":{pattern}}}"#));
    }
}

#[test]
fn a_json_file_cut_anywhere_is_named_as_cut_short() {
    for name in ["campaign.stix.json", "event.misp.json"] {
        let bytes = fixture(name);
        let text = std::str::from_utf8(&bytes).unwrap().trim_end();
        for end in (3..text.len()).step_by(97) {
            let error = refused(text.get(..end).unwrap());
            assert!(matches!(error, FormatError::BrokenJson { cut: true, .. }), "{end}: {error:?}");
        }
    }
}

#[test]
fn deep_and_wide_files_are_refused() {
    assert!(matches!(refused(&"[".repeat(1_000_000)), FormatError::BrokenJson { .. }));
    let wide = format!("[{}{{}}]", "{},".repeat(2_000_000));
    assert!(matches!(refused(&wide), FormatError::TooMany { .. }));
}
