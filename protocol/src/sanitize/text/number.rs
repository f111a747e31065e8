//! Numbers that were made for one recipient: of an invoice, a ticket, a parcel.

use alloc::vec::Vec;

use super::cut::Cut;
use super::indicator::KeptHere;
use super::word::{pieces, words};
use crate::indicator::{guess, trim_wrappers};
use crate::sanitize::rules::TOKEN_IN_TEXT;
use crate::sanitize::token::{Likeness, is_date_number, likeness};

/// What is counted, in lower case; also the kinds of indicators.
const COUNTED: [&str; 44] = [
    "accounts",
    "addresses",
    "asn",
    "attacks",
    "bytes",
    "certificate",
    "cidr",
    "computers",
    "cve",
    "devices",
    "dollars",
    "domain",
    "domains",
    "downloads",
    "email",
    "emails",
    "euros",
    "filename",
    "files",
    "hashes",
    "hosts",
    "hours",
    "indicators",
    "infections",
    "ipv4",
    "ipv6",
    "machines",
    "mails",
    "md5",
    "messages",
    "people",
    "phone",
    "records",
    "samples",
    "seconds",
    "sha1",
    "sha256",
    "sha512",
    "times",
    "url",
    "urls",
    "users",
    "victims",
    "voters",
];

/// Prefixes of numbers that are the same for everybody, in lower case.
const PUBLISHED: [&str; 9] = ["cve", "kb", "ms", "cwe", "capec", "uac", "apt", "unc", "ta"];

/// Numbers of six digits and more that are no date, amount or count, and words that no person made up.
pub(super) fn cuts(text: &str, kept: &KeptHere<'_>) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let words = words(text);
    for (index, word) in words.iter().enumerate() {
        let digits = digits_of(word.text);
        if digits.len() < 6 || is_date_number(digits) || digits.ends_with("000") {
            continue;
        }
        let head = text.get(..word.range.start).unwrap_or_default();
        let tail = text.get(word.range.end..).unwrap_or_default();
        // Part of a name, a path, an amount of money or a version.
        let is_inside = head.ends_with(['.', '/', '\\', '_', '$', '€', '£', '@', '+', '=', '~', ':'])
            || (tail.starts_with(['.', '_', '/', '\\', '@', '%', '€'])
                && tail.chars().nth(1).is_some_and(char::is_alphanumeric));
        let next = words.get(index.saturating_add(1)).map(|next| next.text.to_lowercase());
        let is_count = next.is_some_and(|next| COUNTED.contains(&next.as_str()));
        if !is_inside && !is_count {
            cuts.push(Cut::out(word.range.clone(), TOKEN_IN_TEXT));
        }
    }
    for piece in pieces(text) {
        let bare = trim_wrappers(piece.text);
        // Hashes and other indicators are judged as such; so is content that is named by its hash.
        let has_hash = || {
            bare.starts_with("magnet")
                || bare
                    .split(|c: char| !c.is_ascii_hexdigit())
                    .any(|run| matches!(run.len(), 32 | 40 | 64 | 128))
        };
        if bare.len() >= 16
            && !kept.has(bare)
            && likeness(bare) == Likeness::Certain
            && !has_hash()
            && guess(bare).is_none()
        {
            let start = piece.range.start.saturating_add(piece.text.find(bare).unwrap_or(0));
            cuts.push(Cut::out(start..start.saturating_add(bare.len()), TOKEN_IN_TEXT));
        }
    }
    codes(text, kept, &mut cuts);
    cuts
}

/// The shortest code in a text: what is shorter is as often a name.
const SHORTEST_CODE: usize = 10;

/// Letters and digits mixed as no name has them: `MvIkB2LwqJmua`. Not in names, paths and addresses.
fn codes(text: &str, kept: &KeptHere<'_>, cuts: &mut Vec<Cut>) {
    for piece in pieces(text) {
        let mut at = piece.range.start;
        let is_end = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '\\' | '@' | '+');
        for run in piece.text.split_inclusive(is_end) {
            let code = run.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let start = at.saturating_add(run.find(code).unwrap_or(0));
            at = at.saturating_add(run.len());
            if is_code(code) && !kept.has(code) && guess(code).is_none() && !piece.text.contains("://") {
                cuts.push(Cut::out(start..start.saturating_add(code.len()), TOKEN_IN_TEXT));
            }
        }
    }
}

fn is_code(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && code.split(['-', '_']).any(|run| run.len() >= SHORTEST_CODE && is_mixed_run(run))
}

fn is_mixed_run(run: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| run.bytes().any(|byte| wanted(&byte));
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && likeness(run) > Likeness::None
}

/// The digits of `990172`, `INV-990172` and `R990172`; nothing of `CVE-2026-990172`, `KB5005565` and other words.
fn digits_of(word: &str) -> &str {
    let digits = word.trim_start_matches(|c: char| c.is_alphabetic() || c == '-');
    let prefix = word.strip_suffix(digits).unwrap_or_default().trim_end_matches('-').to_lowercase();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || PUBLISHED.contains(&prefix.as_str()) { "" } else { digits }
}
