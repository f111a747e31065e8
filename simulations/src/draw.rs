//! Small whole-number draws from a random stream.

use rand_core::Rng;

/// A number below `bound`, every one equally likely; zero if `bound` is zero.
pub fn below(rng: &mut impl Rng, bound: u64) -> u64 {
    if bound == 0 {
        return 0;
    }
    // Numbers from the incomplete last stretch are drawn again: the remainder alone would favour small ones.
    let whole = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = rng.next_u64();
        if drawn < whole {
            return drawn % bound;
        }
    }
}

/// An index below `length`.
pub fn index(rng: &mut impl Rng, length: usize) -> usize {
    usize::try_from(below(rng, length as u64)).unwrap_or_default()
}

/// True so many times in a thousand. Draws nothing when it is never or always, so that a factor that is switched off
/// costs nothing and moves no stream.
pub fn per_mille(rng: &mut impl Rng, chance: u32) -> bool {
    match chance {
        0 => false,
        1000.. => true,
        _ => below(rng, 1000) < u64::from(chance),
    }
}

/// Puts a list into a random order.
pub fn shuffle<T>(rng: &mut impl Rng, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, index(rng, last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::{Factor, Seeds};

    #[test]
    fn chances_are_what_they_say() {
        let mut rng = Seeds::new(1).stream(Factor::Loss);
        let hits = (0..100_000).filter(|_| per_mille(&mut rng, 50)).count();
        assert!((4_700..5_300).contains(&hits), "{hits}");
        assert!(!(0..1000).any(|_| per_mille(&mut rng, 0)));
        assert!((0..1000).all(|_| per_mille(&mut rng, 1000)));
    }

    #[test]
    fn a_shuffle_keeps_every_element() {
        let mut rng = Seeds::new(1).stream(Factor::Topology);
        let mut list: Vec<u32> = (0..50).collect();
        shuffle(&mut rng, &mut list);
        assert!(!list.is_sorted());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
    }
}
