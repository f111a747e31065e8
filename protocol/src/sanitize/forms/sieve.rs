//! A glance at a text before it is searched.
//!
//! Decides that no needle can stand in it: each has its first bytes, without gaps, in the text. May say yes by chance,
//! never no.

use alloc::vec::Vec;

use super::fold::{CLASS, GAP};

/// How many first bytes are looked at; needles under `shortest` do not count, so that more can be looked at for a higher
/// `shortest`.
const LENGTHS: [usize; 3] = [7, 5, 3];

/// Bits for each needle, and the most and the fewest (as powers of two).
const BITS_EACH: usize = 32;
const MOST: u32 = 22;
const FEWEST: u32 = 12;

/// The first bytes of some needles.
#[derive(Default)]
pub(super) struct Sieve {
    /// By [`LENGTHS`].
    starts: [Starts; 3],
    /// There is a needle shorter than the least of them.
    is_open: bool,
}

#[derive(Default)]
struct Starts {
    bits: Vec<u64>,
    shift: u32,
}

/// [`CLASS`] of a byte in rot13.
const ROTATED: [u8; 256] = {
    let mut rotated = CLASS;
    let mut letter = 0;
    while letter < 26 {
        rotated[(b'a' + letter) as usize] = b'a' + (letter + 13) % 26;
        rotated[(b'A' + letter) as usize] = b'a' + (letter + 13) % 26;
        letter += 1;
    }
    rotated
};

impl Sieve {
    pub(super) fn new(needles: &[Vec<u8>]) -> Sieve {
        let starts = LENGTHS.map(|length| Starts::new(needles, length));
        let is_open = needles.iter().any(|needle| needle.len() < 3);
        Sieve { starts, is_open }
    }

    /// Whether `text`, folded, may hold a needle of at least `shortest` bytes.
    pub(super) fn may_hold(&self, text: &str, shortest: usize) -> bool {
        self.may(text, shortest, &CLASS)
    }

    /// The same for `text`, which is ASCII, in rot13.
    pub(super) fn may_hold_rotated(&self, text: &str, shortest: usize) -> bool {
        self.may(text, shortest, &ROTATED)
    }

    fn may(&self, text: &str, shortest: usize, class: &[u8; 256]) -> bool {
        let [seven, five, three] = &self.starts;
        match shortest {
            7.. => seven.may::<7>(text.as_bytes(), class),
            5.. => five.may::<5>(text.as_bytes(), class),
            _ => self.is_open || three.may::<3>(text.as_bytes(), class),
        }
    }
}

impl Starts {
    fn new(needles: &[Vec<u8>], length: usize) -> Starts {
        let mut found: Vec<u64> = needles
            .iter()
            .filter_map(|needle| needle.get(..length))
            .map(|start| start.iter().fold(0, |start, byte| (start << 8) | u64::from(*byte)))
            .collect();
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            return Starts::default();
        }
        let power = found.len().saturating_mul(BITS_EACH).checked_ilog2().unwrap_or(0).saturating_add(1);
        let power = power.clamp(FEWEST, MOST);
        let words = 1_usize.checked_shl(power.saturating_sub(6)).unwrap_or(1);
        let mut starts = Starts { bits: alloc::vec![0; words], shift: 64_u32.saturating_sub(power) };
        for start in found {
            let (word, bit) = starts.place(start);
            if let Some(word) = starts.bits.get_mut(word) {
                *word |= bit;
            }
        }
        starts
    }

    fn place(&self, start: u64) -> (usize, u64) {
        // Knuth's multiplicative hash: the upper bits are the mixed ones.
        let hash = start.wrapping_mul(0x9e37_79b9_7f4a_7c15).checked_shr(self.shift).unwrap_or(0);
        (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
    }

    fn may<const LENGTH: usize>(&self, text: &[u8], class: &[u8; 256]) -> bool {
        if self.bits.is_empty() || text.len() < LENGTH {
            return false;
        }
        let mask = (1_u64 << (LENGTH * 8)) - 1;
        let (mut start, mut length) = (0_u64, 0_usize);
        for byte in text {
            let plain = class.get(usize::from(*byte)).copied().unwrap_or(GAP);
            if plain == GAP {
                continue;
            }
            start = ((start << 8) | u64::from(plain)) & mask;
            length = length.saturating_add(1);
            if length >= LENGTH {
                let (word, bit) = self.place(start);
                if self.bits.get(word).is_some_and(|word| word & bit != 0) {
                    return true;
                }
            }
        }
        false
    }
}
