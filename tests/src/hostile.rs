//! What any file whatever must go through without harm: intake and sanitizer, and the promises about what comes out.

use percent_encoding::percent_decode_str;
use watchfire::formats::Format;
use watchfire::sanitizing::{Policy, Wish, sanitize};
use watchfire_protocol::sanitize::{OwnList, guard};

/// As what a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// A mail.
    Mail,
    /// A text.
    Text,
    /// A table.
    Csv,
    /// A STIX bundle.
    Stix,
    /// A MISP event.
    Misp,
}

impl Intake {
    /// All of them.
    pub const ALL: [Intake; 5] = [Intake::Mail, Intake::Text, Intake::Csv, Intake::Stix, Intake::Misp];

    /// The folder of its seeds.
    pub fn name(self) -> &'static str {
        match self {
            Intake::Mail => "mail",
            Intake::Text => "text",
            Intake::Csv => "csv",
            Intake::Stix => "stix",
            Intake::Misp => "misp",
        }
    }
}

/// The own list of a campaign that does not exist.
pub fn own() -> OwnList {
    let strings = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    OwnList {
        domains: strings(&["smith2028.org"]),
        names: strings(&["Anna Lee", "anna.lee@smith2028.org", "José García-Ruiz", "李安娜"]),
        words: strings(&["Chillicothe", "HQ-LAPTOP-042"]),
        phones: strings(&["(419) 238-7134"]),
        networks: strings(&["45.83.36.0/24"]),
    }
}

/// Strings that may stand in nothing that leaves, in lower case.
const OWN: [&str; 5] = ["smith2028.org", "anna.lee@smith2028.org", "anna lee", "hq-laptop-042", "4192387134"];

/// Reads and sanitizes a file, with the same bytes as title and summary.
///
/// # Panics
/// When a promise is broken.
pub fn survive(intake: Intake, bytes: &[u8]) {
    let policy = Policy { own: own(), ..Policy::default() };
    let (name, from) = match intake {
        Intake::Mail => (Some("file.eml"), "mail".parse().ok()),
        Intake::Text => (Some("file.txt"), Some(Format::Text)),
        Intake::Csv => (Some("file.csv"), Some(Format::Csv)),
        Intake::Stix => (Some("file.json"), Some(Format::Stix)),
        Intake::Misp => (Some("file.json"), Some(Format::Misp)),
    };
    let typed = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
    for (title, summary) in [(None, None), (Some("A lure".to_owned()), Some(typed))] {
        let wish = Wish { name: name.map(str::to_owned), from, title, summary, ..Wish::default() };
        let Ok(done) = sanitize(bytes, &wish, &policy) else { return };
        let Ok(outgoing) = &done.outcome else { continue };
        let texts: Vec<&str> = outgoing.texts(&done.kept).collect();
        for text in &texts {
            for own in OWN {
                assert!(!reads_as(text, own), "{own:?} stands in {text:?}");
            }
        }
        let again = guard(texts.iter().copied(), &[&policy.own, &done.parsed.learned], |_| false);
        assert!(again.is_ok(), "the guard let through what it refuses: {again:?}");
    }
}

/// Whether it stands there plain, percent-encoded or reversed, as a word of its own: with letters glued to it a domain is
/// another one.
fn reads_as(text: &str, own: &str) -> bool {
    let plain = text.to_lowercase();
    let backwards: String = own.chars().rev().collect();
    if has_word(&plain, own) || (own.contains('.') && has_word(&plain, &backwards)) {
        return true;
    }
    let mut decoded = plain;
    for _ in 0..6 {
        let next = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if has_word(&next, own) {
            return true;
        }
        if next == decoded {
            break;
        }
        decoded = next;
    }
    false
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let glued = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !glued(before) && !glued(after)
    })
}
