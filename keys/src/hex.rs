//! Lower-case hexadecimal, the printed form of ids and public keys.
//!
//! Never used for secrets: it takes no care to run in constant time.

use alloc::string::String;
use core::fmt;

/// Writes `bytes` as lower-case hex.
pub(crate) fn write(bytes: &[u8], f: &mut impl fmt::Write) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// `bytes` as a lower-case hex string of twice the length.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Fills `out` from a string of exactly `2 * out.len()` hex digits of either case; `None` if it is not that.
pub(crate) fn decode_into(text: &str, out: &mut [u8]) -> Option<()> {
    let text = text.as_bytes();
    if text.len() != out.len().checked_mul(2)? {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(())
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back() {
        let bytes = [0x00, 0x0f, 0xa5, 0xff];
        let mut back = [1; 4];
        assert_eq!(encode(&bytes), "000fa5ff");
        assert_eq!(decode_into("000FA5ff", &mut back), Some(()));
        assert_eq!(back, bytes);
    }

    #[test]
    fn a_wrong_length_or_digit_is_refused() {
        let mut out = [0; 2];
        for text in ["", "000", "00000", "00g0", "0x00", "é0"] {
            assert_eq!(decode_into(text, &mut out), None, "{text}");
        }
    }
}
