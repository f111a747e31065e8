//! The stretches of decoded bytes that may be text.
//!
//! Decides by the shape of UTF-8 alone. Most decoded bytes are rubble, so they are first counted without a branch.

use alloc::vec::Vec;

use super::readings::MIN_STRETCH;

/// What a byte is in UTF-8.
const ZERO: u8 = 0;
const PRINTABLE: u8 = 1;
const FOLLOWING: u8 = 2;
/// One less than these is how many bytes follow, plus [`FOLLOWING`].
const LEADS_ONE: u8 = 3;
const LEADS_TWO: u8 = 4;
const LEADS_THREE: u8 = 5;
const NO_TEXT: u8 = 6;

const KIND: [u8; 256] = {
    let mut kinds = [NO_TEXT; 256];
    let mut byte = 0_u8;
    loop {
        kinds[byte as usize] = match byte {
            0 => ZERO,
            b' '..=b'~' | b'\t' | b'\r' | b'\n' => PRINTABLE,
            0x80..=0xbf => FOLLOWING,
            0xc3..=0xdf => LEADS_ONE,
            0xe0..=0xef => LEADS_TWO,
            0xf0..=0xf4 => LEADS_THREE,
            _ => NO_TEXT,
        };
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    kinds
};

/// What becomes of a stretch with a byte: how many more bytes are due, whether what was before stays in it, and whether
/// the byte is in it. By how many were due (two bits) and the kind of the byte (three).
const STEP: [(u8, bool, bool); 32] = {
    let mut steps = [(0, false, false); 32];
    let mut due = 0_u8;
    while due < 4 {
        let mut kind = 0_u8;
        while kind < 7 {
            steps[(due * 8 + kind) as usize] = match kind {
                ZERO => (due, true, false),
                FOLLOWING if due > 0 => (due - 1, true, true),
                PRINTABLE => (0, due == 0, true),
                LEADS_ONE | LEADS_TWO | LEADS_THREE => (kind - FOLLOWING, due == 0, true),
                _ => (0, false, false),
            };
            kind += 1;
        }
        due += 1;
    }
    steps
};

fn step(due: u8, byte: u8) -> (u8, bool, bool) {
    let kind = KIND.get(usize::from(byte)).copied().unwrap_or(NO_TEXT);
    STEP.get(usize::from((due << 3) | kind)).copied().unwrap_or((0, false, false))
}

/// Shows `each` every stretch of [`MIN_STRETCH`] bytes or more, zeros left out.
pub(super) fn stretches(bytes: &[u8], mut each: impl FnMut(&[u8])) {
    let (mut due, mut length, mut longest) = (0_u8, 0_usize, 0_usize);
    for byte in bytes {
        let (next, stays, is_in) = step(due, *byte);
        due = next;
        length = length.wrapping_mul(usize::from(stays)).wrapping_add(usize::from(is_in));
        longest = longest.max(length);
    }
    if longest < MIN_STRETCH {
        return;
    }
    let mut stretch: Vec<u8> = Vec::with_capacity(longest);
    let mut due = 0_u8;
    for byte in bytes {
        let (next, stays, is_in) = step(due, *byte);
        due = next;
        if !stays {
            if stretch.len() >= MIN_STRETCH {
                each(&stretch);
            }
            stretch.clear();
        }
        if is_in {
            stretch.push(*byte);
        }
    }
    if stretch.len() >= MIN_STRETCH {
        each(&stretch);
    }
}
