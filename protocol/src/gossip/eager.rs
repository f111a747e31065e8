//! Which links are asked to push whole envelopes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Links of the own side that push.
pub const EAGER_OWN_SIDE: usize = 1;
/// Links that push, for every other side there is a link to.
pub const EAGER_OTHER_SIDES: usize = 1;
/// Further links that push, whatever their side: the ones that were first most often.
pub const EAGER_BEST: usize = 1;
/// Links that push because of their side, at most, in a circle of many sides.
const EAGER_SIDES_CAP: usize = 6;

/// A link as the choice sees it.
#[derive(Clone, Debug)]
pub struct Candidate<P> {
    /// The peer.
    pub peer: P,
    /// Index of its side in the charter.
    pub side: usize,
    /// How often it was the first to bring or announce an envelope, lately.
    pub firsts: u32,
    /// Whether it pushes now: a tie goes to the link that already does, so that choices are stable.
    pub eager: bool,
}

/// The links that should push: best of the own side, best of each other side, and the best of the rest.
pub fn choose<P: Clone + Ord>(own_side: usize, mut candidates: Vec<Candidate<P>>) -> BTreeSet<P> {
    candidates.sort_by(|a, b| {
        b.firsts.cmp(&a.firsts).then(b.eager.cmp(&a.eager)).then_with(|| a.peer.cmp(&b.peer))
    });
    let mut chosen = BTreeSet::new();
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for candidate in &candidates {
        let of_side = taken.entry(candidate.side).or_default();
        let wanted = if candidate.side == own_side { EAGER_OWN_SIDE } else { EAGER_OTHER_SIDES };
        if *of_side < wanted && chosen.len() < EAGER_SIDES_CAP {
            *of_side += 1;
            chosen.insert(candidate.peer.clone());
        }
    }
    let rest: Vec<P> = candidates
        .iter()
        .filter(|candidate| !chosen.contains(&candidate.peer))
        .take(EAGER_BEST)
        .map(|candidate| candidate.peer.clone())
        .collect();
    chosen.extend(rest);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn link(peer: u32, side: usize, firsts: u32) -> Candidate<u32> {
        Candidate { peer, side, firsts, eager: false }
    }

    #[test]
    fn every_side_keeps_a_pushing_link_however_slow_it_is() {
        let links = vec![link(1, 0, 900), link(2, 0, 800), link(3, 0, 700), link(4, 1, 0), link(5, 2, 1)];
        let chosen = choose(0, links);
        assert!(chosen.contains(&4) && chosen.contains(&5) && chosen.contains(&1));
        assert_eq!(chosen.len(), EAGER_OWN_SIDE + 2 * EAGER_OTHER_SIDES + EAGER_BEST);
    }
}
