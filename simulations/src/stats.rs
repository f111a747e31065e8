//! What a run cost and what it achieved, in whole numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use watchfire_protocol::rules::Rule;

use crate::frame_kind::FrameKind;
use crate::node::NodeName;

/// Frames and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub frames: u64,
    /// How many bytes together.
    pub bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, bytes: usize) {
        self.frames += 1;
        self.bytes += bytes as u64;
    }
}

/// Counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    sent: BTreeMap<FrameKind, Tally>,
    pub(crate) arrived: u64,
    pub(crate) lost: u64,
    pub(crate) swallowed: u64,
    pub(crate) penalties: BTreeMap<(NodeName, NodeName, Rule), u64>,
}

impl Statistics {
    pub(crate) fn sent(&mut self, frame: &[u8]) {
        self.sent.entry(FrameKind::of(frame)).or_default().add(frame.len());
    }

    /// What the nodes sent of one kind, whether or not it arrived.
    #[must_use]
    pub fn of_kind(&self, kind: FrameKind) -> Tally {
        self.sent.get(&kind).copied().unwrap_or_default()
    }

    /// What the nodes sent, whether or not it arrived.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.sent.values().fold(Tally::default(), |sum, tally| Tally {
            frames: sum.frames + tally.frames,
            bytes: sum.bytes + tally.bytes,
        })
    }

    /// Frames that engines took in.
    #[must_use]
    pub const fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Frames that were lost on links, at random or at a cut.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// Frames that silent neighbours held back.
    #[must_use]
    pub const fn swallowed(&self) -> u64 {
        self.swallowed
    }

    /// How often any node found that a peer broke `rule`.
    #[must_use]
    pub fn broken(&self, rule: Rule) -> u64 {
        self.penalties.iter().filter(|((_, _, broken), _)| *broken == rule).map(|(_, times)| times).sum()
    }

    /// How often any node found that `peer` broke `rule`.
    #[must_use]
    pub fn broken_by(&self, peer: NodeName, rule: Rule) -> u64 {
        let by = |(_, who, broken): &(NodeName, NodeName, Rule)| *who == peer && *broken == rule;
        self.penalties.iter().filter(|(key, _)| by(key)).map(|(_, times)| times).sum()
    }

    /// Every rule that was found broken, by whomever, and how often.
    #[must_use]
    pub fn rules(&self) -> BTreeMap<Rule, u64> {
        let mut rules = BTreeMap::new();
        for ((_, _, rule), times) in &self.penalties {
            *rules.entry(*rule).or_default() += times;
        }
        rules
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, tally) in &self.sent {
            writeln!(f, "{:>12} {:>10} frames {:>12} bytes", kind.as_str(), tally.frames, tally.bytes)?;
        }
        for (rule, times) in self.rules() {
            writeln!(f, "{:>12} {times:>10} {}", "rule", rule.label())?;
        }
        write!(f, "{:>12} {:>10} lost, {} swallowed", "frames", self.lost, self.swallowed)
    }
}

/// How fast and how dearly records reached the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// From publication to each delivery at another node, sorted.
    delays: Vec<Duration>,
    /// Envelopes that arrived where they had been admitted before.
    pub duplicates: u64,
}

impl Spread {
    pub(crate) fn new(mut delays: Vec<Duration>, duplicates: u64) -> Self {
        delays.sort_unstable();
        Self { delays, duplicates }
    }

    /// Deliveries at other nodes than the author's.
    #[must_use]
    pub fn deliveries(&self) -> usize {
        self.delays.len()
    }

    /// The delay that so many of a thousand deliveries did not exceed (nearest rank); zero if there was none.
    #[must_use]
    pub fn per_mille(&self, rank: usize) -> Duration {
        let place = (self.delays.len() * rank).div_ceil(1000).max(1) - 1;
        self.delays.get(place).copied().unwrap_or_default()
    }

    /// The longest delay.
    #[must_use]
    pub fn max(&self) -> Duration {
        self.delays.last().copied().unwrap_or_default()
    }

    /// Duplicates for every hundred deliveries.
    #[must_use]
    pub fn duplicates_per_hundred(&self) -> u64 {
        let deliveries = u64::try_from(self.delays.len()).unwrap_or(u64::MAX);
        self.duplicates.saturating_mul(100).checked_div(deliveries).unwrap_or_default()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.duplicates_per_hundred();
        write!(
            f,
            "{} deliveries, p50 {:?}, p95 {:?}, p99 {:?}, max {:?}, {}.{:02} duplicates each",
            self.deliveries(),
            self.per_mille(500),
            self.per_mille(950),
            self.per_mille(990),
            self.max(),
            hundredths / 100,
            hundredths % 100,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest_ones() {
        let spread = Spread::new((1..=200).rev().map(Duration::from_millis).collect(), 300);
        assert_eq!(spread.per_mille(500), Duration::from_millis(100));
        assert_eq!(spread.per_mille(950), Duration::from_millis(190));
        assert_eq!(spread.per_mille(1000), spread.max());
        assert_eq!(spread.max(), Duration::from_millis(200));
        assert_eq!(spread.duplicates_per_hundred(), 150);
        assert_eq!(Spread::default().per_mille(500), Duration::ZERO);
    }
}
