//! Telephone numbers.

use alloc::string::String;
use alloc::vec::Vec;

use super::cut::Cut;
use super::indicator::KeptHere;
use super::word::end_of;
use crate::sanitize::rules::PHONE_IN_TEXT;

/// Words after which a number is a telephone's, in lower case.
const ANNOUNCED: [&str; 18] = [
    "phone",
    "tel",
    "telephone",
    "telefon",
    "tel.",
    "call",
    "mobile",
    "mobil",
    "cell",
    "fax",
    "whatsapp",
    "signal",
    "anruf",
    "appel",
    "teléfono",
    "telefono",
    "handy",
    "sms",
];

/// Numbers that are written as telephone numbers are, and are no kept indicator.
pub(super) fn cuts(text: &str, kept: &KeptHere<'_>) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut at = 0_usize;
    while let Some(found) =
        text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')))
    {
        let start = at.saturating_add(found);
        let rest = text.get(start..).unwrap_or_default();
        let length = rest
            .find(|c: char| {
                !c.is_ascii_digit()
                    && !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}' | '\u{2011}')
            })
            .unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or_default();
        let number = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        at = start.saturating_add(length.max(1));
        let head = text.get(..start).unwrap_or_default();
        let after = rest.get(number.len()..).unwrap_or_default();
        let is_inside = head.ends_with(|c: char| {
            c.is_alphanumeric() || matches!(c, '_' | '/' | '=' | '@' | '-' | '.' | '#' | '$')
        }) || after
            .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '%'));
        // AsciiDoc's `++185.174.101[.]13++`.
        if is_inside || number.starts_with("++") {
            continue;
        }
        let word = end_of(head, 64)
            .trim_end_matches([' ', ':', '.', '\u{a0}'])
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let is_announced = word.len() <= 24
            && ANNOUNCED
                .contains(&word.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
        if is_phone(number, is_announced) && !kept.has_phone(&digits(number)) {
            cuts.push(Cut::out(start..start.saturating_add(number.len()), PHONE_IN_TEXT));
        }
    }
    cuts
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a run of digits and what stands between them is a telephone number: with a `+`; announced by a word; in the
/// groups of North America; or with a leading zero and in groups.
fn is_phone(number: &str, is_announced: bool) -> bool {
    let count = number.bytes().filter(u8::is_ascii_digit).count();
    if !(7..=15).contains(&count) {
        return false;
    }
    if number.starts_with('+') || is_announced {
        return true;
    }
    let mut groups = [0_usize; 8];
    let mut used = 0_usize;
    for group in number.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()) {
        let Some(place) = groups.get_mut(used) else { return false };
        *place = group.len();
        used = used.saturating_add(1);
    }
    let groups = groups.get(..used).unwrap_or_default();
    // An address has dots and four groups.
    let is_address = number.contains('.') && groups.len() == 4;
    let is_american = matches!(groups, [3, 3, 4] | [1, 3, 3, 4]);
    let is_grouped = number.starts_with('0') && groups.len() >= 2 && count >= 9 || number.starts_with("(0");
    (is_american || is_grouped) && !is_address
}
