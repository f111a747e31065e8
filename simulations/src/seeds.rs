//! One seed, many streams: each factor of a run draws from a random stream of its own.
//!
//! So a run with another latency has the same members, the same workload and the same node secrets as before, and what
//! differs between the two comes from the latency.

use std::ops::Range;

use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

/// The seed of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds(u64);

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Who knows whom at the start.
    Topology,
    /// How long a frame takes.
    Latency,
    /// Which frames are lost, doubled or overtaken.
    Loss,
    /// What is published, by whom.
    Workload,
    /// Whose clock is wrong by how much.
    Clocks,
    /// The circle: its nonce and its first epoch.
    Circle,
    /// A member's keys.
    Identity(u32),
    /// What a hostile member does.
    Adversary(u32),
    /// A node's own randomness, in each of its lives.
    Node {
        /// The node's index.
        index: u32,
        /// How often it was started before.
        life: u32,
    },
}

impl Seeds {
    /// The streams of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed itself.
    #[must_use]
    pub const fn seed(self) -> u64 {
        self.0
    }

    /// The first 32 bytes for a factor: independent of those of all other factors.
    #[must_use]
    pub fn bytes(self, factor: Factor) -> [u8; 32] {
        let (name, index, life) = match factor {
            Factor::Topology => ("topology", 0, 0),
            Factor::Latency => ("latency", 0, 0),
            Factor::Loss => ("loss", 0, 0),
            Factor::Workload => ("workload", 0, 0),
            Factor::Clocks => ("clocks", 0, 0),
            Factor::Circle => ("circle", 0, 0),
            Factor::Identity(index) => ("identity", index, 0),
            Factor::Adversary(index) => ("adversary", index, 0),
            Factor::Node { index, life } => ("node", index, life),
        };
        let mut hasher = blake3::Hasher::new_derive_key("watchfire-simulations/1/seed");
        hasher.update(&self.0.to_le_bytes());
        hasher.update(&index.to_le_bytes());
        hasher.update(&life.to_le_bytes());
        hasher.update(name.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// The random stream of a factor.
    #[must_use]
    pub fn stream(self, factor: Factor) -> ChaCha12Rng {
        ChaCha12Rng::from_seed(self.bytes(factor))
    }
}

/// The seeds that a test runs: these, or those that `WATCHFIRE_SEEDS=FIRST..END` names.
///
/// # Panics
/// If the variable is set to something else.
#[must_use]
pub fn asked_for(usual: Range<u64>) -> Range<u64> {
    let Ok(text) = std::env::var("WATCHFIRE_SEEDS") else { return usual };
    let range = text.split_once("..").and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    range.expect("WATCHFIRE_SEEDS=FIRST..END")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_factor_has_a_stream_of_its_own() {
        let factors = [
            Factor::Topology,
            Factor::Latency,
            Factor::Loss,
            Factor::Workload,
            Factor::Clocks,
            Factor::Circle,
            Factor::Identity(0),
            Factor::Identity(1),
            Factor::Adversary(1),
            Factor::Node { index: 0, life: 0 },
            Factor::Node { index: 1, life: 0 },
            Factor::Node { index: 0, life: 1 },
        ];
        let of = |seed| factors.map(|factor| Seeds::new(seed).bytes(factor));
        let distinct: BTreeSet<[u8; 32]> = of(1).into_iter().chain(of(2)).collect();
        assert_eq!(distinct.len(), 2 * factors.len());
        assert_eq!(of(1), of(1));
    }
}
