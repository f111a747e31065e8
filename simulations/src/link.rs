//! What a link does to a frame: how long it takes, whether it arrives, whether another one overtakes it.
//!
//! A link is ordered unless told otherwise: real ones are streams, so a frame never overtakes the one before it.

use std::time::Duration;

use rand_chacha::ChaCha12Rng;

use crate::draw;
use crate::seeds::{Factor, Seeds};
use crate::time::{Time, micros};

/// How long a frame takes from one end of a link to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Constant(Duration),
    /// Any whole number of microseconds from the first to the second, both included, equally likely, drawn anew for
    /// every frame.
    Uniform(Duration, Duration),
}

/// What links are like in this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// How long a frame takes.
    pub latency: Latency,
    /// Frames that never arrive, of a thousand.
    pub loss_per_mille: u32,
    /// Frames that arrive twice, of a thousand.
    pub duplicated_per_mille: u32,
    /// Frames that need not wait for the ones before them, of a thousand.
    pub reordered_per_mille: u32,
    /// How long a transport waits before it gives up an attempt to dial, or a link on which nothing arrives.
    pub patience: Duration,
}

impl Default for Links {
    /// 30 ms, nothing lost, ten seconds of patience (QUIC's usual idle time-out is 10 to 30).
    fn default() -> Self {
        Self {
            latency: Latency::Constant(Duration::from_millis(30)),
            loss_per_mille: 0,
            duplicated_per_mille: 0,
            reordered_per_mille: 0,
            patience: Duration::from_secs(10),
        }
    }
}

/// The random part of all links.
#[derive(Debug)]
pub(crate) struct Weather {
    links: Links,
    latency: ChaCha12Rng,
    loss: ChaCha12Rng,
}

impl Weather {
    pub(crate) fn new(links: Links, seeds: Seeds) -> Self {
        Self { links, latency: seeds.stream(Factor::Latency), loss: seeds.stream(Factor::Loss) }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.links.patience
    }

    /// One frame's way, in time.
    pub(crate) fn latency(&mut self) -> Duration {
        match self.links.latency {
            Latency::Constant(span) => span,
            Latency::Uniform(least, most) => {
                let spread = micros(most).saturating_sub(micros(least)).saturating_add(1);
                least + Duration::from_micros(draw::below(&mut self.latency, spread))
            }
        }
    }

    /// Whether a frame is lost.
    pub(crate) fn loses(&mut self) -> bool {
        draw::per_mille(&mut self.loss, self.links.loss_per_mille)
    }

    /// Whether a frame arrives a second time.
    pub(crate) fn doubles(&mut self) -> bool {
        draw::per_mille(&mut self.loss, self.links.duplicated_per_mille)
    }

    /// When something that is sent now arrives on a line that is busy until `clear`; moves `clear` along.
    pub(crate) fn arrival(&mut self, now: Time, clear: &mut Time) -> Time {
        let at = now.after(self.latency());
        if draw::per_mille(&mut self.loss, self.links.reordered_per_mille) {
            return at;
        }
        *clear = at.max(*clear);
        *clear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weather(links: Links) -> Weather {
        Weather::new(links, Seeds::new(3))
    }

    #[test]
    fn frames_of_one_line_never_overtake_unless_told_to() {
        let latency = Latency::Uniform(Duration::from_millis(10), Duration::from_millis(150));
        let arrivals = |reordered_per_mille| {
            let mut weather = weather(Links { latency, reordered_per_mille, ..Links::default() });
            let mut clear = Time::ZERO;
            (0..500).map(|n| weather.arrival(Time::from_micros(n * 1000), &mut clear)).collect::<Vec<_>>()
        };
        assert!(arrivals(0).is_sorted());
        assert!(!arrivals(200).is_sorted());
    }

    #[test]
    fn latencies_lie_in_their_range() {
        let (least, most) = (Duration::from_millis(10), Duration::from_millis(150));
        let mut weather = weather(Links { latency: Latency::Uniform(least, most), ..Links::default() });
        let drawn: Vec<Duration> = (0..10_000).map(|_| weather.latency()).collect();
        assert!(drawn.iter().all(|span| (least..=most).contains(span)));
        let mean = drawn.iter().sum::<Duration>() / 10_000;
        assert!((Duration::from_millis(78)..Duration::from_millis(82)).contains(&mean), "{mean:?}");
    }
}
