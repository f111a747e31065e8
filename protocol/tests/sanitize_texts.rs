//! What people wrote leaves without what tells on somebody, and otherwise letter by letter.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod sanitize_support;

use sanitize_support::{data, files, texts};
use watchfire_protocol::sanitize::{CleanText, Decisions, OwnList, Sanitizer, Warninglists, guard};

fn own() -> OwnList {
    OwnList {
        domains: vec!["smith2028.org".into()],
        names: vec!["Anna Lee".into(), "anna.lee@webmail.net".into()],
        ..OwnList::default()
    }
}

fn clean(text: &str) -> CleanText {
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    Sanitizer::new(&own(), &OwnList::default(), &decisions, &warninglists).clean_text(text, &[])
}

#[test]
fn titles_of_research_come_through_unharmed() {
    let Some(data) = data() else { return };
    let mut titles = Vec::new();
    for file in files(&data.join("misp-eset")) {
        let Ok(json) = serde_json::from_slice(&std::fs::read(&file).unwrap()) else { continue };
        texts(&json, &["info"], &mut titles);
    }
    for file in files(&data.join("stix-amnesty")) {
        let Ok(json) = serde_json::from_slice(&std::fs::read(&file).unwrap()) else { continue };
        texts(&json, &["name", "description"], &mut titles);
    }
    titles.sort();
    titles.dedup();
    assert!(titles.len() >= 29, "{}", titles.len());
    for title in &titles {
        for change in clean(title).changed {
            eprintln!("{title}: rule {} {:?} -> {:?}", change.rule, change.before, change.after);
        }
    }
    let harmed: Vec<&String> = titles.iter().filter(|title| !clean(title).changed.is_empty()).collect();
    assert_eq!(harmed, Vec::<&String>::new());
}

#[test]
fn reports_lose_little() {
    let Some(data) = data() else { return };
    let (mut words, mut cut) = (0, 0);
    for file in
        files(&data.join("text")).iter().filter(|file| file.extension().is_some_and(|it| it == "adoc"))
    {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        for paragraph in text.split("\n\n").filter(|paragraph| paragraph.len() < 60_000) {
            words += paragraph.split_whitespace().count();
            for change in clean(paragraph).changed {
                eprintln!("rule {}: {:?} -> {:?}", change.rule, change.before, change.after);
                cut += 1;
            }
        }
    }
    eprintln!("{cut} pieces cut out of {words} words");
    assert!(cut * 200 <= words, "{cut} of {words}");
}

#[test]
fn work_grows_with_the_text_only() {
    let pieces = [
        "Dear Peter Novak, ",
        "password: x9 ",
        "10.1.2.3 ",
        "https://evil.net/?rid=Xk29fLq ",
        "\\\\H\\s ",
        "/users/a",
        "+1 614 734 0142 ",
        "990172 code ",
        "@@@@",
        "-----BEGIN A-----",
        "(((((((",
        "a.b.c.d.e.f.",
        "C:\\Users\\",
        "hi ",
        "AKIA",
        "eyJ",
        "\u{200b}",
        "anna lee ",
    ];
    for piece in pieces {
        let text = piece.repeat(60_000 / piece.len());
        let start = std::time::Instant::now();
        let cleaned = clean(&text);
        let spent = start.elapsed();
        assert!(spent.as_secs() < 10, "{piece}: {spent:?}");
        if let Some(text) = cleaned.text {
            assert_eq!(guard([text.as_str()], &[&own()], |_| false), Ok(()));
        }
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z,.:;()'\"]{0,9}".prop_map(|word| word),
            "[0-9+() .-]{0,14}",
            "\\PC{0,6}",
            Just("Dear".to_owned()),
            Just("Anna".to_owned()),
            Just("Lee".to_owned()),
            Just("anna.lee@webmail.net".to_owned()),
            Just("password:".to_owned()),
            Just("hxxps://evil[.]net/?rid=Xk29fLq".to_owned()),
            Just("10.1.2.3".to_owned()),
            Just("C:\\Users\\pnovak\\x".to_owned()),
            Just("Regards,".to_owned()),
            Just("code".to_owned()),
            Just("990172".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_twice_changes_nothing_more(
            words in prop::collection::vec(word(), 0..12), by in prop_oneof![Just(" "), Just("\n"), Just(", ")],
        ) {
            let text = words.join(by);
            let cleaned = clean(&text);
            if let Some(once) = cleaned.text {
                prop_assert_eq!(guard([once.as_str()], &[&own()], |_| false), Ok(()));
                prop_assert!(!cleaned.changed.is_empty() || once == text);
            } else {
                prop_assert!(!cleaned.changed.is_empty());
            }
        }
    }
}
