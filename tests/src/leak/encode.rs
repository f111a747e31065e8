//! Encodings in which a secret can be hidden, written for this purpose alone: the sanitizer's own are never used.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn bits(bytes: &[u8], width: usize, alphabet: &[u8], unit: usize, padded: bool) -> String {
    let mut made = String::new();
    let (mut held, mut count) = (0_u32, 0_usize);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        count += 8;
        while count >= width {
            count -= width;
            made.push(char::from(alphabet[usize::try_from(held >> count).unwrap() & ((1 << width) - 1)]));
        }
        held &= (1 << count) - 1;
    }
    if count > 0 {
        let last = usize::try_from(held << (width - count)).unwrap();
        made.push(char::from(alphabet[last & ((1 << width) - 1)]));
    }
    while padded && !made.len().is_multiple_of(unit) {
        made.push('=');
    }
    made
}

/// Base64 of RFC 4648, section 4.
pub(super) fn base64(bytes: &[u8], padded: bool) -> String {
    bits(bytes, 6, STANDARD, 4, padded)
}

/// Base64url of RFC 4648, section 5.
pub(super) fn base64url(bytes: &[u8], padded: bool) -> String {
    bits(bytes, 6, URL, 4, padded)
}

/// Base32 of RFC 4648 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    bits(bytes, 5, BASE32, 8, false)
}

/// Two digits a byte.
pub(super) fn hex(bytes: &[u8], upper: bool) -> String {
    bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
}

/// Every byte that is not a letter or a digit as `%40`; `all` the others too.
pub(super) fn percent(text: &str, all: bool, upper: bool) -> String {
    let mut made = String::new();
    for byte in text.bytes() {
        if !all && (byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte)) {
            made.push(char::from(byte));
        } else if upper {
            made.push_str(&format!("%{byte:02X}"));
        } else {
            made.push_str(&format!("%{byte:02x}"));
        }
    }
    made
}

/// Percent-encoded this many times.
pub(super) fn percent_times(text: &str, times: usize) -> String {
    (1..times).fold(percent(text, false, true), |made, _| percent(&made, false, true))
}

/// Character references of HTML: decimal, hexadecimal or both in turn.
pub(super) fn entities(text: &str, way: usize) -> String {
    let one = |(at, letter): (usize, char)| match (way + usize::from(way == 2) * (at % 2)) % 4 {
        0 => format!("&#{};", u32::from(letter)),
        1 => format!("&#x{:x};", u32::from(letter)),
        2 => format!("&#{:05};", u32::from(letter)),
        _ => format!("&#X{:X};", u32::from(letter)),
    };
    text.chars().enumerate().map(one).collect()
}

/// From the end to the beginning.
pub(super) fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// Each letter thirteen places on.
pub(super) fn rot13(text: &str) -> String {
    let turn = |letter: char| match letter {
        'a'..='m' | 'A'..='M' => char::from(u8::try_from(letter).unwrap() + 13),
        'n'..='z' | 'N'..='Z' => char::from(u8::try_from(letter).unwrap() - 13),
        other => other,
    };
    text.chars().map(turn).collect()
}

/// UTF-16, as scripts for Windows carry their text.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// MD5 in hexadecimal.
pub(super) fn md5(text: &str) -> Vec<u8> {
    Md5::digest(text.as_bytes()).to_vec()
}

/// SHA-1.
pub(super) fn sha1(text: &str) -> Vec<u8> {
    Sha1::digest(text.as_bytes()).to_vec()
}

/// SHA-256.
pub(super) fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// SHA-256 of a file.
pub(super) fn sha256_of(content: &[u8]) -> Vec<u8> {
    Sha256::digest(content).to_vec()
}

/// Quoted-printable of RFC 2045 with soft line breaks.
pub(super) fn quoted_printable(text: &str) -> String {
    let mut made = String::new();
    let mut column = 0;
    for byte in text.bytes() {
        if byte == b'\n' {
            made.push_str("\r\n");
            column = 0;
            continue;
        }
        let plain = (b' '..=b'~').contains(&byte) && byte != b'=';
        let piece = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if column + piece.len() > 72 {
            made.push_str("=\r\n");
            column = 0;
        }
        column += piece.len();
        made.push_str(&piece);
    }
    made
}

/// Base64 in lines of 76 characters.
pub(super) fn base64_lines(bytes: &[u8]) -> String {
    let whole = base64(bytes, true);
    let lines: Vec<&str> =
        whole.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\r\n")
}

/// A header's text as an encoded word of RFC 2047.
pub(super) fn encoded_word(text: &str, quoted: bool) -> String {
    if quoted {
        let one = |byte: u8| match byte {
            b' ' => "_".to_owned(),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            other => format!("={other:02X}"),
        };
        format!("=?UTF-8?Q?{}?=", text.bytes().map(one).collect::<String>())
    } else {
        format!("=?utf-8?B?{}?=", base64(text.as_bytes(), true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_those_of_their_standards() {
        assert_eq!(base64(b"foobar", true), "Zm9vYmFy");
        assert_eq!((base64(b"fo", true), base64(b"fo", false)), ("Zm8=".into(), "Zm8".into()));
        assert_eq!(base64url(&[0xfb, 0xff], false), "-_8");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(hex(b"@a", true), "4061");
        assert_eq!(percent_times("a@b", 3), "a%252540b");
        assert_eq!(entities("a@", 1), "&#x61;&#x40;");
        assert_eq!(rot13("Anna"), "Naan");
        assert_eq!(hex(&md5(""), false), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex(&sha1("abc"), false), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(quoted_printable("a=ü\nb"), "a=3D=C3=BC\r\nb");
        assert_eq!(encoded_word("ü a", true), "=?UTF-8?Q?=C3=BC_a?=");
    }
}
