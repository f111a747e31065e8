//! Passwords, keys and one-time codes.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::cut::Cut;
use super::word::{Word, end_of, pieces, start_of, words};
use crate::sanitize::rules::SECRET_IN_TEXT;
use crate::sanitize::token::{Likeness, likeness};

/// Words after which a value stands that opens something, in lower case.
const LABELS: [&str; 34] = [
    "password",
    "passwords",
    "passwd",
    "passcode",
    "passphrase",
    "pwd",
    "passwort",
    "kennwort",
    "zugangscode",
    "geheimnis",
    "contraseña",
    "contrasena",
    "clave",
    "passe",
    "mdp",
    "senha",
    "wachtwoord",
    "hasło",
    "haslo",
    "lösenord",
    "parola",
    "пароль",
    "密码",
    "apikey",
    "api-key",
    "api_key",
    "secret",
    "token",
    "key",
    "pin",
    "otp",
    "tan",
    "bearer",
    "pw",
];

/// Words after whose `=` or `:` such a value stands, also as the end of a longer name (`aws_secret_access_key`), in lower
/// case and without `-` and `_`. Without a mark after them they are ordinary English.
const NAMES: [&str; 19] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "authorization",
    "authtoken",
    "clientsecret",
    "cookie",
    "idtoken",
    "passwd",
    "password",
    "phpsessid",
    "privatekey",
    "refreshtoken",
    "secretkey",
    "session",
    "sessionid",
    "sessiontoken",
];

/// Words that say that a number nearby is a one-time code, in lower case.
const CODES: [&str; 14] = [
    "code",
    "codes",
    "pin",
    "otp",
    "tan",
    "passcode",
    "verification",
    "verifizierungscode",
    "bestätigungscode",
    "código",
    "codigo",
    "einmalcode",
    "sicherheitscode",
    "mfa",
];

/// Words before `code` with which it is none.
const OTHER_CODES: [&str; 13] = [
    "error", "exit", "status", "zip", "postal", "area", "country", "source", "response", "return", "http",
    "dress", "bar",
];

/// Passwords that everybody uses who passes on malware, so that nobody opens it by accident.
const USUAL: [&str; 3] = ["infected", "malware", "virus"];

/// Beginnings of keys, with the fewest characters after them. Sources: the documentation of the services and of GitHub's
/// secret scanning.
const PREFIXES: [(&str, usize); 24] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xoxr-", 10),
    ("xapp-", 10),
    ("sk-", 20),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("AIza", 30),
    ("ya29.", 16),
    ("npm_", 30),
    ("SG.", 40),
    ("eyJ", 20),
];

/// What opens something.
pub(super) fn cuts(text: &str) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = armoured(text);
    for piece in pieces(text) {
        cuts.extend(labelled(text, &piece).or_else(|| by_outline(&piece)));
    }
    codes(text, &mut cuts);
    cuts
}

/// Keys and certificates in letters: from `-----BEGIN` to the end of the line of `-----END`, or to the end.
fn armoured(text: &str) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut at = 0_usize;
    while let Some(begin) =
        text.get(at..).and_then(|rest| rest.find("-----BEGIN ")).map(|found| at.saturating_add(found))
    {
        let rest = text.get(begin..).unwrap_or_default();
        let end = rest.find("-----END ").map_or(rest.len(), |end| {
            let tail = rest.get(end..).unwrap_or_default();
            end.saturating_add(tail.find('\n').unwrap_or(tail.len()))
        });
        at = begin.saturating_add(end.max(1));
        cuts.push(Cut::out(begin..at, SECRET_IN_TEXT));
    }
    cuts
}

/// `password: x`, `pwd=x`, `Passwort lautet x`: what follows the label.
fn labelled(text: &str, piece: &Word<'_>) -> Option<Cut> {
    let (label, inside) = match piece.text.split_once([':', '=', '：']) {
        Some((label, value)) => (label, Some(value)),
        None => (piece.text, None),
    };
    let label = label.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_')).next()?;
    let needs_mark = !is_label(label);
    if needs_mark && !is_name(label) {
        return None;
    }
    // In the same piece: `pwd=x`.
    if let Some(value) = inside.filter(|value| !value.is_empty()) {
        let start = piece.range.end.saturating_sub(value.len());
        return value_cut(text, start..piece.range.end, true);
    }
    let rest = start_of(text.get(piece.range.end..)?, 512);
    let line = rest.split('\n').next()?;
    let mut following = pieces(line).map(|next| {
        let start = next.range.start.saturating_add(piece.range.end);
        start..next.range.end.saturating_add(piece.range.end)
    });
    let mut next = following.next()?;
    let mut is_announced = inside.is_some();
    let glue = text.get(next.clone())?;
    if matches!(glue, ":" | "=" | "->" | "：" | "=>") {
        is_announced = true;
        next = following.next()?;
    } else if ["is", "was", "ist", "lautet", "es", "est", "é", "to", "ist:", "is:", "lautet:"].contains(&glue)
    {
        is_announced |= glue.ends_with(':');
        next = following.next()?;
    }
    if needs_mark && !is_announced {
        return None;
    }
    value_cut(text, next, is_announced)
}

fn is_label(label: &str) -> bool {
    label.len() <= 24 && LABELS.contains(&label.to_lowercase().as_str())
}

fn is_name(label: &str) -> bool {
    if label.len() > 48 || !label.is_ascii() {
        return false;
    }
    let bare: String =
        label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|name| bare.ends_with(name))
}

/// Whether a value that follows `head` is what opens something: `api_key=`, `"token": "`, `Cookie: session=`.
pub(in crate::sanitize) fn is_announced_by(head: &str) -> bool {
    let head = end_of(head, 96).trim_end_matches([' ', '\t', '"', '\'', '`']);
    let Some(head) = head.strip_suffix(['=', ':', '：']) else { return false };
    let head = head.trim_end_matches([' ', '\t', '"', '\'', '`']);
    let label =
        head.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_')).next().unwrap_or_default();
    is_label(label) || is_name(label)
}

/// Whether a value is a key by its outline.
pub(in crate::sanitize) fn is_key(value: &str) -> bool {
    pieces(value).any(|piece| by_outline(&piece).is_some())
}

/// The value itself, if it can be one: after a colon or an equals sign any word; else what is no plain word.
fn value_cut(text: &str, range: Range<usize>, is_announced: bool) -> Option<Cut> {
    let piece = text.get(range.clone())?;
    // An exclamation mark at the end is part of many passwords.
    let around = |c: char| matches!(c, '.' | ',' | ';' | '\'' | '’' | '(' | ')' | '[' | ']');
    let value = piece.trim_matches(around);
    let start = range.start.saturating_add(piece.find(value)?);
    let is_plain = value.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '/' | '\''));
    let is_usual = USUAL.iter().any(|usual| value.eq_ignore_ascii_case(usual));
    // An address or a domain is judged as an indicator.
    let is_other = value.contains("://") || value.contains("[.]") || value.contains("removed");
    let can_be = value.chars().count() >= 3 && !is_usual && !is_other && (is_announced || !is_plain);
    can_be.then(|| Cut::out(start..start.saturating_add(value.len()), SECRET_IN_TEXT))
}

/// A key that is known by its beginning, or a web token.
fn by_outline(piece: &Word<'_>) -> Option<Cut> {
    let is_key_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut at = 0_usize;
    for run in piece.text.split_inclusive(|c: char| !is_key_character(c)) {
        let bare = run.trim_end_matches(|c: char| !is_key_character(c)).trim_end_matches('.');
        let known = PREFIXES
            .iter()
            .find(|(prefix, fewest)| bare.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *fewest));
        if let Some((prefix, _)) = known {
            // `sk-` and `eyJ` begin words, too.
            let is_random = likeness(bare) > Likeness::None;
            let has_digit = bare.bytes().any(|byte| byte.is_ascii_digit());
            if is_random || (prefix.len() > 3 && has_digit) || is_whole_key(prefix, bare) {
                let start = piece.range.start.saturating_add(at);
                return Some(Cut::out(start..start.saturating_add(bare.len()), SECRET_IN_TEXT));
            }
        }
        at = at.saturating_add(run.len());
    }
    None
}

/// Keys of a fixed outline, which happen to have no digit now and then.
fn is_whole_key(prefix: &str, key: &str) -> bool {
    let rest = key.strip_prefix(prefix).unwrap_or_default();
    match prefix {
        "AKIA" | "ASIA" => rest.len() == 16 && !rest.bytes().any(|byte| byte.is_ascii_lowercase()),
        "AIza" => (34..=36).contains(&rest.len()),
        _ => false,
    }
}

/// Four to eight digits at most four words after, or four words before, a word that says they are a code.
fn codes(text: &str, cuts: &mut Vec<Cut>) {
    const AFTER: usize = 4;
    const BEFORE: usize = 5;
    let words = words(text);
    let is_code_word = |index: usize| {
        let said = words
            .get(index)
            .is_some_and(|word| word.text.len() <= 24 && CODES.contains(&word.text.to_lowercase().as_str()));
        let before = index.checked_sub(1).and_then(|before| words.get(before));
        said && !before.is_some_and(|before| OTHER_CODES.contains(&before.text.to_lowercase().as_str()))
    };
    for (index, word) in words.iter().enumerate() {
        let digits = word.text.trim_start_matches("G-");
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        if !is_number || !(4..=8).contains(&count) {
            continue;
        }
        let is_year = count == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        let is_in_name =
            text.get(..word.range.start).is_some_and(|head| head.ends_with(['.', '/', '_', ':', '@']));
        let nearby =
            (index.saturating_sub(AFTER)..index).chain(index.saturating_add(1)..index.saturating_add(BEFORE));
        if !is_year && !is_in_name && nearby.into_iter().any(is_code_word) {
            cuts.push(Cut::out(word.range.clone(), SECRET_IN_TEXT));
        }
    }
}
