//! Presences: where the members' nodes are, and where this one is.
//!
//! A member may run several nodes, each with a daemon key of its own. A presence belongs to its member and that key; of
//! each member the few newest are kept, so that no member fills the register however many keys it delegates.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use rand_core::Rng;
use watchfire_keys::codec;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::MemberId;
use watchfire_keys::time::{Moment, UnixMillis};

use super::output::{Change, Output};
use super::twin::Twin;
use super::{Engine, PeerName};
use crate::circle::Roster;
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::presence::{MAX_ADDRESSES, Presence, SignedPresence};
use crate::rules::Rule;
use crate::wire::Frame;

/// A node repeats its presence this often, so that one that vanished can be told from one that is quiet.
const REPEAT_EVERY_MS: u64 = 30 * 60 * 1000;
/// Nodes of one member that are known at a time. Of a member that runs more, those that spoke last.
pub(super) const MAX_NODES: usize = 4;
/// Presences told to a newly greeted peer besides our own. It hears of the others as they are repeated.
const TOLD_AT_GREETING: usize = 64;
/// Presences told on every reconciliation besides our own.
const TOLD_AGAIN: usize = 4;
/// Every change of a presence goes to every node of the circle: so many a member may make at once, and a second.
const CHANGES_BURST: u64 = 16;
const CHANGES_PER_SECOND: u64 = 1;

/// The register of presences.
#[derive(Debug)]
pub(super) struct Reach {
    addresses: Vec<String>,
    relays: Vec<String>,
    said_at: Option<Moment>,
    own: Option<SignedPresence>,
    /// Another node that speaks with this node's key.
    pub(super) twin: Twin,
    /// The latest of each node, a member's newest first; bounded by the roster and [`MAX_NODES`].
    known: BTreeMap<MemberId, Vec<SignedPresence>>,
    /// How often each member may still change its presence; bounded by the roster.
    changes: BTreeMap<MemberId, Bucket>,
}

impl Reach {
    pub(super) fn new(addresses: Vec<String>, relays: Vec<String>, now: UnixMillis) -> Self {
        Self {
            addresses,
            relays,
            said_at: None,
            own: None,
            twin: Twin::new(now),
            known: BTreeMap::new(),
            changes: BTreeMap::new(),
        }
    }

    pub(super) fn set_relays(&mut self, relays: Vec<String>) {
        self.relays = relays;
    }

    pub(super) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// When this node last said where it is: by its own clock, and by the clock that presences carry.
    pub(super) fn last_said(&self) -> Option<(Moment, UnixMillis)> {
        Some((self.said_at?, self.own.as_ref()?.presence.created))
    }

    /// Whether a presence tells something that is not known: a node that is new, or that spoke again. Of a member with
    /// as many nodes as are kept, one that was silent for longer than all of them is passed over.
    fn is_news(&self, presence: &Presence) -> bool {
        let Some(nodes) = self.known.get(&presence.member) else { return true };
        let same = nodes.iter().find(|node| node.presence.signer == presence.signer);
        let full = || nodes.last().filter(|_| nodes.len() >= MAX_NODES);
        same.or_else(full).is_none_or(|node| node.presence.created < presence.created)
    }

    /// Keeps a presence, if it is news. Gives the key of the node that it drove out.
    pub(super) fn take(&mut self, signed: SignedPresence) -> Option<PublicKey> {
        if !self.is_news(&signed.presence) {
            return None;
        }
        let nodes = self.known.entry(signed.presence.member).or_default();
        nodes.retain(|node| node.presence.signer != signed.presence.signer);
        nodes.push(signed);
        nodes.sort_by_key(|node| (Reverse(node.presence.created), node.presence.signer));
        let driven_out = if nodes.len() > MAX_NODES { nodes.pop() } else { None };
        driven_out.map(|node| node.presence.signer)
    }

    /// Forgets everybody who is no member, and every node whose key speaks for its member no more.
    pub(super) fn forget_others(&mut self, roster: &Roster, now: UnixMillis) {
        let speaks = |node: &SignedPresence| {
            let Presence { member, signer, .. } = &node.presence;
            roster.speaks_for(member, signer, Scopes::DAEMON, now).is_ok()
        };
        self.known.retain(|_, nodes| {
            nodes.retain(speaks);
            !nodes.is_empty()
        });
        self.changes.retain(|member, _| roster.is_member(member));
    }

    fn presences(&self) -> impl Iterator<Item = &Presence> {
        self.known.values().flatten().map(|known| &known.presence)
    }

    /// Who says that its node has this transport name. One member at most tells the truth, and which one the greeting
    /// shows.
    pub(super) fn claimants<'a>(&'a self, peer: &'a [u8]) -> impl Iterator<Item = &'a Presence> {
        self.presences().filter(move |presence| presence.peer == peer)
    }

    /// Whether the member may change its presence once more now.
    fn may_change(&mut self, member: MemberId, now: Moment) -> bool {
        let full = || Bucket::full(CHANGES_BURST, CHANGES_PER_SECOND, now);
        self.changes.entry(member).or_insert_with(full).take(1, now)
    }

    /// What is known of a member's nodes, the one first that spoke last.
    pub(super) fn of(&self, member: &MemberId) -> impl Iterator<Item = &Presence> {
        self.known.get(member).into_iter().flatten().map(|known| &known.presence)
    }

    /// The presences of members whose nodes can be dialled.
    pub(super) fn dialable(&self) -> impl Iterator<Item = &Presence> {
        self.presences().filter(|presence| !presence.addresses.is_empty())
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn addresses_changed(&mut self, mut addresses: Vec<String>) {
        addresses.truncate(MAX_ADDRESSES);
        if addresses != self.reach.addresses {
            self.reach.addresses = addresses;
            self.announce_presence();
        }
    }

    /// Signs a new presence and tells it to everybody.
    pub(super) fn announce_presence(&mut self) {
        if !self.is_member() {
            return;
        }
        let presence = Presence {
            circle: self.circle,
            member: self.keys.member,
            signer: self.keys.daemon.public(),
            peer: self.me.to_bytes(),
            addresses: self.reach.addresses.clone(),
            relays: self.reach.relays.clone(),
            created: self.now.unix,
        };
        let signed = SignedPresence::sign(&self.crypto, presence, &self.keys.daemon);
        self.reach.own = Some(signed.clone());
        self.reach.said_at = Some(self.now.moment);
        let frame = Frame::Presence(signed);
        for (peer, _) in self.greeted_peers() {
            self.send(&peer, &frame);
        }
    }

    pub(super) fn repeat_presence(&mut self) {
        let due =
            self.reach.said_at.is_none_or(|at| self.now.moment.0 >= at.0.saturating_add(REPEAT_EVERY_MS));
        if due || self.has_to_answer_its_twin() {
            self.announce_presence();
        }
    }

    /// Forgets nodes whose key has ended by now.
    pub(super) fn forget_ended_nodes(&mut self) {
        // By a clock that is believed: one that is wrong for a moment must not forget how the others are reached.
        let (Some(now), Some(roster)) = (self.believed_now(), &self.roster) else { return };
        self.reach.forget_others(roster, now);
    }

    /// Tells a newly greeted peer where this node and others are.
    pub(super) fn send_presences(&mut self, peer: &P) {
        self.tell_presences(peer, TOLD_AT_GREETING);
    }

    /// Tells a peer again where this node and a few others are: it may not have known the member when it was told first.
    pub(super) fn repeat_presences(&mut self, peer: &P) {
        self.tell_presences(peer, TOLD_AGAIN);
    }

    fn tell_presences(&mut self, peer: &P, others_told: usize) {
        // From a random place on, so that in a large circle everybody is told of sooner or later.
        let from = self.rng.next_u32() as usize % self.reach.known.len().max(1);
        let known = &self.reach.known;
        let others = known.values().skip(from).chain(known.values().take(from)).flatten();
        let speaks = |said: &&SignedPresence| {
            self.daemon_allowed(&said.presence.member, &said.presence.signer).is_ok()
        };
        let others = others.filter(speaks).take(others_told);
        let told: Vec<SignedPresence> = self.reach.own.iter().chain(others).cloned().collect();
        for presence in told {
            self.send(peer, &Frame::Presence(presence));
        }
    }

    pub(super) fn presence_frame(&mut self, from: &P, signed: SignedPresence) -> Result<(), Rule> {
        let Presence { member, signer, .. } = signed.presence;
        if member == self.keys.member && signer == self.keys.daemon.public() {
            return self.own_key_heard(&signed);
        }
        if !self.reach.is_news(&signed.presence) {
            return Ok(());
        }
        if !self.is_active(&member) {
            return Err(Rule::PresenceStale);
        }
        // Whoever tells it may not know yet that the key has ended, or know a delegation that has not come here; or its
        // clock is behind ours.
        self.daemon_allowed(&member, &signer).map_err(|_| Rule::PresenceStale)?;
        signed.check(&self.crypto, &self.circle, self.now.unix)?;
        if !self.reach.may_change(member, self.now.moment) {
            return Err(Rule::PresenceBudget);
        }
        let frame = Frame::Presence(signed.clone());
        self.out(Output::Persist(Change::Presence { member, signer, bytes: codec::encode(&signed) }));
        if let Some(signer) = self.reach.take(signed) {
            self.out(Output::Persist(Change::ErasePresence { member, signer }));
        }
        for (peer, _) in self.greeted_peers() {
            if peer != *from {
                self.send(&peer, &frame);
            }
        }
        Ok(())
    }
}
