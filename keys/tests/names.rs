//! A name shows as it is, and a side is one plain word.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use watchfire_keys::{Name, NameError, Side, codec};

#[test]
fn names_of_people_and_organisations_are_names() {
    for name in [
        "A",
        "Example Campaign",
        "Élections Québec",
        "選挙管理委員会",
        "O'Brien & Söhne (GmbH), 2. Büro",
        "🔥 Beacon",
    ] {
        assert_eq!(Name::parse(name).unwrap().as_str(), name);
        assert_eq!(codec::decode::<Name>(&codec::encode(name), 300).unwrap().to_string(), name);
    }
}

#[test]
fn spaces_around_a_name_are_taken_away_when_typed_and_refused_when_received() {
    assert_eq!(Name::parse("  Example \n").unwrap().as_str(), "Example");
    assert!(codec::decode::<Name>(&codec::encode(" Example"), 300).is_err());
    assert!(serde_json::from_str::<Name>("\"Example \"").is_err());
}

#[test]
fn a_name_has_one_to_sixty_four_characters() {
    assert_eq!(Name::parse(" "), Err(NameError::Empty));
    assert_eq!(Name::parse(""), Err(NameError::Empty));
    assert!(Name::parse(&"é".repeat(64)).is_ok());
    assert_eq!(Name::parse(&"é".repeat(65)), Err(NameError::TooLong));
}

#[test]
fn what_a_screen_does_not_show_is_in_no_name() {
    for hidden in [
        '\0',
        '\u{7}',
        '\n',
        '\t',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{2003}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{e000}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fffc}',
        '\u{1d173}',
        '\u{e0041}',
        '\u{e0100}',
        '\u{f0000}',
        '\u{10ffff}',
    ] {
        let name = format!("a{hidden}b");
        assert_eq!(Name::parse(&name), Err(NameError::Invisible(hidden)), "{:x}", u32::from(hidden));
        assert!(codec::decode::<Name>(&codec::encode(&name), 300).is_err());
        assert!(NameError::Invisible(hidden).to_string().contains("U+"));
    }
}

#[test]
fn a_side_is_a_plain_word() {
    for side in ["a", "democratic", "third-party", "n1", &"a".repeat(32)] {
        assert_eq!(Side::parse(side).unwrap().as_str(), side);
        assert_eq!(side.parse::<Side>().unwrap().to_string(), side);
    }
    for text in ["", "-a", "1a", "A", "a b", " a", "a_", "é", "a\n", &"a".repeat(33)] {
        assert!(Side::parse(text).is_err(), "{text}");
        assert!(codec::decode::<Side>(&codec::encode(text), 300).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_a_name_once_stays_one(text in any::<String>()) {
        if let Ok(name) = Name::parse(&text) {
            prop_assert_eq!(Name::parse(name.as_str()).unwrap(), name.clone());
            prop_assert_eq!(codec::decode::<Name>(&codec::encode(&name), 300).unwrap(), name);
        }
    }
}
