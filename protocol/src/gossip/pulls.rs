//! Announced envelopes that have not arrived yet.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use watchfire_keys::ids::EnvelopeId;
use watchfire_keys::time::Moment;

/// How long a push is awaited after an announcement before the envelope is pulled. About one hop between continents;
/// a shorter wait buys duplicates, a longer one delay where pushes are lost.
pub const PULL_WAIT_MS: u64 = 40;
/// After this long without an answer the next announcer is asked.
pub const PULL_RETRY_MS: u64 = 300;
/// Tries before reconciliation is left to find it.
const MAX_TRIES: u32 = 6;
/// Announcers remembered for one envelope.
const MAX_ANNOUNCERS: usize = 8;
/// Envelopes awaited at once; what is announced beyond that is left to reconciliation.
const MAX_AWAITED: usize = 16_384;
/// As many of them may be awaited because one and the same link was the first to announce them: an announcer of what does
/// not exist must not take the place of the others.
const MAX_AWAITED_A_LINK: usize = MAX_AWAITED / 4;

#[derive(Clone, Debug)]
struct Awaited<P> {
    /// Who was the first to announce it.
    first: P,
    announcers: Vec<P>,
    tries: u32,
    next: Moment,
}

/// What is awaited, and from whom it can be had.
#[derive(Clone, Debug)]
pub(super) struct Pulls<P> {
    awaited: BTreeMap<EnvelopeId, Awaited<P>>,
    /// The same by time, so that a tick looks only at what is due.
    due: BTreeMap<(Moment, EnvelopeId), ()>,
    /// How many are awaited because of whom.
    by_first: BTreeMap<P, usize>,
}

impl<P: Clone + Ord> Pulls<P> {
    pub(super) fn new() -> Self {
        Self { awaited: BTreeMap::new(), due: BTreeMap::new(), by_first: BTreeMap::new() }
    }

    /// How many envelopes are awaited.
    pub(super) fn len(&self) -> usize {
        self.awaited.len()
    }

    /// Notes that `peer` has the envelope; it is pulled `wait_ms` from now unless it arrives.
    pub(super) fn announced(&mut self, id: EnvelopeId, peer: P, wait_ms: u64, now: Moment) {
        if let Some(awaited) = self.awaited.get_mut(&id) {
            if awaited.announcers.len() < MAX_ANNOUNCERS && !awaited.announcers.contains(&peer) {
                awaited.announcers.push(peer);
            }
            return;
        }
        let of_link = self.by_first.get(&peer).copied().unwrap_or_default();
        if self.awaited.len() >= MAX_AWAITED || of_link >= MAX_AWAITED_A_LINK {
            return;
        }
        let next = now.saturating_add(wait_ms);
        self.by_first.insert(peer.clone(), of_link + 1);
        let announcers = alloc::vec![peer.clone()];
        self.awaited.insert(id, Awaited { first: peer, announcers, tries: 0, next });
        self.due.insert((next, id), ());
    }

    /// The envelope arrived, or is not wanted any more.
    pub(super) fn arrived(&mut self, id: &EnvelopeId) {
        if let Some(awaited) = self.remove(id) {
            self.due.remove(&(awaited.next, *id));
        }
    }

    fn remove(&mut self, id: &EnvelopeId) -> Option<Awaited<P>> {
        let awaited = self.awaited.remove(id)?;
        if let Some(of_link) = self.by_first.get_mut(&awaited.first) {
            *of_link = of_link.saturating_sub(1);
            if *of_link == 0 {
                self.by_first.remove(&awaited.first);
            }
        }
        Some(awaited)
    }

    /// Forgets a peer that is gone.
    pub(super) fn forget(&mut self, peer: &P) {
        for awaited in self.awaited.values_mut() {
            awaited.announcers.retain(|announcer| announcer != peer);
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
            if awaited.tries >= MAX_TRIES || awaited.announcers.is_empty() {
                self.remove(&id);
                continue;
            }
            let turn = awaited.tries as usize % awaited.announcers.len();
            ask.push((awaited.announcers[turn].clone(), id));
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

    #[test]
    fn announcers_are_asked_in_turn_until_it_arrives() {
        let id = EnvelopeId::from_bytes([1; 32]);
        let mut pulls = Pulls::new();
        pulls.announced(id, 1, PULL_WAIT_MS, Moment(0));
        pulls.announced(id, 2, PULL_WAIT_MS, Moment(1));
        assert!(pulls.take_due(Moment(PULL_WAIT_MS - 1)).is_empty());
        assert_eq!(pulls.take_due(Moment(PULL_WAIT_MS)), vec![(1, id)]);
        assert_eq!(pulls.take_due(Moment(PULL_WAIT_MS + PULL_RETRY_MS)), vec![(2, id)]);
        pulls.arrived(&id);
        assert_eq!(pulls.next_due(), None);
    }

    #[test]
    fn a_lying_announcer_costs_a_bounded_number_of_pulls() {
        let mut pulls = Pulls::new();
        for n in 0..20_000u32 {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&n.to_le_bytes());
            pulls.announced(EnvelopeId::from_bytes(bytes), 1, 0, Moment(0));
        }
        assert!(pulls.awaited.len() < MAX_AWAITED, "there is room for what others announce");
        let mut asked = 0;
        for round in 0..20 {
            asked += pulls.take_due(Moment(round * PULL_RETRY_MS)).len();
        }
        assert_eq!(asked, MAX_AWAITED_A_LINK * MAX_TRIES as usize);
        assert!(pulls.awaited.is_empty() && pulls.due.is_empty() && pulls.by_first.is_empty());
    }
}
