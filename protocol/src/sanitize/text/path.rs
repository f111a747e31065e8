//! Folders that name the user of a computer, and names of computers.

use alloc::vec::Vec;

use super::cut::Cut;
use super::word::{end_of, start_of, words};
use crate::sanitize::rules::FILE_PATH;

/// What stands before a user's name in a path, in lower case, with `/` for both slashes.
const HOMES: [&str; 7] = [
    "/users/",
    "/home/",
    "/homes/",
    "/documents and settings/",
    "/var/mail/",
    "/winnt/profiles/",
    "/profiles/",
];

/// Users that every computer has, and what people write instead of one, in lower case.
const NOBODY: [&str; 23] = [
    "public",
    "default",
    "all users",
    "default user",
    "administrator",
    "admin",
    "user",
    "users",
    "username",
    "root",
    "guest",
    "www-data",
    "ubuntu",
    "ec2-user",
    "shared",
    "pi",
    "vagrant",
    "me",
    "you",
    "name",
    "localuser",
    "test",
    "removed",
];

/// Beginnings of the names that Windows and others make up for a computer, in lower case.
const MADE_UP: [&str; 6] = ["desktop-", "laptop-", "win-", "ip-", "macbook-", "surface-"];

/// Ends of the names that people give to their computers, in lower case.
const ENDS: [&str; 11] = [
    "-pc",
    "-laptop",
    "-desktop",
    "-notebook",
    "-macbook",
    "-macbook-pro",
    "-macbook-air",
    "-mbp",
    "-iphone",
    "-ipad",
    "-imac",
];

/// Users in paths, hosts of shares, and names of computers.
pub(super) fn cuts(text: &str) -> Vec<Cut> {
    let mut cuts = Vec::new();
    homes(text, &mut cuts);
    shares(text, &mut cuts);
    for word in words(text) {
        if is_computer(word.text) {
            cuts.push(Cut::out(word.range, FILE_PATH));
        }
    }
    cuts
}

fn homes(text: &str, cuts: &mut Vec<Cut>) {
    // One byte for one byte, so that places stay; doubled backslashes, as in listings, count as one each.
    let plain: Vec<u8> =
        text.bytes().map(|byte| if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() }).collect();
    for (at, _) in plain.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let rest = plain.get(at..).unwrap_or_default();
        let Some(home) = HOMES.iter().find(|home| {
            let bare = home.as_bytes();
            rest.starts_with(bare)
        }) else {
            continue;
        };
        // In a URL `/users/` is a page.
        if text.get(..at).is_some_and(is_in_url) {
            continue;
        }
        let mut start = at.saturating_add(home.len());
        while plain.get(start) == Some(&b'/') {
            start = start.saturating_add(1);
        }
        let tail = start_of(text.get(start..).unwrap_or_default(), 256);
        let is_end = |c: char| {
            matches!(c, '/' | '\\' | '"' | '\'' | '<' | '>' | '|' | ':' | '\n' | '\t' | ',' | ';' | ')')
        };
        let length = tail.find(is_end).unwrap_or(tail.len());
        let mut user = tail.get(..length).unwrap_or_default();
        // Without a slash after it the name ends at a blank.
        if !tail.get(length..).is_some_and(|after| after.starts_with(['/', '\\'])) || user.len() > 40 {
            user = user.split(' ').next().unwrap_or_default().trim_end_matches(['.', '!', '?']);
        }
        let lower = user.to_lowercase();
        let is_variable = user.starts_with(['%', '$', '{', '*', '[', '<']);
        if !user.is_empty() && !is_variable && !NOBODY.contains(&lower.as_str()) {
            cuts.push(Cut::out(start..start.saturating_add(user.len()), FILE_PATH));
        }
    }
}

/// Whether the text that ends here is inside a URL.
fn is_in_url(head: &str) -> bool {
    let word = end_of(head, 512).rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.contains("[.]") || word.contains('.')
}

/// `\\HOST\share`, where the host is no public name or address.
fn shares(text: &str, cuts: &mut Vec<Cut>) {
    for (at, _) in text.match_indices("\\\\") {
        let begins = text.get(..at).is_none_or(|head| {
            head.ends_with(|c: char| c.is_whitespace() || "\"'(<`".contains(c)) || head.is_empty()
        });
        let start = at.saturating_add(2);
        let tail = start_of(text.get(start..).unwrap_or_default(), 256);
        let length = tail
            .find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '$'))
            .unwrap_or(tail.len());
        let host = tail.get(..length).unwrap_or_default();
        let is_share = tail.get(length..).is_some_and(|after| after.starts_with('\\'));
        if begins && is_share && !host.is_empty() && !host.contains('.') {
            cuts.push(Cut::out(start..start.saturating_add(length), FILE_PATH));
        }
    }
}

/// Whether a word is the name of one computer: `DESKTOP-4F2K9QX`, `Annas-MacBook-Pro`, `ANNA-PC`.
fn is_computer(word: &str) -> bool {
    if word.len() > 63 || !word.contains('-') {
        return false;
    }
    let lower = word.to_lowercase();
    let is_made_up = MADE_UP.iter().any(|begin| {
        lower.strip_prefix(begin).is_some_and(|rest| {
            rest.len() >= 6
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && rest.bytes().any(|byte| byte.is_ascii_digit())
                && word.get(begin.len()..) == Some(rest.to_uppercase().as_str())
        })
    });
    // `all-in-one-pc` is a word; a name begins with a capital letter.
    let has_owner =
        |end: &str| lower.strip_suffix(end).is_some_and(|owner| owner.len() >= 3 && !owner.contains('-'));
    is_made_up
        || (word.starts_with(char::is_uppercase)
            && ENDS.iter().any(|end| has_owner(end))
            && !is_product(&lower))
}

fn is_product(lower: &str) -> bool {
    [
        "apple-", "windows-", "mini-", "tablet-", "gaming-", "multi-", "non-", "apple’", "dell-", "lenovo-",
        "anti-",
    ]
    .iter()
    .any(|product| lower.starts_with(product))
}
