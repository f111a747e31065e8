//! Runs of digits read as bytes: base64, base32, hexadecimal, decimal character codes.
//!
//! Decides only what may be a run; whether the bytes mean anything is seen by who reads them. Linear in the text for each
//! alphabet: a run is read from every offset at which a group of digits can begin.

use alloc::vec::Vec;

use super::digests::{CASELESS_DIGITS, caseless_digit};
use super::fold::{GAP, class};
use super::unescape::hex;

/// Takes what is decoded. Every method returns whether to stop.
pub(super) trait Sink {
    /// The bytes of one run, read from one offset.
    fn run(&mut self, bytes: &[u8]) -> bool;
    /// Sixteen hexadecimal digits that stand in a row.
    fn window(&mut self, window: u64) -> bool;
    /// Ten base64 digits in a row, case aside, of a run as long as a digest.
    fn caseless(&mut self, window: u64) -> bool;
}

/// What is used again for every run.
#[derive(Default)]
pub(super) struct Scratch {
    digits: Vec<u8>,
    bytes: Vec<u8>,
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
pub(super) fn base64(text: &[u8], shortest: usize, scratch: &mut Scratch, sink: &mut impl Sink) -> bool {
    let Scratch { digits, bytes } = scratch;
    runs(text, &BASE64, true, digits, |digits| {
        digits.len() >= shortest && groups::<6, 4>(digits, bytes, sink)
    })
}

/// Every ten digits in a row of base64 as long as that of a digest, over no blanks, case aside.
pub(super) fn caseless_base64(text: &[u8], scratch: &mut Scratch, sink: &mut impl Sink) -> bool {
    // Of sixteen bytes.
    const SHORTEST: usize = 22;
    const LAST: usize = CASELESS_DIGITS as usize - 1;
    runs(text, &BASE64, false, &mut scratch.digits, |digits| {
        let mut window = 0_u64;
        digits.len() >= SHORTEST
            && digits.iter().enumerate().any(|(index, digit)| {
                window = ((window << 6) | caseless_digit(*digit)) & (u64::MAX >> (64 - 6 * CASELESS_DIGITS));
                index >= LAST && sink.caseless(window)
            })
    })
}

/// Every run of at least twelve base32 digits, from each of eight offsets.
pub(super) fn base32(text: &[u8], scratch: &mut Scratch, sink: &mut impl Sink) -> bool {
    const SHORTEST: usize = 12;
    let Scratch { digits, bytes } = scratch;
    runs(text, &BASE32, false, digits, |digits| {
        digits.len() >= SHORTEST && groups::<5, 8>(digits, bytes, sink)
    })
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

/// The bytes of `digits` of `BITS` bits each, of which `GROUP` are whole bytes, read from each offset in a group.
fn groups<const BITS: usize, const GROUP: usize>(
    digits: &[u8],
    bytes: &mut Vec<u8>,
    sink: &mut impl Sink,
) -> bool {
    (0..GROUP).any(|offset| {
        bytes.clear();
        for group in digits.get(offset..).unwrap_or_default().chunks(GROUP) {
            let held = group.iter().fold(0_u64, |held, digit| (held << BITS) | u64::from(*digit));
            let bits = group.len().saturating_mul(BITS);
            let shift = u32::try_from(bits).map_or(0, |bits| 64_u32.saturating_sub(bits));
            bytes.extend_from_slice((held << shift).to_be_bytes().get(..bits / 8).unwrap_or_default());
        }
        sink.run(bytes)
    })
}

/// Every run of at least `shortest` hexadecimal digits from both offsets, whatever stands between them (`61:6e`, `0x61,0x6e`,
/// `\x61\x6e`, `61 6e`), and every sixteen of them in a row.
pub(super) fn hexadecimal(text: &[u8], shortest: usize, scratch: &mut Scratch, sink: &mut impl Sink) -> bool {
    let Scratch { digits, bytes } = scratch;
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
            if digits.len() >= shortest && hexadecimal_run(digits, bytes, sink) {
                return true;
            }
            digits.clear();
        }
        previous = byte;
    }
    false
}

fn hexadecimal_run(digits: &[u8], bytes: &mut Vec<u8>, sink: &mut impl Sink) -> bool {
    let mut window = 0_u64;
    for (index, digit) in digits.iter().enumerate() {
        window = (window << 4) | u64::from(*digit);
        if index >= 15 && sink.window(window) {
            return true;
        }
    }
    (0..2).any(|offset| {
        bytes.clear();
        let pairs = digits.get(offset..).unwrap_or_default().chunks_exact(2);
        bytes.extend(pairs.map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)));
        sink.run(bytes)
    })
}

/// Every run of at least five decimal codes of printable characters with something between them (`97-110`, `97, 110`).
pub(super) fn decimal(text: &[u8], scratch: &mut Scratch, sink: &mut impl Sink) -> bool {
    const SHORTEST: usize = 5;
    if text.iter().filter(|byte| byte.is_ascii_digit()).count() < SHORTEST {
        return false;
    }
    let codes = &mut scratch.digits;
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
            if codes.len() >= SHORTEST && sink.run(codes) {
                return true;
            }
            codes.clear();
        }
    }
    false
}
