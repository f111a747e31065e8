//! The ways in which a text can be read: as it stands, and as the usual encodings hide it.
//!
//! Decides nothing. Each reading is linear in the text and no longer than it; one text has at most [`MAX_READINGS`].

use alloc::string::String;
use alloc::vec::Vec;

use crate::indicator::Refanged;

/// As it stands, percent-decoded, base64 at four offsets, hexadecimal at two.
const MAX_READINGS: usize = 8;

/// How a reading came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) enum Form {
    Plain,
    Percent,
    Base64,
    Hexadecimal,
}

/// Every reading of `text`, in lower case and refanged.
pub(in crate::sanitize) fn readings(text: &str) -> Vec<(Form, String)> {
    let mut readings = Vec::with_capacity(MAX_READINGS);
    readings.push((Form::Plain, folded(text)));
    let decoded = percent_decoded(text);
    if decoded != text {
        readings.push((Form::Percent, folded(&decoded)));
    }
    for offset in 0..4 {
        push_bytes(&mut readings, Form::Base64, &runs(&decoded, 8, offset, base64_digit, base64_run));
    }
    for offset in 0..2 {
        push_bytes(&mut readings, Form::Hexadecimal, &runs(&decoded, 12, offset, hex_digit, hex_run));
    }
    readings
}

fn folded(text: &str) -> String {
    // Running text and one value differ in ` dot `; here the bolder reading is the safer one.
    Refanged::one_value(text).text.to_lowercase()
}

fn push_bytes(readings: &mut Vec<(Form, String)>, form: Form, bytes: &[u8]) {
    if !bytes.is_empty() {
        readings.push((form, String::from_utf8_lossy(bytes).to_lowercase()));
    }
}

/// Percent-escapes undone up to three times over; `+` is left alone.
fn percent_decoded(text: &str) -> String {
    let mut decoded = String::from(text);
    for _ in 0..3 {
        if !decoded.contains('%') {
            break;
        }
        let bytes = decoded.as_bytes();
        let mut next = Vec::with_capacity(bytes.len());
        let mut at = 0_usize;
        while let Some(byte) = bytes.get(at) {
            let escape = match (byte, bytes.get(at.saturating_add(1)), bytes.get(at.saturating_add(2))) {
                (b'%', Some(high), Some(low)) => hex_digit(*high).zip(hex_digit(*low)),
                _ => None,
            };
            match escape {
                Some((high, low)) => next.push((high << 4) | low),
                None => next.push(*byte),
            }
            at = at.saturating_add(if escape.is_some() { 3 } else { 1 });
        }
        let next = String::from_utf8_lossy(&next).into_owned();
        if next == decoded {
            break;
        }
        decoded = next;
    }
    decoded
}

/// The decoded bytes of every run of at least `shortest` digits, read from `offset` on, with a line end between runs.
fn runs(
    text: &str,
    shortest: usize,
    offset: usize,
    digit: fn(u8) -> Option<u8>,
    decode: fn(&[u8], &mut Vec<u8>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut digits: Vec<u8> = Vec::new();
    for byte in text.bytes().chain([b'\n']) {
        if let Some(value) = digit(byte) {
            digits.push(value);
            continue;
        }
        if digits.len() >= shortest {
            decode(digits.get(offset..).unwrap_or_default(), &mut bytes);
            bytes.push(b'\n');
        }
        digits.clear();
    }
    bytes
}

/// Both alphabets of RFC 4648.
fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn base64_run(digits: &[u8], bytes: &mut Vec<u8>) {
    for group in digits.chunks(4) {
        let &[a, b, ref rest @ ..] = group else { return };
        bytes.push((a << 2) | (b >> 4));
        if let Some(c) = rest.first() {
            bytes.push((b << 4) | (c >> 2));
            if let Some(d) = rest.get(1) {
                bytes.push((c << 6) | d);
            }
        }
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

fn hex_run(digits: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend(digits.chunks_exact(2).filter_map(|pair| match pair {
        [high, low] => Some((high << 4) | low),
        _ => None,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_simple_encoding_is_read() {
        for text in [
            "Anna@Campaign.org",
            "anna[at]campaign[.]org",
            "q=anna%40campaign.org",
            "q=anna%2540campaign%252eorg",
            "https://evil.test/?d=YW5uYUBjYW1wYWlnbi5vcmc",
            "https://evil.test/?d=xxYW5uYUBjYW1wYWlnbi5vcmc=",
            "https://evil.test/?d=xYW5uYUBjYW1wYWlnbi5vcmc%3D",
            "https://evil.test/616e6e614063616d706169676e2e6f7267",
            "https://evil.test/f616e6e614063616D706169676E2E6F7267",
        ] {
            let readings = readings(text);
            assert!(readings.len() <= MAX_READINGS);
            assert!(readings.iter().any(|(_, reading)| reading.contains("anna@campaign.org")), "{text}");
        }
    }
}
