//! How much a link or an author may send: a token bucket in whole numbers.

use watchfire_keys::time::Moment;

/// A bucket that fills at `per_second` up to `burst`.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    burst: u64,
    per_second: u64,
    /// Thousandths of a token, so that slow rates lose nothing to rounding.
    milli_tokens: u64,
    filled: Moment,
}

impl Bucket {
    /// A full bucket.
    pub fn full(burst: u64, per_second: u64, now: Moment) -> Self {
        Self { burst, per_second, milli_tokens: burst.saturating_mul(1000), filled: now }
    }

    /// Takes `tokens` if they are there.
    pub fn take(&mut self, tokens: u64, now: Moment) -> bool {
        let enough = self.holds(tokens, now);
        if enough {
            self.milli_tokens -= tokens.saturating_mul(1000);
        }
        enough
    }

    /// Whether so many tokens are there.
    pub fn holds(&mut self, tokens: u64, now: Moment) -> bool {
        self.fill(now);
        self.milli_tokens >= tokens.saturating_mul(1000)
    }

    /// Takes `tokens`, or as many as are there, for what has been done already; how many were not.
    pub fn take_some(&mut self, tokens: u64, now: Moment) -> u64 {
        self.fill(now);
        let taken = tokens.min(self.milli_tokens / 1000);
        self.milli_tokens -= taken * 1000;
        tokens - taken
    }

    /// Gives back what was taken for something that costs nothing after all.
    pub fn give_back(&mut self, tokens: u64) {
        let whole = self.burst.saturating_mul(1000);
        self.milli_tokens = self.milli_tokens.saturating_add(tokens.saturating_mul(1000)).min(whole);
    }

    /// Of this bucket and another one of the same size, the one with less in it.
    #[must_use]
    pub fn emptier(mut self, mut other: Self, now: Moment) -> Self {
        self.fill(now);
        other.fill(now);
        if other.milli_tokens < self.milli_tokens { other } else { self }
    }

    fn fill(&mut self, now: Moment) {
        let elapsed_ms = now.0.saturating_sub(self.filled.0);
        self.filled = now.max(self.filled);
        // per_second tokens a second are per_second thousandths a millisecond.
        let gained = elapsed_ms.saturating_mul(self.per_second);
        self.milli_tokens = self.milli_tokens.saturating_add(gained).min(self.burst.saturating_mul(1000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_rate_holds_afterwards() {
        let mut bucket = Bucket::full(10, 2, Moment(0));
        assert_eq!((0..20).filter(|_| bucket.take(1, Moment(0))).count(), 10);
        assert!(!bucket.take(1, Moment(499)));
        assert!(bucket.take(1, Moment(500)));
        bucket.give_back(1);
        assert!(bucket.take(1, Moment(500)) && !bucket.take(1, Moment(500)));
        assert_eq!(bucket.take_some(5, Moment(2_000)), 2, "what was done already takes what there is");
        assert!(!bucket.take(1, Moment(2_000)) && bucket.take(1, Moment(2_500)));
        assert_eq!((0..20).filter(|_| bucket.take(1, Moment(1_000_000))).count(), 10);
    }
}
