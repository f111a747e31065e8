//! The search through one outgoing text.

use alloc::borrow::Cow;
use alloc::string::String;
use core::net::IpAddr;
use core::ops::Range;

use super::strings::Secrets;
use super::views::{base64, refanged, spaced, squeezed, without_percent};

/// How `text` holds a secret, if it does.
pub(super) fn leak_in(secrets: &Secrets, text: &str) -> Option<&'static str> {
    if let Some(form) = leak_in_view(secrets, text) {
        return Some(form);
    }
    let plain = without_percent(text)?;
    leak_in_view(secrets, &plain).map(|form| if form == AS_IT_IS { "percent-encoded" } else { form })
}

const AS_IT_IS: &str = "as it is";

fn leak_in_view(secrets: &Secrets, text: &str) -> Option<&'static str> {
    let lower = lower_case(text);
    let lower = lower.as_ref();
    if let Some(form) = leak_in_words(secrets, lower) {
        return Some(form);
    }
    if let Some(refanged) = refanged(lower)
        && leak_in_words(secrets, &refanged).is_some()
    {
        return Some("defanged");
    }
    if secrets.base64.is_in(&base64(text), |_| true) {
        return Some("in base64");
    }
    if secrets.hexadecimal.is_in(&squeezed(lower), |_| true) {
        return Some("in hexadecimal");
    }
    if has_digest(secrets, lower.as_bytes()) {
        return Some("as a digest");
    }
    None
}

/// What needs no decoding.
fn leak_in_words(secrets: &Secrets, lower: &str) -> Option<&'static str> {
    let bytes = lower.as_bytes();
    if secrets.literal.is_in(bytes, |range| stands_alone(bytes, &range)) {
        return Some(AS_IT_IS);
    }
    if secrets.anywhere.is_in(bytes, |_| true) {
        return Some("backwards or without its punctuation");
    }
    let spaced = spaced(lower);
    let spaced = spaced.as_bytes();
    if secrets.names.is_in(spaced, |range| is_word(spaced, &range)) {
        return Some(AS_IT_IS);
    }
    if secrets.names_backwards.is_in(spaced, |range| is_word(spaced, &range)) {
        return Some("backwards or without its punctuation");
    }
    if has_phone(secrets, bytes) || has_address(secrets, lower) {
        return Some(AS_IT_IS);
    }
    None
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

fn around(text: &[u8], range: &Range<usize>) -> [u8; 2] {
    let before = range.start.checked_sub(1).and_then(|at| text.get(at)).copied();
    [before.unwrap_or(b' '), text.get(range.end).copied().unwrap_or(b' ')]
}

/// Neither letter nor digit, nor the rest of a local part, stands around it.
fn stands_alone(text: &[u8], range: &Range<usize>) -> bool {
    let [before, after] = around(text, range);
    let is_free = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    let is_address =
        text.get(range.clone()).is_some_and(|found| found.iter().any(|b| matches!(b, b'@' | b'=')));
    is_free(before) && is_free(after) && !(is_address && before == b'.')
}

/// No letter stands around it.
fn is_word(text: &[u8], range: &Range<usize>) -> bool {
    around(text, range).iter().all(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic())
}

/// A run of as many hexadecimal digits as a digest has.
fn has_digest(secrets: &Secrets, lower: &[u8]) -> bool {
    if secrets.digests.is_empty() || lower.len() < 32 {
        return false;
    }
    let value = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let runs =
        lower.split(|byte| value(*byte).is_none()).filter(|run| matches!(run.len(), 32 | 40 | 64 | 128));
    runs.into_iter().any(|run| {
        let mut head = [0_u8; 16];
        for (byte, pair) in head.iter_mut().zip(run.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| (byte << 4) | value(*digit).unwrap_or(0));
        }
        secrets.digests.contains(&head)
    })
}

/// A row of digits, single blanks, hyphens and dots between them, that ends like a listed telephone number.
fn has_phone(secrets: &Secrets, lower: &[u8]) -> bool {
    if secrets.phones.is_empty() {
        return false;
    }
    let mut digits = String::new();
    // What stands before the row, and the byte before this one.
    let (mut before, mut previous) = (b' ', b' ');
    for byte in lower.iter().copied().chain([b' ', b' ']) {
        let joins = matches!(byte, b' ' | b'-' | b'.') && previous.is_ascii_digit();
        if byte.is_ascii_digit() {
            if digits.is_empty() {
                before = previous;
            }
            digits.push(char::from(byte));
        } else if !joins && !digits.is_empty() {
            let is_free = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
            let end = |length: usize| digits.get(digits.len().checked_sub(length)?..);
            let is_listed = |length: usize| end(length).is_some_and(|end| secrets.phones.contains(end));
            if digits.len() <= 15 && is_free(before) && is_free(byte) && (7..=9).any(is_listed) {
                return true;
            }
            digits.clear();
        }
        previous = byte;
    }
    false
}

/// An IPv4 address of a listed network.
fn has_address(secrets: &Secrets, lower: &str) -> bool {
    if secrets.networks.is_empty() {
        return false;
    }
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '.');
    words.filter(|word| (7..=16).contains(&word.len())).any(|word| {
        let address = word.trim_end_matches('.').parse::<IpAddr>().ok().filter(IpAddr::is_ipv4);
        address.is_some_and(|address| secrets.networks.iter().any(|network| network.holds(address)))
    })
}
