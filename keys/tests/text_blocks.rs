//! A card survives what mail programs and chats do to text.
#![allow(clippy::unwrap_used)]

mod common;

use common::card;
use proptest::prelude::*;
use watchfire_keys::armor::{self, ArmorError, Kind};
use watchfire_keys::{Card, CardError};

fn reads(text: &str) -> bool {
    Card::from_text(text).is_ok_and(|found| found == card())
}

#[test]
fn lines_are_short_and_the_block_says_what_it_is() {
    let text = card().to_text();
    assert!(
        text.starts_with("-----BEGIN WATCHFIRE CARD-----\n")
            && text.ends_with("-----END WATCHFIRE CARD-----\n")
    );
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 64));
}

#[test]
fn a_card_reads_out_of_a_mail() {
    let text = card().to_text();
    let quoted: String = text.lines().map(|line| format!("> > {line}\r\n")).collect();
    let bars: String = text.lines().map(|line| format!("  | {line}  \n")).collect();
    for mail in [
        text.clone(),
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\n\n"),
        text.replace('\n', " "),
        text.replace('\n', ""),
        text.replace("-----", "\u{2014}\u{2014}-"),
        text.replace('\n', "\u{a0}\n\u{200b}"),
        format!("\u{feff}Dear all,\nhere is our card:\n\n{text}\nRegards\n--\nSam"),
        format!("On Monday Sam wrote:\r\n{quoted}"),
        bars,
        format!("from BEGIN WATCHFIRE CARD to END WATCHFIRE CARD:\n{text}"),
        format!("{}\n{text}", &text[..400]),
        format!("{}\n{text}", armor::encode(Kind::Ticket, b"sealed")),
        text.replace("AAAA", "AA\nAA"),
    ] {
        assert!(reads(&mail), "{mail}");
    }
}

#[test]
fn the_first_whole_block_counts() {
    let (one, two) = (armor::encode(Kind::Ticket, b"one"), armor::encode(Kind::Ticket, b"two"));
    assert_eq!(armor::decode(Kind::Ticket, &format!("{one}{two}"), 10).unwrap(), b"one");
    let damaged = one.replace("b25l", "b25m");
    assert_ne!(damaged, one);
    assert_eq!(armor::decode(Kind::Ticket, &format!("{damaged}{two}"), 10).unwrap(), b"two");
}

#[test]
fn what_is_missing_is_said_with_a_remedy() {
    let text = card().to_text();
    let ticket = armor::encode(Kind::Ticket, b"sealed");
    let wrong = ArmorError::WrongKind { found: Kind::Ticket, wanted: Kind::Card };
    for (text, error) in [
        (String::new(), ArmorError::Missing),
        ("our card is attached".to_owned(), ArmorError::Missing),
        (ticket, wrong),
        (text[..text.len() / 2].to_owned(), ArmorError::Damaged),
        (text[text.len() / 2..].to_owned(), ArmorError::Missing),
        (text.replacen("\n=", "\n", 1), ArmorError::Damaged),
        (text.lines().filter(|line| !line.starts_with('=')).collect(), ArmorError::Damaged),
        (text.replacen('\n', "\nA", 1), ArmorError::Damaged),
        (text.replacen('\n', "\n\u{e9}", 1), ArmorError::Damaged),
        ("-----BEGIN WATCHFIRE CARD-----\n-----END WATCHFIRE CARD-----\n".to_owned(), ArmorError::Damaged),
        (armor::encode(Kind::Card, &[0; 5000]), ArmorError::TooLarge),
    ] {
        assert_eq!(Card::from_text(&text), Err(CardError::Text(error)), "{text}");
        assert!(error.remedy().len() > 10);
    }
}

#[test]
fn a_card_is_no_ticket() {
    let relabelled = card().to_text().replace("CARD", "TICKET");
    assert_eq!(armor::decode(Kind::Ticket, &relabelled, 4096), Err(ArmorError::Damaged));
}

proptest! {
    #[test]
    fn any_bytes_survive_any_wrapping(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        width in 1usize..200,
        quote in "[ >|\t]{0,4}",
        before in "[ -,.-~\n]{0,60}",
    ) {
        let text = armor::encode(Kind::Ticket, &bytes);
        prop_assert_eq!(armor::decode(Kind::Ticket, &text, bytes.len()).unwrap(), bytes.clone());
        let inner: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let lines: Vec<_> = inner.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap()).collect();
        let mut mail = format!("{before}\n{quote}-----BEGIN WATCHFIRE TICKET-----\n");
        lines.iter().for_each(|line| mail.push_str(&format!("{quote}{line}\n")));
        mail.push_str(&format!("{quote}-----END WATCHFIRE TICKET-----"));
        prop_assert_eq!(armor::decode(Kind::Ticket, &mail, bytes.len()).unwrap(), bytes.clone());
        if !bytes.is_empty() {
            prop_assert_eq!(armor::decode(Kind::Ticket, &mail, bytes.len() - 1), Err(ArmorError::TooLarge));
        }
    }
}
