//! The ways in which the guard looks at an outgoing text.

use alloc::string::String;
use alloc::vec::Vec;

/// How often percent-escapes of percent-escapes are undone.
const MAX_ROUNDS: usize = 8;

/// What may stand between the words of a name: ASCII blanks and punctuation, but for what encloses an address.
pub(super) fn is_separator(character: char) -> bool {
    (character.is_ascii_punctuation() && !matches!(character, '<' | '>')) || character.is_ascii_whitespace()
}

/// How many letters and digits `text` has.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// `text` without percent-escapes, if it has any; bytes that are no UTF-8 become replacement characters.
pub(super) fn without_percent(text: &str) -> Option<String> {
    let mut plain = once(text)?;
    for _ in 1..MAX_ROUNDS {
        let Some(next) = once(&plain) else { break };
        plain = next;
    }
    Some(plain)
}

fn once(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut has_any = false;
    while let Some((first, tail)) = rest.split_first() {
        let value = tail.first_chunk::<2>().filter(|_| *first == b'%').and_then(|digits| {
            let digits =
                core::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
            u8::from_str_radix(digits, 16).ok()
        });
        has_any |= value.is_some();
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    has_any.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Lower-case `text` with one blank for each row of separators; a row of more than eight parts what it stands between.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut row = 0_usize;
    for character in text.chars() {
        if is_separator(character) {
            row = row.saturating_add(1);
            if row == 1 || row == 9 {
                spaced.push(' ');
            }
        } else {
            row = 0;
            spaced.push(character);
        }
    }
    spaced
}

/// Lower-case `text` with the usual ways undone in which dots and `@` are made harmless, if it has any.
pub(super) fn refanged(text: &str) -> Option<String> {
    const WAYS: [(&str, &str); 12] = [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        (" dot ", "."),
        ("[@]", "@"),
        ("(@)", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("_at_", "@"),
        (" at ", "@"),
    ];
    let may_have = |byte: u8| matches!(byte, b'[' | b'(' | b'{' | b' ' | b'_');
    if !text.bytes().any(may_have) {
        return None;
    }
    let mut plain = None;
    for (way, meant) in WAYS {
        let text = plain.as_deref().unwrap_or(text);
        if text.contains(way) {
            plain = Some(text.replace(way, meant));
        }
    }
    plain
}

/// The base64 digits of `text` over line ends, in the standard alphabet; anything else stays and parts them.
pub(super) fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(digit).collect()
}

/// Lower-case `text` without separators.
pub(super) fn squeezed(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| !byte.is_ascii_punctuation() && !byte.is_ascii_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_what_they_say() {
        assert_eq!(without_percent("a%2540b%zz%4").as_deref(), Some("a@b%zz%4"));
        assert_eq!(without_percent("100%"), None);
        assert_eq!(spaced("anna, (lee)<x>"), "anna lee <x>");
        assert_eq!(spaced("anna----------lee"), "anna  lee");
        assert_eq!(base64("ab_-\r\ncd="), b"ab/+cd=");
        assert_eq!(squeezed("6-1:6e"), b"616e");
    }
}
