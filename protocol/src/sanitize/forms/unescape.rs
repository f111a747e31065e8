//! Escapes undone: percent, HTML entities, backslashes, quoted-printable.
//!
//! Decides nothing; linear in the text.

use alloc::string::String;
use alloc::vec::Vec;

/// How often escapes of escapes are undone.
const MAX_ROUNDS: usize = 8;

/// `text` with percent-escapes (`%40`, `%u0040`) undone until none is left, if it has any. Bytes that are no UTF-8 are read as
/// Latin-1; zeros are left out.
pub(super) fn unescaped(text: &str) -> Option<String> {
    to_the_bottom(text, percent)
}

/// `text` with HTML entities (`&#64;`, `&#x40;`, `&commat;`) and backslash escapes (`\u0040`, `\x40`, `\100`, `\n`) undone until
/// none is left, if it has any. Apart from percent-escapes, because `C:%5Cnancy` has a backslash that escapes nothing.
pub(super) fn unmarked(text: &str) -> Option<String> {
    to_the_bottom(text, mark)
}

fn to_the_bottom(text: &str, escape: fn(&[u8]) -> Option<(Plain, usize)>) -> Option<String> {
    let mut plain = round(text, escape)?;
    for _ in 1..MAX_ROUNDS {
        match round(&plain, escape) {
            Some(next) => plain = next,
            None => break,
        }
    }
    Some(plain)
}

/// `text` with quoted-printable undone (`=40`, and `=` at the end of a line), if it has any.
pub(super) fn unquoted(text: &str) -> Option<String> {
    round(text, quoted)
}

/// What an escape stands for: a byte, a character, or nothing; and how long it is.
enum Plain {
    Byte(u8),
    Char(char),
    Nothing,
}

fn round(text: &str, escape: fn(&[u8]) -> Option<(Plain, usize)>) -> Option<String> {
    let bytes = text.as_bytes();
    let mut plain: Option<Vec<u8>> = None;
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let may_begin = matches!(byte, b'%' | b'&' | b'\\' | b'=');
        match may_begin.then(|| escape(bytes.get(at..).unwrap_or_default())).flatten() {
            Some((meant, length)) => {
                let plain = plain.get_or_insert_with(|| {
                    let mut plain = Vec::with_capacity(bytes.len());
                    plain.extend_from_slice(bytes.get(..at).unwrap_or_default());
                    plain
                });
                match meant {
                    Plain::Byte(0) | Plain::Char('\0') | Plain::Nothing => {}
                    Plain::Byte(byte) => plain.push(byte),
                    Plain::Char(character) => {
                        plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                at = at.saturating_add(length.max(1));
            }
            None => {
                if let Some(plain) = &mut plain {
                    plain.push(*byte);
                }
                at = at.saturating_add(1);
            }
        }
    }
    plain.map(|bytes| latin_or_utf8(&bytes))
}

/// The text of `bytes`: UTF-8 where it is, Latin-1 where it is not.
fn latin_or_utf8(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(char::from));
    }
    text
}

fn percent(rest: &[u8]) -> Option<(Plain, usize)> {
    match rest {
        [b'%', b'u' | b'U', tail @ ..] => character(tail, 4, 4, 2),
        [b'%', high, low, ..] => Some((Plain::Byte((hex(*high)? << 4) | hex(*low)?), 3)),
        _ => None,
    }
}

fn mark(rest: &[u8]) -> Option<(Plain, usize)> {
    match rest {
        [b'\\', b'u', b'{', tail @ ..] => {
            let digits = tail.iter().take(7).position(|byte| *byte == b'}')?;
            let (plain, length) = character(tail, digits, digits, 3)?;
            Some((plain, length.saturating_add(1)))
        }
        [b'\\', b'u' | b'U', tail @ ..] => character(tail, 4, 4, 2),
        [b'\\', b'x' | b'X', high, low, ..] => Some((Plain::Byte((hex(*high)? << 4) | hex(*low)?), 4)),
        [b'\\', b'n' | b'r' | b't', ..] => Some((Plain::Byte(b'\n'), 2)),
        [b'\\', b'/', ..] => Some((Plain::Byte(b'/'), 2)),
        [b'\\', a @ b'0'..=b'1', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            let value = ((*a & 7) << 6) | ((*b & 7) << 3) | (*c & 7);
            Some((Plain::Byte(value), 4))
        }
        [b'&', b'#', b'x' | b'X', tail @ ..] => numeric_entity(tail, 16, 3),
        [b'&', b'#', tail @ ..] => numeric_entity(tail, 10, 2),
        [b'&', tail @ ..] => named_entity(tail),
        _ => None,
    }
}

fn quoted(rest: &[u8]) -> Option<(Plain, usize)> {
    match rest {
        [b'=', b'\r', b'\n', ..] => Some((Plain::Nothing, 3)),
        [b'=', b'\n', ..] => Some((Plain::Nothing, 2)),
        [b'=', high, low, ..] => Some((Plain::Byte((hex(*high)? << 4) | hex(*low)?), 3)),
        _ => None,
    }
}

/// The character of the `digits` hexadecimal digits at the start of `tail`, which stands `lead` bytes into the escape.
fn character(tail: &[u8], digits: usize, shortest: usize, lead: usize) -> Option<(Plain, usize)> {
    let digits = tail.get(..digits).filter(|digits| digits.len() >= shortest.max(1))?;
    let mut value = 0_u32;
    for digit in digits {
        value = value.checked_mul(16)?.checked_add(u32::from(hex(*digit)?))?;
    }
    Some((Plain::Char(char::from_u32(value)?), lead.saturating_add(digits.len())))
}

fn numeric_entity(tail: &[u8], radix: u32, lead: usize) -> Option<(Plain, usize)> {
    // Leading zeros are allowed and pad many an entity in spam.
    const LONGEST: usize = 10;
    let digits = tail.iter().take(LONGEST).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let text = core::str::from_utf8(tail.get(..digits)?).ok()?;
    let value = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
    let semicolon = usize::from(tail.get(digits) == Some(&b';'));
    Some((Plain::Char(value), lead.saturating_add(digits).saturating_add(semicolon)))
}

fn named_entity(tail: &[u8]) -> Option<(Plain, usize)> {
    const NAMED: [(&[u8], char); 20] = [
        (b"amp", '&'),
        (b"commat", '@'),
        (b"period", '.'),
        (b"lowbar", '_'),
        (b"hyphen", '-'),
        (b"dash", '-'),
        (b"plus", '+'),
        (b"percnt", '%'),
        (b"equals", '='),
        (b"colon", ':'),
        (b"sol", '/'),
        (b"quest", '?'),
        (b"num", '#'),
        (b"lt", '<'),
        (b"gt", '>'),
        (b"quot", '"'),
        (b"apos", '\''),
        (b"nbsp", ' '),
        (b"shy", '\u{ad}'),
        (b"comma", ','),
    ];
    let length = tail.iter().take(7).position(|byte| *byte == b';')?;
    let name = tail.get(..length)?;
    let (_, meant) = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some((Plain::Char(*meant), length.saturating_add(2)))
}

/// The value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_undone_to_the_bottom() {
        for text in [
            "%61nna%40x",
            "%2561nna%25252540x",
            "&#97;nna&#x40;x",
            "&#0000097;nna&commat;x",
            "&amp;#97nna&amp;commat;x",
            "\\u0061nna\\x40x",
            "\\u{61}nna\\100x",
            "%u0061nna%26%2364;x",
            "a%00nna@x",
        ] {
            let mut plain = String::from(text);
            while let Some(next) = unescaped(&plain).or_else(|| unmarked(&plain)) {
                plain = next;
            }
            assert_eq!(plain, "anna@x", "{text}");
        }
        assert_eq!(unquoted("=61nna=\r\n=40x").as_deref(), Some("anna@x"));
        assert_eq!(unescaped("Zo%EB & 5% \\ x=1").as_deref(), Some("Zoë & 5% \\ x=1"));
        assert_eq!(unescaped("a & b % c \\ d &#; &x;"), None);
        assert_eq!(unmarked("a & b % c \\ d &#; &x;"), None);
        assert_eq!(unquoted("a=b c="), None);
    }
}
