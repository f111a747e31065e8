//! The state of dissemination at one node.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::ids::{EnvelopeId, MemberId};
use watchfire_keys::time::Moment;

use super::budget::Bucket;
use super::eager::{Candidate, choose};
use super::knowers::Knowers;
use super::pulls::{PULL_WAIT_MS, Pulls};
use super::recent::Recent;
use super::seen::Seen;
use crate::reconcile::Prefix;

/// Larger envelopes are announced even on links that push: a second copy of them costs more than the extra round trip.
pub const MAX_PUSHED_BYTES: usize = 16 * 1024 + 256;
/// Announcements wait this long for company, so that a burst travels in few frames.
pub const ANNOUNCE_DELAY_MS: u64 = 5;
/// Ids in one announcement: 36 bytes each, some 36 KiB.
pub const MAX_ANNOUNCED_A_FRAME: usize = 1024;
/// Ids in one pull.
pub const MAX_PULLED_A_FRAME: usize = 256;
/// Ids waiting to be announced on one link; what does not fit is left to reconciliation.
const MAX_UNANNOUNCED: usize = 16_384;
/// Bytes one link may pull: a pull is small and its answer is not.
const PULLED_BURST: u64 = 16 * 1024 * 1024;
const PULLED_PER_SECOND: u64 = 2 * 1024 * 1024;
/// How often eager links are chosen anew from who was first.
const REVIEW_EVERY_MS: u64 = 20_000;
/// How often the choice is said again, for an answer that got lost.
const REPEAT_EVERY_MS: u64 = 5_000;

/// One line of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Which envelope.
    pub id: EnvelopeId,
    /// Its size in bytes, so that large ones are pulled at once: nobody will push them.
    pub bytes: u32,
}

/// What gossip wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move<P> {
    /// Send the whole envelope.
    Push(P, Arc<[u8]>),
    /// Send announcements.
    Announce(P, Vec<Announced>),
    /// Ask for envelopes.
    Pull(P, Vec<EnvelopeId>),
    /// Ask the peer to push envelopes (`true`) or only to announce them (`false`).
    Ask(P, bool),
}

impl<P> Move<P> {
    /// To whom.
    pub const fn peer(&self) -> &P {
        match self {
            Self::Push(peer, _) | Self::Announce(peer, _) | Self::Pull(peer, _) | Self::Ask(peer, _) => peer,
        }
    }
}

#[derive(Clone, Debug)]
struct Link {
    member: MemberId,
    side: usize,
    /// The peer asked us to push.
    pushes_to: bool,
    /// We asked the peer to push.
    pushed_from: bool,
    firsts: u32,
    unannounced: Vec<Announced>,
    /// Bytes it may still pull.
    pulls: Bucket,
}

/// Dissemination at one node, over links to members.
#[derive(Clone, Debug)]
pub struct Gossip<P> {
    own_side: usize,
    links: BTreeMap<P, Link>,
    seen: Seen<Prefix>,
    knowers: Knowers<P>,
    recent: Recent,
    pulls: Pulls<P>,
    announce_at: Option<Moment>,
    review_at: Moment,
    repeat_at: Moment,
    moves: VecDeque<Move<P>>,
}

impl<P: Clone + Ord> Gossip<P> {
    /// A node of the given side (an index, as in the charter) without links.
    pub fn new(own_side: usize, now: Moment) -> Self {
        Self {
            own_side,
            links: BTreeMap::new(),
            seen: Seen::default(),
            knowers: Knowers::new(),
            recent: Recent::default(),
            pulls: Pulls::new(),
            announce_at: None,
            review_at: now.saturating_add(REVIEW_EVERY_MS),
            repeat_at: now.saturating_add(REPEAT_EVERY_MS),
            moves: VecDeque::new(),
        }
    }

    /// The side this node counts as its own.
    pub fn set_own_side(&mut self, side: usize) {
        self.own_side = side;
    }

    /// A link to a node of a member is up.
    pub fn link_up(&mut self, peer: P, member: MemberId, side: usize, now: Moment) {
        let link = Link {
            member,
            side,
            pushes_to: false,
            pushed_from: false,
            firsts: 0,
            unannounced: Vec::new(),
            pulls: Bucket::full(PULLED_BURST, PULLED_PER_SECOND, now),
        };
        self.links.insert(peer, link);
        self.review();
    }

    /// The link is gone.
    pub fn link_down(&mut self, peer: &P) {
        if self.links.remove(peer).is_some() {
            self.pulls.forget(peer);
            self.review();
        }
    }

    /// The peer asked to be pushed to, or not.
    pub fn asked(&mut self, peer: &P, push: bool) {
        if let Some(link) = self.links.get_mut(peer) {
            link.pushes_to = push;
        }
    }

    /// What would be lost with the link: whether it carries whole envelopes in either direction, then how often it was
    /// first lately. Compares as a whole; the least is the link to do without.
    pub fn worth(&self, peer: &P) -> (bool, u32) {
        self.links.get(peer).map_or((false, 0), |link| (link.pushes_to || link.pushed_from, link.firsts))
    }

    /// The record in an envelope that was admitted before.
    pub fn seen(&self, id: &EnvelopeId) -> Option<Prefix> {
        self.seen.note_on(id).copied()
    }

    /// An envelope was admitted for the first time: spread it. `from` is the link that brought it.
    pub fn admitted(
        &mut self,
        id: EnvelopeId,
        record: Prefix,
        envelope: Arc<[u8]>,
        from: Option<&P>,
        now: Moment,
    ) {
        self.seen.insert_noting(id, record);
        self.pulls.arrived(&id);
        self.recent.insert(id, envelope.clone());
        let knowers = self.knowers.of(id);
        if let Some(peer) = from.filter(|peer| !knowers.contains(peer)) {
            knowers.push(peer.clone());
        }
        // Whoever was the first to push or announce it is the link worth keeping.
        if let Some(link) = knowers.first().and_then(|peer| self.links.get_mut(peer)) {
            link.firsts = link.firsts.saturating_add(1);
        }
        let bytes = u32::try_from(envelope.len()).unwrap_or(u32::MAX);
        for (peer, link) in &mut self.links {
            if knowers.contains(peer) {
                continue;
            }
            knowers.push(peer.clone());
            if link.pushes_to && envelope.len() <= MAX_PUSHED_BYTES {
                self.moves.push_back(Move::Push(peer.clone(), envelope.clone()));
            } else if link.unannounced.len() < MAX_UNANNOUNCED {
                link.unannounced.push(Announced { id, bytes });
                self.announce_at.get_or_insert(now.saturating_add(ANNOUNCE_DELAY_MS));
            }
        }
    }

    /// Notes ids that were admitted in an earlier life of this node.
    pub fn remember(&mut self, id: EnvelopeId, record: Prefix) {
        self.seen.insert_noting(id, record);
        self.pulls.arrived(&id);
    }

    /// An envelope is not wanted for now: it is not pulled before somebody announces it anew.
    pub fn refused(&mut self, id: &EnvelopeId) {
        self.pulls.arrived(id);
    }

    /// A link brought an envelope that was admitted before.
    pub fn duplicate(&mut self, id: EnvelopeId, from: &P) {
        if self.links.contains_key(from) {
            self.knowers.note(id, from);
        }
    }

    /// A link announced envelopes.
    pub fn announced(&mut self, from: &P, announcement: &[Announced], now: Moment) {
        let Some(member) = self.links.get(from).map(|link| link.member) else { return };
        for entry in announcement {
            self.knowers.note(entry.id, from);
            if self.seen.contains(&entry.id) {
                continue;
            }
            let wait = if entry.bytes as usize > MAX_PUSHED_BYTES { 0 } else { PULL_WAIT_MS };
            self.pulls.announced(entry.id, member, from.clone(), wait, now);
        }
        self.pull_due(now);
    }

    /// A link asks for envelopes: those still in memory are sent once, within the link's budget; the others come back.
    pub fn pulled(&mut self, from: &P, ids: &[EnvelopeId], now: Moment) -> Vec<EnvelopeId> {
        let Some(link) = self.links.get_mut(from) else { return ids.to_vec() };
        let mut missing = Vec::new();
        for id in ids.iter().collect::<BTreeSet<_>>() {
            match self.recent.get(id) {
                Some(envelope) if link.pulls.take(u64::try_from(envelope.len()).unwrap_or(u64::MAX), now) => {
                    self.moves.push_back(Move::Push(from.clone(), envelope.clone()));
                }
                _ => missing.push(*id),
            }
        }
        missing
    }

    /// Bytes of what its links make this node remember, ids and envelopes at their own size.
    pub fn footprint(&self) -> usize {
        let (envelopes, knowers) = self.knowers.counts();
        let unannounced = self.links.values().map(|link| link.unannounced.len()).sum::<usize>();
        let ids = self.seen.len() + envelopes + unannounced + self.pulls.len();
        let notes = self.seen.len() * size_of::<Prefix>();
        ids * size_of::<EnvelopeId>() + notes + knowers * size_of::<P>() + self.recent.bytes()
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn deadline(&self) -> Moment {
        let mut at = self.review_at.min(self.repeat_at);
        for other in [self.announce_at, self.pulls.next_due()].into_iter().flatten() {
            at = at.min(other);
        }
        at
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Moment) {
        if self.announce_at.is_some_and(|at| at <= now) {
            self.announce_at = None;
            for (peer, link) in &mut self.links {
                let unannounced = core::mem::take(&mut link.unannounced);
                for part in unannounced.chunks(MAX_ANNOUNCED_A_FRAME) {
                    self.moves.push_back(Move::Announce(peer.clone(), part.to_vec()));
                }
            }
        }
        self.pull_due(now);
        if self.review_at <= now {
            self.review_at = now.saturating_add(REVIEW_EVERY_MS);
            self.review();
            for link in self.links.values_mut() {
                link.firsts /= 2;
            }
        }
        if self.repeat_at <= now {
            self.repeat_at = now.saturating_add(REPEAT_EVERY_MS);
            for (peer, link) in &self.links {
                self.moves.push_back(Move::Ask(peer.clone(), link.pushed_from));
            }
        }
    }

    /// What is to be sent next.
    pub fn poll(&mut self) -> Option<Move<P>> {
        self.moves.pop_front()
    }

    fn pull_due(&mut self, now: Moment) {
        let mut by_peer: BTreeMap<P, Vec<EnvelopeId>> = BTreeMap::new();
        for (peer, id) in self.pulls.take_due(now) {
            by_peer.entry(peer).or_default().push(id);
        }
        for (peer, ids) in by_peer {
            for part in ids.chunks(MAX_PULLED_A_FRAME) {
                self.moves.push_back(Move::Pull(peer.clone(), part.to_vec()));
            }
        }
    }

    /// Chooses anew which links push, and tells those for which it changed.
    fn review(&mut self) {
        let candidates = self
            .links
            .iter()
            .map(|(peer, link)| Candidate {
                peer: peer.clone(),
                side: link.side,
                firsts: link.firsts,
                eager: link.pushed_from,
            })
            .collect();
        let chosen = choose(self.own_side, candidates);
        for (peer, link) in &mut self.links {
            let push = chosen.contains(peer);
            if push != link.pushed_from {
                link.pushed_from = push;
                self.moves.push_back(Move::Ask(peer.clone(), push));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const MEMBER: MemberId = MemberId::from_bytes([1; 32]);
    const RECORD: Prefix = Prefix([2; 16]);

    fn envelope(n: u8) -> (EnvelopeId, Arc<[u8]>) {
        (EnvelopeId::from_bytes([n; 32]), vec![n; 600].into())
    }

    fn drain(gossip: &mut Gossip<u32>) -> Vec<Move<u32>> {
        core::iter::from_fn(|| gossip.poll()).collect()
    }

    #[test]
    fn pushes_where_asked_and_announces_elsewhere_but_never_back() {
        let mut gossip = Gossip::new(0, Moment(0));
        for peer in 1..=3 {
            gossip.link_up(peer, MEMBER, 0, Moment(0));
        }
        gossip.asked(&2, true);
        drain(&mut gossip);
        let (id, bytes) = envelope(9);
        gossip.admitted(id, RECORD, bytes.clone(), Some(&1), Moment(0));
        gossip.tick(Moment(ANNOUNCE_DELAY_MS));
        let announced = vec![Announced { id, bytes: 600 }];
        assert_eq!(drain(&mut gossip), vec![Move::Push(2, bytes), Move::Announce(3, announced)]);
    }

    #[test]
    fn an_announcement_that_is_not_followed_by_a_push_is_pulled() {
        let mut gossip = Gossip::new(0, Moment(0));
        gossip.link_up(1, MEMBER, 0, Moment(0));
        drain(&mut gossip);
        let (id, _) = envelope(5);
        gossip.announced(&1, &[Announced { id, bytes: 600 }], Moment(0));
        assert!(drain(&mut gossip).is_empty());
        gossip.tick(gossip.deadline());
        assert_eq!(drain(&mut gossip), vec![Move::Pull(1, vec![id])]);
    }

    #[test]
    fn large_envelopes_are_announced_and_pulled_at_once() {
        let mut gossip = Gossip::new(0, Moment(0));
        gossip.link_up(1, MEMBER, 0, Moment(0));
        gossip.asked(&1, true);
        drain(&mut gossip);
        let (id, _) = envelope(5);
        let large: Arc<[u8]> = vec![0; MAX_PUSHED_BYTES + 1].into();
        gossip.admitted(id, RECORD, large, None, Moment(0));
        gossip.tick(Moment(ANNOUNCE_DELAY_MS));
        assert!(matches!(drain(&mut gossip)[..], [Move::Announce(1, _)]));
        let other = EnvelopeId::from_bytes([6; 32]);
        gossip.announced(&1, &[Announced { id: other, bytes: 60_000 }], Moment(1));
        assert_eq!(drain(&mut gossip), vec![Move::Pull(1, vec![other])]);
    }

    #[test]
    fn one_pull_fetches_an_envelope_once_and_no_link_pulls_without_end() {
        let mut gossip = Gossip::new(0, Moment(0));
        gossip.link_up(1, MEMBER, 0, Moment(0));
        let (id, _) = envelope(5);
        gossip.admitted(id, RECORD, vec![0; 60_000].into(), None, Moment(0));
        drain(&mut gossip);
        assert!(gossip.pulled(&1, &[id; MAX_PULLED_A_FRAME], Moment(0)).is_empty());
        assert_eq!(drain(&mut gossip).len(), 1);
        let answered = (0..10_000).filter(|_| gossip.pulled(&1, &[id], Moment(0)).is_empty()).count() as u64;
        assert!(answered <= PULLED_BURST / 60_000);
        assert_eq!(gossip.pulled(&2, &[id], Moment(0)), vec![id], "nobody without a link is answered");
    }
}
