//! Which links this node keeps: some to its own side, some to the others, and never the same ones for ever.
//!
//! A node that has enough links still calls a random member every half minute and lets its least useful link go. Without
//! that, the parts of a circle that was cut in two would each be content with themselves and never meet again, and a
//! member whose links were all chosen by others would keep them.
//!
//! Where several nodes are as good for that, a near one is called before a far one, and a far link is let go before a near
//! one; but the random member of every half minute is any.
//!
//! Links are counted by members as well as by nodes: one that runs many nodes takes no more than one place among those
//! that are wanted while other members can be had.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use rand_core::Rng;
use watchfire_keys::ids::MemberId;

use super::standing::side_of;
use super::{Engine, Link, PeerName};
use crate::circle::Roster;
use crate::crypto::Crypto;
use crate::presence::Presence;

/// Links to nodes of the own side that this node keeps, if it can.
const WANTED_OWN_SIDE: usize = 4;
/// Links to nodes of all other sides together that this node keeps, if it can, at least one of each side first.
const WANTED_OTHER_SIDES: usize = 4;
/// Links that a node may have beyond those it wants before it lets one go that it dialled.
const SPARE: usize = 2;
/// How often a node that has enough links calls somebody else, on average: a circle of any size that was cut is whole
/// again after about this long.
pub(super) const WANDER_EVERY_MS: u64 = 30_000;
/// Spread of that interval, so that nodes do not all do it at once.
const WANDER_JITTER_MS: u32 = 20_000;
/// A link is given this long to show its worth before it may be let go.
const SETTLED_MS: u64 = 60_000;
/// Addresses tried for one node: its own first, and those of some that claim its name.
const MAX_ADDRESSES_DIALED: usize = 32;

/// How many links there are to each side.
#[derive(Clone, Debug)]
struct Counts {
    own: usize,
    by_side: Vec<usize>,
}

impl Counts {
    fn new(own: usize, sides: usize) -> Self {
        Self { own, by_side: vec![0; sides] }
    }

    fn add(&mut self, side: usize) {
        if let Some(count) = self.by_side.get_mut(side) {
            *count += 1;
        }
    }

    fn of(&self, side: usize) -> usize {
        self.by_side.get(side).copied().unwrap_or_default()
    }

    fn of_others(&self) -> usize {
        self.by_side.iter().sum::<usize>() - self.of(self.own)
    }

    /// Whether another link to this side is wanted.
    fn wants(&self, side: usize) -> bool {
        if side == self.own {
            self.of(side) < WANTED_OWN_SIDE
        } else {
            self.of(side) == 0 || self.of_others() < WANTED_OTHER_SIDES
        }
    }

    fn wants_any(&self) -> bool {
        (0..self.by_side.len()).any(|side| self.wants(side))
    }

    /// Whether one link to this side could be spared.
    fn spares(&self, side: usize) -> bool {
        if side == self.own {
            self.of(side) > WANTED_OWN_SIDE + SPARE
        } else {
            self.of(side) > 1 && self.of_others() > WANTED_OTHER_SIDES + SPARE
        }
    }
}

/// The links that there are.
#[derive(Clone, Debug)]
struct Linked {
    members: BTreeSet<MemberId>,
    by_members: Counts,
    by_nodes: Counts,
}

impl Linked {
    fn new(own: usize, sides: usize) -> Self {
        let none = Counts::new(own, sides);
        Self { members: BTreeSet::new(), by_members: none.clone(), by_nodes: none }
    }

    fn add(&mut self, member: MemberId, side: usize) {
        if self.members.insert(member) {
            self.by_members.add(side);
        }
        self.by_nodes.add(side);
    }

    /// Whether a link to another node of this member is wanted.
    fn wants(&self, member: &MemberId, side: usize) -> bool {
        let counts = if self.members.contains(member) { &self.by_nodes } else { &self.by_members };
        counts.wants(side)
    }
}

/// A node that can be dialled and has no link to us.
struct Stranger<P> {
    peer: P,
    member: MemberId,
    side: usize,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Dials contacts while the circle is not reached, members until there are enough links to every side, and now and
    /// then somebody else.
    pub(super) fn keep_links(&mut self) {
        let now = self.now.moment;
        self.connecting.forget_old(now);
        if self.is_removed() {
            return;
        }
        if !self.reaches_others() {
            self.dial_contacts();
        }
        let Some(roster) = self.roster.clone() else { return };
        let Some(mut linked) = self.linked(&roster) else { return };
        let mut wanders = self.wander_at <= now;
        if wanders {
            let jitter = u64::from(self.rng.next_u32() % WANDER_JITTER_MS);
            self.wander_at = now.saturating_add(WANDER_EVERY_MS - u64::from(WANDER_JITTER_MS / 2) + jitter);
        }
        if !wanders && !linked.by_members.wants_any() {
            return;
        }
        let mut strangers = self.strangers_among(&roster, &linked);
        if !wanders {
            strangers
                .sort_by_key(|one| (linked.members.contains(&one.member), self.latency.distance(&one.peer)));
        }
        for Stranger { peer, member, side } in strangers {
            let wanted = linked.wants(&member, side);
            if (wanted || wanders) && self.dial_member(peer, &member) {
                linked.add(member, side);
                wanders &= wanted;
            }
        }
    }

    fn linked(&self, roster: &Arc<Roster>) -> Option<Linked> {
        let mut linked = Linked::new(side_of(roster, &self.keys.member)?, roster.charter.sides.len());
        for (_, member) in self.greeted_peers() {
            if let Some(side) = side_of(roster, &member) {
                linked.add(member, side);
            }
        }
        Some(linked)
    }

    /// Nodes that can be dialled and have no link to us, in a random order so that not everybody links to the same few;
    /// those of members with no link at all come first. Other nodes of this node's own member are among them.
    fn strangers_among(&mut self, roster: &Arc<Roster>, linked: &Linked) -> Vec<Stranger<P>> {
        let stranger = |presence: &Presence| {
            let member = presence.member;
            Some(Stranger { peer: P::from_bytes(&presence.peer)?, member, side: side_of(roster, &member)? })
        };
        let mut strangers: Vec<Stranger<P>> = self
            .reach
            .dialable()
            .filter(|presence| !self.conduct.is_banned(&presence.member, self.now.moment))
            .filter_map(stranger)
            .filter(|stranger| stranger.peer != self.me && !self.links.contains_key(&stranger.peer))
            .collect();
        for last in (1..strangers.len()).rev() {
            strangers.swap(last, self.rng.next_u32() as usize % (last + 1));
        }
        strangers.sort_by_key(|stranger| linked.members.contains(&stranger.member));
        strangers
    }

    fn dial_member(&mut self, peer: P, member: &MemberId) -> bool {
        if !self.connecting.may_dial(&peer, self.now.moment) {
            return false;
        }
        // Whoever else claims the name cannot keep us from the node that has it: the transport proves it.
        let name = peer.to_bytes();
        let mut claimants: Vec<&Presence> = self.reach.claimants(&name).collect();
        claimants.sort_by_key(|presence| presence.member != *member);
        let addresses = claimants.into_iter().flat_map(|presence| presence.addresses.iter().cloned());
        let addresses = addresses.take(MAX_ADDRESSES_DIALED).collect();
        self.dial(peer, addresses)
    }

    /// Lets one link go that can be spared: the least useful of those that we dialled and that are not new.
    pub(super) fn shed_a_link(&mut self) {
        let Some(roster) = self.roster.clone() else { return };
        let Some(counts) = self.linked(&roster).map(|linked| linked.by_nodes) else { return };
        let now = self.now.moment;
        let greeted = self.greeted_peers();
        let spared = self.links.iter().filter(|(_, link)| {
            let settled = now.0 > link.up_at.0.saturating_add(SETTLED_MS);
            let side = link.member().and_then(|member| side_of(&roster, &member));
            link.dialed && settled && link.owed.is_empty() && side.is_some_and(|side| counts.spares(side))
        });
        // The second link to a member before the only one to another.
        let is_only =
            |link: &Link| greeted.iter().filter(|(_, member)| link.member() == Some(*member)).count() < 2;
        let far_first = |peer: &P| Reverse(self.latency.distance(peer));
        let least =
            spared.min_by_key(|(peer, link)| (is_only(link), self.gossip.worth(peer), far_first(peer)));
        let least = least.map(|(peer, _)| peer.clone());
        if let Some(peer) = least {
            self.hang_up(&peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(own: usize, by_side: &[usize]) -> Counts {
        Counts { own, by_side: by_side.to_vec() }
    }

    #[test]
    fn every_side_is_wanted_before_any_is_enough() {
        assert!(counts(0, &[4, 4, 0]).wants(2));
        assert!(!counts(0, &[4, 3, 1]).wants_any());
        assert!(counts(0, &[3, 3, 1]).wants(0));
        assert!(counts(1, &[2, 9, 1]).wants(0) && counts(1, &[2, 9, 1]).wants(2));
    }

    #[test]
    fn the_last_link_to_a_side_is_never_spared() {
        let many = counts(0, &[7, 1, 6]);
        assert!(many.spares(0) && many.spares(2) && !many.spares(1));
        assert!(!counts(0, &[6, 3, 3]).spares(0) && !counts(0, &[6, 3, 3]).spares(1));
    }
}
