//! Source symbols: what a record contributes, and to which of the coded symbols.
//!
//! The keyed hash of a prefix decides both. Whoever does not know the circle cannot choose either; a member that grinds
//! ids until they fall together is met by the bounds of [`super::Search`], and by ranges after that.

use watchfire_keys::hash::{derive, hash};
use watchfire_keys::ids::CircleId;
use watchfire_keys::labels;

use super::prefix::Prefix;

/// What makes the key of one comparison another than the circle's. Whoever asks draws it, after the records are there
/// whose ids somebody may have made to fall together.
pub type Salt = [u8; 16];

/// The key under which a circle's prefixes are hashed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn of(circle: &CircleId) -> Self {
        let key = hash(labels::DERIVE_RECONCILE, &[circle.as_bytes()]);
        // Derived once: a set of a million ids is hashed in a tenth of a second, one compression each.
        Self(*derive(labels::HASH_RANGE, &key, &[]))
    }

    /// The key of one comparison alone.
    pub(super) fn under(&self, salt: &Salt) -> Self {
        Self(*derive(labels::HASH_RANGE, &self.0, &[salt]))
    }

    pub(super) fn keyed(&self, prefix: Prefix) -> Keyed {
        let hash = *blake3::keyed_hash(&self.0, &prefix.0).as_bytes();
        let (halves, _) = hash.as_chunks::<8>();
        Keyed { low: u64::from_le_bytes(halves[0]), high: u64::from_le_bytes(halves[1]) }
    }
}

/// The keyed hash of a prefix. Its low half is the checksum in coded symbols; all of it decides the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keyed {
    pub(super) low: u64,
    pub(super) high: u64,
}

impl Keyed {
    /// The value that range fingerprints add up.
    pub(super) fn wide(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

/// The walk of one source symbol over the coded symbols that it is part of: the first one always, and the one with index
/// `i` with probability 1 / (1 + i/2), as in "Practical Rateless Set Reconciliation" (Yang, Gilad, Alizadeh; SIGCOMM
/// 2024), so that any beginning of the endless sequence is a sketch of its own size.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mapping {
    next: u32,
    steps: u32,
}

impl Mapping {
    /// The next index.
    pub(super) fn next(self) -> usize {
        self.next as usize
    }

    /// Goes on to the index after that.
    ///
    /// The probability that none of the `g` indices after `i` is hit is about `(i + 1.5)^2 / (i + 1.5 + g)^2`; a uniform
    /// `u` in its place gives `g = (i + 1.5) (1 / sqrt(u) - 1)`. The larger of two uniform numbers is distributed as
    /// the square root of one, so that whole numbers suffice and every machine takes the same step.
    pub(super) fn advance(&mut self, keyed: Keyed) {
        const ONE: u64 = 1 << 32;
        self.steps = self.steps.wrapping_add(1);
        let random = mix(keyed, self.steps);
        let root = (random >> 32).max(random & (ONE - 1)) + 1;
        let gap = (2 * u64::from(self.next) + 3).saturating_mul(ONE - root).div_ceil(2 * root).max(1);
        self.next = self.next.saturating_add(u32::try_from(gap).unwrap_or(u32::MAX));
    }
}

/// The finaliser of SplitMix64 over a counter. The low half comes in between, so that two sources take the same walk
/// only if both halves agree.
fn mix(keyed: Keyed, step: u32) -> u64 {
    let mut z = keyed.high.wrapping_add(u64::from(step).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ keyed.low;
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_i_is_hit_with_probability_one_by_one_plus_half_i() {
        const SOURCES: u32 = 40_000;
        const UP_TO: usize = 200;
        let key = Key::of(&CircleId::from_bytes([3; 32]));
        let mut hits = [0u32; UP_TO];
        for n in 0..SOURCES {
            let mut prefix = [0; 16];
            prefix[..4].copy_from_slice(&n.to_le_bytes());
            let keyed = key.keyed(Prefix(prefix));
            let mut mapping = Mapping::default();
            while mapping.next() < UP_TO {
                hits[mapping.next()] += 1;
                mapping.advance(keyed);
            }
        }
        for (index, hits) in hits.into_iter().enumerate() {
            let expected = 2 * SOURCES / (index as u32 + 2);
            // Five standard deviations, and two in a hundred for what the formula rounds.
            let slack = 5 * expected.isqrt() + expected / 50;
            assert!(hits.abs_diff(expected) <= slack, "{index}: {hits} for {expected}");
        }
    }

    #[test]
    fn a_walk_ends_whatever_the_hash_is() {
        for keyed in [Keyed { low: 0, high: 0 }, Keyed { low: u64::MAX, high: u64::MAX }] {
            let mut mapping = Mapping::default();
            for _ in 0..1000 {
                let before = mapping.next();
                mapping.advance(keyed);
                assert!(mapping.next() > before || before == u32::MAX as usize);
            }
        }
    }
}
