//! Announced envelopes that have not arrived yet.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::{EnvelopeId, MemberId};
use watchfire_keys::time::Moment;

/// How long a push is awaited after an announcement before the envelope is pulled. About one hop between continents;
/// a shorter wait buys duplicates, a longer one delay where pushes are lost.
pub const PULL_WAIT_MS: u64 = 40;
/// After this long without an answer the next announcer is asked.
pub const PULL_RETRY_MS: u64 = 300;
/// Announcers remembered for one envelope, one link of a member at the most: a member can have several links, and would
/// take every place before those who have the envelope announce it.
const MAX_ANNOUNCERS: usize = 12;
/// Tries before reconciliation is left to find it: each announcer has its turn.
const MAX_TRIES: u32 = 16;
/// Envelopes awaited at once; what is announced beyond that is left to reconciliation.
const MAX_AWAITED: usize = 16_384;
/// As many of them may be awaited because one and the same member was the first to announce them: an announcer of what
/// does not exist must not take the place of the others. When all places are taken, whoever has fewer takes one of whoever
/// has most.
const MAX_AWAITED_A_MEMBER: usize = MAX_AWAITED / 4;

#[derive(Clone, Debug)]
struct Announcer<P> {
    member: MemberId,
    peer: P,
    asked: u32,
}

#[derive(Clone, Debug)]
struct Awaited<P> {
    /// Who was the first to announce it.
    first: MemberId,
    announcers: Vec<Announcer<P>>,
    tries: u32,
    next: Moment,
}

/// What is awaited, and from whom it can be had.
#[derive(Clone, Debug)]
pub(super) struct Pulls<P> {
    awaited: BTreeMap<EnvelopeId, Awaited<P>>,
    /// The same by time, so that a tick looks only at what is due.
    due: BTreeMap<(Moment, EnvelopeId), ()>,
    /// Which are awaited because of whom.
    by_first: BTreeMap<MemberId, BTreeSet<EnvelopeId>>,
}

impl<P: Clone + Ord> Pulls<P> {
    pub(super) fn new() -> Self {
        Self { awaited: BTreeMap::new(), due: BTreeMap::new(), by_first: BTreeMap::new() }
    }

    /// How many envelopes are awaited.
    pub(super) fn len(&self) -> usize {
        self.awaited.len()
    }

    /// Notes that `peer`, a node of `member`, has the envelope; it is pulled `wait_ms` from now unless it arrives.
    pub(super) fn announced(&mut self, id: EnvelopeId, member: MemberId, peer: P, wait_ms: u64, now: Moment) {
        let announcer = Announcer { member, peer, asked: 0 };
        if let Some(awaited) = self.awaited.get_mut(&id) {
            let known = awaited.announcers.iter().any(|announcer| announcer.member == member);
            if awaited.announcers.len() < MAX_ANNOUNCERS && !known {
                awaited.announcers.push(announcer);
            }
            return;
        }
        let of_member = self.by_first.get(&member).map_or(0, BTreeSet::len);
        if of_member >= MAX_AWAITED_A_MEMBER || !self.make_room(of_member + 1) {
            return;
        }
        let next = now.saturating_add(wait_ms);
        self.by_first.entry(member).or_default().insert(id);
        let announcers = alloc::vec![announcer];
        self.awaited.insert(id, Awaited { first: member, announcers, tries: 0, next });
        self.due.insert((next, id), ());
    }

    /// Whether there is room for one more of a member that has so many with it, at the cost of another that has more.
    fn make_room(&mut self, of_member: usize) -> bool {
        if self.awaited.len() < MAX_AWAITED {
            return true;
        }
        let most = self.by_first.values().max_by_key(|awaited| awaited.len());
        let surplus = most.filter(|awaited| awaited.len() > of_member).and_then(BTreeSet::last).copied();
        surplus.inspect(|id| self.arrived(id)).is_some()
    }

    /// The envelope arrived, or is not wanted any more.
    pub(super) fn arrived(&mut self, id: &EnvelopeId) {
        if let Some(awaited) = self.remove(id) {
            self.due.remove(&(awaited.next, *id));
        }
    }

    fn remove(&mut self, id: &EnvelopeId) -> Option<Awaited<P>> {
        let awaited = self.awaited.remove(id)?;
        if let Some(of_member) = self.by_first.get_mut(&awaited.first) {
            of_member.remove(id);
            if of_member.is_empty() {
                self.by_first.remove(&awaited.first);
            }
        }
        Some(awaited)
    }

    /// Forgets a peer that is gone.
    pub(super) fn forget(&mut self, peer: &P) {
        for awaited in self.awaited.values_mut() {
            awaited.announcers.retain(|announcer| announcer.peer != *peer);
        }
    }

    /// When the next pull is due.
    pub(super) fn next_due(&self) -> Option<Moment> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// What to pull now, and from whom. Each announcer is asked in turn.
    pub(super) fn take_due(&mut self, now: Moment) -> Vec<(P, EnvelopeId)> {
        let mut ask = Vec::new();
        while let Some((&(at, id), ())) = self.due.first_key_value() {
            if at > now {
                break;
            }
            self.due.remove(&(at, id));
            let Some(awaited) = self.awaited.get_mut(&id) else { continue };
            let turn = awaited.announcers.iter_mut().min_by_key(|announcer| announcer.asked);
            let Some(turn) = turn.filter(|_| awaited.tries < MAX_TRIES) else {
                self.remove(&id);
                continue;
            };
            turn.asked += 1;
            ask.push((turn.peer.clone(), id));
            awaited.tries += 1;
            awaited.next = now.saturating_add(PULL_RETRY_MS);
            self.due.insert((awaited.next, id), ());
        }
        ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn id(n: u32) -> EnvelopeId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&n.to_le_bytes());
        EnvelopeId::from_bytes(bytes)
    }

    fn member(n: u8) -> MemberId {
        MemberId::from_bytes([n; 32])
    }

    #[test]
    fn announcers_are_asked_in_turn_until_it_arrives() {
        let id = id(1);
        let mut pulls = Pulls::new();
        pulls.announced(id, member(1), 1, PULL_WAIT_MS, Moment(0));
        pulls.announced(id, member(2), 2, PULL_WAIT_MS, Moment(1));
        assert!(pulls.take_due(Moment(PULL_WAIT_MS - 1)).is_empty());
        assert_eq!(pulls.take_due(Moment(PULL_WAIT_MS)), vec![(1, id)]);
        assert_eq!(pulls.take_due(Moment(PULL_WAIT_MS + PULL_RETRY_MS)), vec![(2, id)]);
        pulls.arrived(&id);
        assert_eq!(pulls.next_due(), None);
    }

    #[test]
    fn a_lying_announcer_costs_a_bounded_number_of_pulls() {
        let mut pulls = Pulls::new();
        for n in 0..20_000 {
            pulls.announced(id(n), member(1), 1, 0, Moment(0));
        }
        assert!(pulls.awaited.len() < MAX_AWAITED, "there is room for what others announce");
        let mut asked = 0;
        for round in 0..20 {
            asked += pulls.take_due(Moment(round * PULL_RETRY_MS)).len();
        }
        assert_eq!(asked, MAX_AWAITED_A_MEMBER * MAX_TRIES as usize);
        assert!(pulls.awaited.is_empty() && pulls.due.is_empty() && pulls.by_first.is_empty());
    }

    #[test]
    fn members_that_take_all_places_by_many_links_make_room_for_one_that_has_few() {
        let mut pulls = Pulls::new();
        for n in 0..30_000 {
            // Each of five members by four links.
            pulls.announced(id(n), member((n % 5) as u8), n % 20, 0, Moment(0));
        }
        assert_eq!(pulls.awaited.len(), MAX_AWAITED);
        for n in 0..1_000 {
            pulls.announced(id(100_000 + n), member(9), 99, 0, Moment(0));
        }
        assert_eq!(pulls.take_due(Moment(0)).iter().filter(|(peer, _)| *peer == 99).count(), 1_000);
        assert!(pulls.awaited.len() <= MAX_AWAITED);
    }

    #[test]
    fn many_links_of_one_member_do_not_keep_the_others_from_being_asked() {
        let mut pulls = Pulls::new();
        for link in 0..6 {
            pulls.announced(id(1), member(1), link, 0, Moment(0));
        }
        for other in 2..=MAX_ANNOUNCERS as u8 {
            pulls.announced(id(1), member(other), u32::from(other) * 100, 0, Moment(0));
        }
        let asked: Vec<u32> = (0..u64::from(MAX_TRIES))
            .flat_map(|round| pulls.take_due(Moment(round * PULL_RETRY_MS)))
            .map(|(peer, _)| peer)
            .collect();
        assert_eq!(asked[..2], [0, 200], "one link of a member, and then another member");
        assert!((2..=MAX_ANNOUNCERS as u32).all(|other| asked.contains(&(other * 100))));
    }
}
