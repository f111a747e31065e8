//! When reports of several members bear each other out.
//!
//! A rival must not be able to put a member's own domain on everybody's block list, so one member's word never
//! suffices: reports count when they come from enough members of enough sides and lean on different outside sources.
//! What a member repeats counts once. Nothing that another member reports takes corroboration away.

use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;

/// How many must agree before an observable is corroborated; a charter may ask for more than the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corroboration {
    /// Different members.
    pub members: u8,
    /// Different sides among them.
    pub sides: u8,
}

impl Default for Corroboration {
    /// Two members of two sides.
    fn default() -> Self {
        Self { members: 2, sides: 2 }
    }
}

/// One report of an observable, as far as corroboration looks at it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Vote<'a> {
    pub(super) member: MemberId,
    pub(super) side: &'a str,
    /// Outside sources that it names, ascending.
    pub(super) sources: &'a [u64],
}

/// Different reports of one member that are looked at, those with the fewest sources first.
const VOTES_PER_MEMBER: usize = 4;

/// Steps of the search, after which an observable counts as not corroborated. Two members of two sides are found in
/// far fewer; only a charter that asks for many, in a circle that cites the same few sources, comes near.
const MAX_STEPS: u32 = 100_000;

impl Corroboration {
    /// Whether some of the votes satisfy the rule: enough members, enough sides, no source twice.
    pub(super) fn holds(&self, votes: &[Vote<'_>]) -> bool {
        let votes = distinct(votes);
        let mut search = Search { rule: *self, votes: &votes, chosen: Vec::new(), steps: MAX_STEPS };
        search.from(0)
    }
}

/// The votes by member, few sources first, without those that another vote of the same member makes needless: one
/// that leans on the same sources and more.
fn distinct<'a>(votes: &[Vote<'a>]) -> Vec<Vote<'a>> {
    let mut sorted: Vec<&Vote<'a>> = votes.iter().collect();
    sorted.sort_unstable_by_key(|vote| (vote.member, vote.sources.len(), vote.sources));
    let mut kept: Vec<Vote<'a>> = Vec::new();
    for vote in sorted {
        let of_member = || kept.iter().rev().take_while(|earlier| earlier.member == vote.member);
        let is_needless =
            of_member().any(|earlier| earlier.sources.iter().all(|one| vote.sources.contains(one)));
        if !is_needless && of_member().count() < VOTES_PER_MEMBER {
            kept.push(vote.clone());
        }
    }
    kept
}

/// A search for votes that satisfy the rule together, one of a member at most, in the order of members.
struct Search<'v, 'a> {
    rule: Corroboration,
    votes: &'v [Vote<'a>],
    chosen: Vec<&'v Vote<'a>>,
    steps: u32,
}

impl Search<'_, '_> {
    fn from(&mut self, start: usize) -> bool {
        if self.is_enough() {
            return true;
        }
        let votes = self.votes;
        for (at, vote) in votes.iter().enumerate().skip(start) {
            let Some(left) = self.steps.checked_sub(1) else {
                return false;
            };
            self.steps = left;
            if self.fits(vote) {
                self.chosen.push(vote);
                if self.from(at.saturating_add(1)) {
                    return true;
                }
                self.chosen.pop();
            }
        }
        false
    }

    /// Whether the vote is by another member than those chosen, from other sources, and leaves room for the sides
    /// that are still to come.
    fn fits(&self, vote: &Vote<'_>) -> bool {
        let independent = self.chosen.iter().all(|chosen| {
            chosen.member != vote.member && !chosen.sources.iter().any(|source| vote.sources.contains(source))
        });
        let new_side = self.chosen.iter().all(|chosen| chosen.side != vote.side);
        let members_left = usize::from(self.wanted()).saturating_sub(self.chosen.len());
        let sides_left = usize::from(self.rule.sides).saturating_sub(self.sides());
        independent && (new_side || members_left > sides_left)
    }

    /// How many votes it takes: one for every member, and one for every side at least.
    fn wanted(&self) -> u8 {
        self.rule.members.max(self.rule.sides).max(1)
    }

    fn sides(&self) -> usize {
        let chosen = self.chosen.iter().enumerate();
        chosen
            .filter(|(at, vote)| self.chosen.iter().take(*at).all(|earlier| earlier.side != vote.side))
            .count()
    }

    fn is_enough(&self) -> bool {
        self.chosen.len() >= usize::from(self.wanted()) && self.sides() >= usize::from(self.rule.sides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote<'a>(member: u8, side: &'a str, sources: &'a [u64]) -> Vote<'a> {
        Vote { member: MemberId::from_bytes([member; 32]), side, sources }
    }

    #[test]
    fn two_members_of_two_sides_are_needed() {
        let rule = Corroboration::default();
        assert!(!rule.holds(&[]));
        assert!(!rule.holds(&[vote(1, "d", &[]), vote(1, "d", &[])]));
        assert!(!rule.holds(&[vote(1, "d", &[]), vote(2, "d", &[])]));
        assert!(rule.holds(&[vote(1, "d", &[]), vote(2, "d", &[]), vote(3, "r", &[])]));
    }

    #[test]
    fn the_same_outside_source_counts_once() {
        let rule = Corroboration::default();
        assert!(!rule.holds(&[vote(1, "d", &[7]), vote(2, "r", &[7])]));
        assert!(rule.holds(&[vote(1, "d", &[7]), vote(2, "r", &[8])]));
        assert!(rule.holds(&[vote(1, "d", &[7]), vote(2, "r", &[7]), vote(2, "r", &[])]));
    }

    #[test]
    fn a_third_member_cannot_take_corroboration_away() {
        let rule = Corroboration::default();
        assert!(rule.holds(&[vote(1, "d", &[7]), vote(2, "r", &[8]), vote(3, "r", &[7, 8])]));
        let many: Vec<u64> = (0..16).collect();
        let flood: Vec<_> = (0..=15).map(|n| vote(3, "d", &many[n..])).collect();
        let honest = [vote(1, "d", &[1]), vote(2, "r", &[2])];
        assert!(rule.holds(&[&flood[..], &honest[..]].concat()));
    }

    #[test]
    fn a_charter_may_ask_for_more() {
        let votes = [vote(1, "d", &[]), vote(2, "d", &[]), vote(3, "r", &[]), vote(4, "n", &[])];
        assert!(Corroboration { members: 3, sides: 2 }.holds(&votes[..3]));
        assert!(!Corroboration { members: 3, sides: 3 }.holds(&votes[..3]));
        assert!(Corroboration { members: 3, sides: 3 }.holds(&votes));
        assert!(Corroboration { members: 4, sides: 3 }.holds(&votes));
        assert!(!Corroboration { members: 5, sides: 3 }.holds(&votes));
        assert!(!Corroboration { members: 4, sides: 4 }.holds(&votes));
    }
}
