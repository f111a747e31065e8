//! How a string is written in the encodings that the guard knows.

use alloc::string::String;
use alloc::vec::Vec;

/// The base64 digits that `bytes` have whatever stands before and after them, for each of the three places at which they can
/// begin in a group; standard alphabet.
pub(super) fn base64_cores(bytes: &[u8]) -> [Vec<u8>; 3] {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    [0_usize, 1, 2].map(|lead| {
        let mut core = Vec::with_capacity(bytes.len().saturating_mul(4) / 3);
        let bits = lead.saturating_add(bytes.len()).saturating_mul(8);
        // A digit counts when none of its six bits belongs to a neighbour.
        let mut bit = lead.saturating_mul(8).div_ceil(6).saturating_mul(6);
        while bit.saturating_add(6) <= bits {
            let value = (0..6).fold(0_usize, |value, offset| {
                let at = bit.saturating_add(offset).saturating_sub(lead.saturating_mul(8));
                let byte = bytes.get(at / 8).copied().unwrap_or(0);
                (value << 1) | usize::from(byte >> (7 - at % 8) & 1)
            });
            core.extend(DIGITS.get(value));
            bit = bit.saturating_add(6);
        }
        core
    })
}

/// A base64 digit in the alphabet of URLs.
pub(super) fn url_digit(digit: u8) -> u8 {
    match digit {
        b'+' => b'-',
        b'/' => b'_',
        other => other,
    }
}

/// Lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let digit = |value: u8| if value < 10 { b'0'.wrapping_add(value) } else { b'a'.wrapping_add(value - 10) };
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// UTF-16 in little-endian order, as scripts of Windows encode it.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// `text` with every word's first letter in capitals.
pub(super) fn title(text: &str) -> String {
    let mut title = String::with_capacity(text.len());
    let mut begins = true;
    for character in text.chars() {
        if begins {
            title.extend(character.to_uppercase());
        } else {
            title.push(character);
        }
        begins = !character.is_alphanumeric();
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_what_every_neighbourhood_leaves() {
        // Of `xannay`, `xxannay` and `xxxannay` as coreutils' base64 writes them.
        let cores = base64_cores(b"anna");
        assert_eq!(cores.map(|core| String::from_utf8(core).unwrap_or_default()), ["YW5uY", "Fubm", "hbm5h"]);
        assert_eq!(hexadecimal(b"anna\xff"), b"616e6e61ff");
        assert_eq!(title("anna m. lee@x"), "Anna M. Lee@X");
    }
}
