//! Dialling: who is being dialled, when somebody may be dialled again, and who has to stay away.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;
use watchfire_keys::sealing::SealingPublic;
use watchfire_keys::time::Moment;

use super::output::Output;
use super::{Engine, PeerName};
use crate::crypto::Crypto;

/// First wait after a failed dial; doubled each time.
const BACKOFF_MS: u64 = 1_000;
/// Longest wait between two dials: a laptop that wakes up is back within half a minute.
const MAX_BACKOFF_MS: u64 = 30_000;
/// A newcomer's contacts refuse it until its approvals are complete, so it asks again soon.
const MAX_CONTACT_BACKOFF_MS: u64 = 3_000;
/// Dials that may be under way at once.
const MAX_DIALS: usize = 8;
/// A dial that brought nothing after this long is forgotten.
const DIAL_PATIENCE_MS: u64 = 15_000;
/// How long a peer stays away after it broke too many rules.
pub(super) const COOL_DOWN_MS: u64 = 10 * 60 * 1000;
/// Peers remembered for their back-off or their cool-down.
const MAX_REMEMBERED: usize = 4_096;

/// A node named by a ticket.
#[derive(Clone, Debug)]
pub struct Contact<P> {
    /// Its transport name.
    pub peer: P,
    /// Whose node it is.
    pub member: MemberId,
    /// The member's sealing key.
    pub sealing: SealingPublic,
    /// Where to dial it, as multiaddr texts.
    pub addresses: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Attempt {
    failures: u32,
    next: Moment,
    dialing: bool,
}

/// Contacts, attempts, and who has to stay away.
#[derive(Debug)]
pub(super) struct Connecting<P> {
    contacts: Vec<Contact<P>>,
    attempts: BTreeMap<P, Attempt>,
    banned: BTreeMap<P, Moment>,
}

impl<P: PeerName> Connecting<P> {
    pub(super) fn new(contacts: Vec<Contact<P>>) -> Self {
        Self { contacts, attempts: BTreeMap::new(), banned: BTreeMap::new() }
    }

    pub(super) fn contact(&self, peer: &P) -> Option<&Contact<P>> {
        self.contacts.iter().find(|contact| contact.peer == *peer)
    }

    /// A link came up, by whichever side's dial.
    pub(super) fn reached(&mut self, peer: &P) {
        if let Some(attempt) = self.attempts.get_mut(peer) {
            attempt.dialing = false;
        }
    }

    /// The link proved to be a member's.
    pub(super) fn greeted(&mut self, peer: &P) {
        self.attempts.remove(peer);
    }

    pub(super) fn failed(&mut self, peer: &P, now: Moment) {
        let longest = if self.contact(peer).is_some() { MAX_CONTACT_BACKOFF_MS } else { MAX_BACKOFF_MS };
        let attempt =
            self.attempts.entry(peer.clone()).or_insert(Attempt { failures: 0, next: now, dialing: false });
        attempt.dialing = false;
        attempt.failures = attempt.failures.saturating_add(1);
        let wait = BACKOFF_MS.saturating_mul(1 << attempt.failures.saturating_sub(1).min(10)).min(longest);
        attempt.next = now.saturating_add(wait);
        self.bound();
    }

    pub(super) fn ban(&mut self, peer: &P, now: Moment) {
        self.banned.insert(peer.clone(), now.saturating_add(COOL_DOWN_MS));
        self.bound();
    }

    pub(super) fn is_banned(&self, peer: &P, now: Moment) -> bool {
        self.banned.get(peer).is_some_and(|until| *until > now)
    }

    pub(super) fn may_dial(&self, peer: &P, now: Moment) -> bool {
        !self.is_banned(peer, now)
            && self.attempts.get(peer).is_none_or(|attempt| !attempt.dialing && attempt.next <= now)
    }

    fn start(&mut self, peer: &P, now: Moment) {
        let attempt =
            self.attempts.entry(peer.clone()).or_insert(Attempt { failures: 0, next: now, dialing: false });
        attempt.dialing = true;
        attempt.next = now.saturating_add(DIAL_PATIENCE_MS);
        self.bound();
    }

    fn dialing(&self) -> usize {
        self.attempts.values().filter(|attempt| attempt.dialing).count()
    }

    pub(super) fn forget_old(&mut self, now: Moment) {
        for attempt in self.attempts.values_mut() {
            if attempt.dialing && attempt.next <= now {
                attempt.dialing = false;
            }
        }
        self.banned.retain(|_, until| *until > now);
    }

    fn bound(&mut self) {
        while self.attempts.len() > MAX_REMEMBERED {
            self.attempts.pop_first();
        }
        while self.banned.len() > MAX_REMEMBERED {
            let soonest = self.banned.iter().min_by_key(|(_, until)| **until).map(|(peer, _)| peer.clone());
            let Some(soonest) = soonest else { break };
            self.banned.remove(&soonest);
        }
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Dials the nodes that a ticket names.
    pub(super) fn dial_contacts(&mut self) {
        let contacts: Vec<(P, Vec<String>)> =
            self.connecting.contacts.iter().map(|c| (c.peer.clone(), c.addresses.clone())).collect();
        for (peer, addresses) in contacts {
            self.dial(peer, addresses);
        }
    }

    /// Dials a node unless there is a reason not to; returns whether it did.
    pub(super) fn dial(&mut self, peer: P, addresses: Vec<String>) -> bool {
        let now = self.now.moment;
        let pointless = addresses.is_empty() || self.links.contains_key(&peer) || peer == self.me;
        if pointless || !self.connecting.may_dial(&peer, now) || self.connecting.dialing() >= MAX_DIALS {
            return false;
        }
        self.connecting.start(&peer, now);
        self.out(Output::Connect { peer, addresses });
        true
    }
}
