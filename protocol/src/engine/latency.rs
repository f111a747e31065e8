//! How long a frame takes to a node and back, as the network measured it on links that are or were up.
//!
//! A near node is preferred to a far one where both are as good for the circle: sides and members come first. And only
//! in coarse steps, so that a few milliseconds, which anybody could feign, decide nothing.

use alloc::collections::BTreeMap;

/// Nodes whose distance is remembered; some of the rest are asked anew.
const MAX_REMEMBERED: usize = 1_024;
/// Of a new measure this part counts, the rest is what was known: one slow answer moves nothing far away.
const NEW_PART: u32 = 4;
/// Up to here a node is near: the same part of a continent.
const NEAR_MS: u32 = 50;
/// From here on it is far: another continent, or a line that is no good.
const FAR_MS: u32 = 200;

/// How far away a node is; the less the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Distance {
    Near,
    /// In between, or never measured.
    Middle,
    Far,
}

/// Round trips by node.
#[derive(Clone, Debug)]
pub(super) struct Latency<P> {
    round_trips: BTreeMap<P, u32>,
}

impl<P: Ord + Clone> Latency<P> {
    pub(super) fn new() -> Self {
        Self { round_trips: BTreeMap::new() }
    }

    /// A round trip was measured.
    pub(super) fn measured(&mut self, peer: &P, round_trip_ms: u32) {
        if let Some(known) = self.round_trips.get_mut(peer) {
            // Neither part is over a quarter and three quarters of u32::MAX.
            *known = *known / NEW_PART * (NEW_PART - 1)
                + round_trip_ms / NEW_PART
                + (*known % NEW_PART * (NEW_PART - 1) + round_trip_ms % NEW_PART) / NEW_PART;
            return;
        }
        if self.round_trips.len() >= MAX_REMEMBERED {
            self.round_trips.pop_first();
        }
        self.round_trips.insert(peer.clone(), round_trip_ms);
    }

    pub(super) fn distance(&self, peer: &P) -> Distance {
        match self.round_trips.get(peer) {
            Some(0..NEAR_MS) => Distance::Near,
            Some(FAR_MS..) => Distance::Far,
            _ => Distance::Middle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_comes_before_unknown_and_unknown_before_far() {
        let mut latency = Latency::new();
        latency.measured(&1, 10);
        latency.measured(&2, 90);
        latency.measured(&3, 400);
        let distances = [1, 2, 3, 4].map(|peer| latency.distance(&peer));
        assert_eq!(distances, [Distance::Near, Distance::Middle, Distance::Far, Distance::Middle]);
        assert!(Distance::Near < Distance::Middle && Distance::Middle < Distance::Far);
    }

    #[test]
    fn one_slow_answer_moves_a_near_node_little_and_many_move_it() {
        let mut latency = Latency::new();
        latency.measured(&1, 20);
        latency.measured(&1, 100);
        assert_eq!((latency.round_trips[&1], latency.distance(&1)), (40, Distance::Near));
        for _ in 0..40 {
            latency.measured(&1, u32::MAX);
        }
        assert_eq!(latency.distance(&1), Distance::Far);
    }

    #[test]
    fn memory_is_bounded() {
        let mut latency = Latency::new();
        for peer in 0..3 * MAX_REMEMBERED {
            latency.measured(&peer, 1);
        }
        assert_eq!(latency.round_trips.len(), MAX_REMEMBERED);
    }
}
