//! A number to sort by: how much an observable's state still says after some time.
//!
//! MISP's polynomial decay, `base * (1 - (t / lifetime) ^ (1 / speed))`, with the speed 2 of its network model, in
//! integers; `t` counts from the last report or sighting. The number informs people and decides nothing.

use super::State;

/// The confidence, 0 to 100.
pub(super) fn confidence(state: State, age_ms: u64, lifetime_ms: u64) -> u8 {
    let base: u64 = match state {
        State::Corroborated => 90,
        State::Reported => 50,
        State::Disputed => 25,
        State::Withdrawn | State::Expired => 0,
    };
    if lifetime_ms == 0 || age_ms >= lifetime_ms {
        return 0;
    }
    // The square root of t / lifetime, in ten-thousandths.
    let share = u128::from(age_ms).saturating_mul(100_000_000) / u128::from(lifetime_ms);
    let root = u64::try_from(share.isqrt()).unwrap_or(10_000);
    let left = 10_000_u64.saturating_sub(root);
    u8::try_from(base.saturating_mul(left) / 10_000).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_from_the_base_to_nothing() {
        assert_eq!(confidence(State::Corroborated, 0, 1000), 90);
        assert_eq!(confidence(State::Corroborated, 250, 1000), 45);
        assert_eq!(confidence(State::Reported, 0, 1000), 50);
        assert_eq!(confidence(State::Reported, 1000, 1000), 0);
        assert_eq!(confidence(State::Reported, u64::MAX, 0), 0);
        let curve: alloc::vec::Vec<u8> =
            (0..=1000).map(|age| confidence(State::Corroborated, age, 1000)).collect();
        assert!(curve.is_sorted_by(|left, right| left >= right));
    }
}
