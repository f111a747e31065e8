//! An amount that may be used at once and comes back evenly over a period (the generic cell rate algorithm, exact in integers).

use watchfire_keys::Moment;

/// How much may be used, and how much of it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    amount: u64,
    period_ms: u64,
    /// When everything is back, in milliseconds times `amount`.
    whole_again: u128,
}

impl Allowance {
    /// `amount` at once, and again in every `period_ms`.
    pub(super) fn new(amount: u64, period_ms: u64) -> Self {
        Self { amount, period_ms, whole_again: 0 }
    }

    /// Uses `some` of it, if as much is there.
    pub(super) fn take(&mut self, some: u64, now: Moment) -> bool {
        let now = u128::from(now.0) * u128::from(self.amount);
        let whole_again = self.whole_again.max(now) + u128::from(some) * u128::from(self.period_ms);
        let fits = whole_again - now <= u128::from(self.amount) * u128::from(self.period_ms);
        if fits {
            self.whole_again = whole_again;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_comes_back_evenly() {
        let mut allowance = Allowance::new(10, 1000);
        assert_eq!((0..20).filter(|_| allowance.take(1, Moment(5))).count(), 10);
        assert!(!allowance.take(1, Moment(104)));
        assert!(allowance.take(1, Moment(105)));
        assert!(!allowance.take(1, Moment(105)));
        assert!(allowance.take(10, Moment(5000)));
        assert!(!allowance.take(11, Moment(50_000)));
    }

    #[test]
    fn absurd_numbers_do_not_overflow() {
        let mut allowance = Allowance::new(u64::MAX, 1);
        assert!(allowance.take(u64::MAX, Moment(u64::MAX)));
        assert!(!allowance.take(1, Moment(u64::MAX)));
        assert!(!Allowance::new(0, 1000).take(1, Moment(7)));
    }
}
