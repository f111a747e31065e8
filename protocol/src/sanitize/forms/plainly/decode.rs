//! Runs of digits read as bytes: base64, base32, hexadecimal, decimal character codes.
//!
//! Decides only what may be a run; whether the bytes mean anything is seen by who reads them. Linear in the text for each
//! alphabet: a run is read from every offset at which a group of digits can begin.

use alloc::vec::Vec;

use super::fold::{GAP, class};
use super::unescape::hex;

/// Takes what is decoded. Every method returns whether to stop.
pub(super) trait Sink {
    /// The next byte of a run.
    fn byte(&mut self, byte: u8) -> bool;
    /// The run ended.
    fn end(&mut self) -> bool;
    /// Sixteen hexadecimal digits that stand in a row.
    fn window(&mut self, window: u64) -> bool;
}

/// Both alphabets of RFC 4648.
const BASE64: [u8; 256] = {
    let mut digits = [NONE; 256];
    fill(&mut digits, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    digits[b'-' as usize] = 62;
    digits[b'_' as usize] = 63;
    digits
};

/// In either case.
const BASE32: [u8; 256] = {
    let mut digits = [NONE; 256];
    fill(&mut digits, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    let mut letter = 0;
    while letter < 26 {
        digits[(b'a' + letter) as usize] = letter;
        letter += 1;
    }
    digits
};

const NONE: u8 = 0xff;

const fn fill(digits: &mut [u8; 256], alphabet: &[u8]) {
    let mut index = 0;
    let mut value = 0_u8;
    while index < alphabet.len() {
        digits[alphabet[index] as usize] = value;
        index += 1;
        value += 1;
    }
}

fn digit(alphabet: &[u8; 256], byte: u8) -> u8 {
    alphabet.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// Every run of at least `shortest` base64 digits, over line ends and blanks, from each of four offsets.
pub(super) fn base64(text: &[u8], shortest: usize, digits: &mut Vec<u8>, sink: &mut impl Sink) -> bool {
    runs(text, &BASE64, true, digits, |digits| digits.len() >= shortest && groups(digits, 6, 4, sink))
}

/// Every run of at least twelve base32 digits, from each of eight offsets.
pub(super) fn base32(text: &[u8], digits: &mut Vec<u8>, sink: &mut impl Sink) -> bool {
    runs(text, &BASE32, false, digits, |digits| digits.len() >= 12 && groups(digits, 5, 8, sink))
}

fn runs(
    text: &[u8],
    alphabet: &[u8; 256],
    over_blanks: bool,
    digits: &mut Vec<u8>,
    mut run: impl FnMut(&[u8]) -> bool,
) -> bool {
    digits.clear();
    for byte in text {
        let value = digit(alphabet, *byte);
        if value != NONE {
            digits.push(value);
        } else if !(digits.is_empty() || (over_blanks && byte.is_ascii_whitespace())) {
            if run(digits) {
                return true;
            }
            digits.clear();
        }
    }
    !digits.is_empty() && run(digits)
}

/// The bytes of `digits` of `bits` bits each, read from each of `offsets` offsets.
fn groups(digits: &[u8], bits: u32, offsets: usize, sink: &mut impl Sink) -> bool {
    for offset in 0..offsets {
        let (mut held, mut count) = (0_u32, 0_u32);
        for digit in digits.get(offset..).unwrap_or_default() {
            held = (held << bits) | u32::from(*digit);
            count = count.saturating_add(bits);
            if count >= 8 {
                count = count.saturating_sub(8);
                let byte = u8::try_from((held >> count) & 0xff).unwrap_or(0);
                held &= (1 << count) - 1;
                if sink.byte(byte) {
                    return true;
                }
            }
        }
        if sink.end() {
            return true;
        }
    }
    false
}

/// Every run of at least `shortest` hexadecimal digits from both offsets, whatever stands between them (`61:6e`, `0x61,0x6e`,
/// `\x61\x6e`, `61 6e`), and every sixteen of them in a row.
pub(super) fn hexadecimal(text: &[u8], shortest: usize, digits: &mut Vec<u8>, sink: &mut impl Sink) -> bool {
    digits.clear();
    let mut previous = b' ';
    for byte in text.iter().copied().chain([b'z']) {
        if let Some(value) = hex(byte) {
            digits.push(value);
        } else if matches!(byte, b'x' | b'X') && matches!(previous, b'0' | b'\\') {
            // The zero belonged to the prefix.
            if previous == b'0' {
                digits.pop();
            }
        } else if class(byte) != GAP {
            if digits.len() >= shortest && hexadecimal_run(digits, sink) {
                return true;
            }
            digits.clear();
        }
        previous = byte;
    }
    false
}

fn hexadecimal_run(digits: &[u8], sink: &mut impl Sink) -> bool {
    let mut window = 0_u64;
    for (index, digit) in digits.iter().enumerate() {
        window = (window << 4) | u64::from(*digit);
        if index >= 15 && sink.window(window) {
            return true;
        }
    }
    for offset in 0..2 {
        for pair in digits.get(offset..).unwrap_or_default().chunks_exact(2) {
            if let [high, low] = pair
                && sink.byte((high << 4) | low)
            {
                return true;
            }
        }
        if sink.end() {
            return true;
        }
    }
    false
}

/// Every run of at least five decimal codes of printable characters with something between them (`97-110`, `97, 110`).
pub(super) fn decimal(text: &[u8], codes: &mut Vec<u8>, sink: &mut impl Sink) -> bool {
    const SHORTEST: usize = 5;
    codes.clear();
    let (mut value, mut length, mut gap) = (0_u32, 0_u32, 0_u32);
    for byte in text.iter().copied().chain([b'z']) {
        if byte.is_ascii_digit() {
            value = value.saturating_mul(10).saturating_add(u32::from(byte & 15));
            length = length.saturating_add(1);
            gap = 0;
            continue;
        }
        let mut ends = class(byte) != GAP;
        if length > 0 {
            match u8::try_from(value) {
                Ok(code) if length <= 3 && (code >= 0x20 || matches!(code, 9 | 10 | 13)) => codes.push(code),
                _ => ends = true,
            }
        }
        (value, length) = (0, 0);
        gap = gap.saturating_add(1);
        if ends || gap > 3 {
            if codes.len() >= SHORTEST && (codes.iter().any(|code| sink.byte(*code)) || sink.end()) {
                return true;
            }
            codes.clear();
        }
    }
    false
}
