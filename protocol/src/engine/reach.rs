//! Presences: where the members' nodes are, and where this one is.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use rand_core::Rng;
use watchfire_keys::codec;
use watchfire_keys::ids::MemberId;
use watchfire_keys::time::Moment;

use super::output::{Change, Output};
use super::{Engine, PeerName};
use crate::circle::Roster;
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::presence::{MAX_ADDRESSES, Presence, SignedPresence};
use crate::rules::Rule;
use crate::wire::Frame;

/// A node repeats its presence this often, so that one that vanished can be told from one that is quiet.
const REPEAT_EVERY_MS: u64 = 30 * 60 * 1000;
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
    /// Latest per member; bounded by the roster.
    known: BTreeMap<MemberId, SignedPresence>,
    /// How often each member may still change its presence; bounded by the roster.
    changes: BTreeMap<MemberId, Bucket>,
}

impl Reach {
    pub(super) fn new(addresses: Vec<String>, relays: Vec<String>) -> Self {
        Self { addresses, relays, said_at: None, own: None, known: BTreeMap::new(), changes: BTreeMap::new() }
    }

    pub(super) fn set_relays(&mut self, relays: Vec<String>) {
        self.relays = relays;
    }

    pub(super) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    pub(super) fn restore(&mut self, presence: SignedPresence) {
        self.known.insert(presence.presence.member, presence);
    }

    /// Forgets everybody who is no member.
    pub(super) fn forget_others(&mut self, roster: &Roster) {
        self.known.retain(|member, _| roster.is_member(member));
        self.changes.retain(|member, _| roster.is_member(member));
    }

    /// Who says that its node has this transport name. One member at most tells the truth, and which one the greeting
    /// shows.
    pub(super) fn claimants<'a>(&'a self, peer: &'a [u8]) -> impl Iterator<Item = &'a Presence> {
        self.known.values().map(|known| &known.presence).filter(move |presence| presence.peer == peer)
    }

    /// Whether the member may change its presence once more now.
    fn may_change(&mut self, member: MemberId, now: Moment) -> bool {
        let full = || Bucket::full(CHANGES_BURST, CHANGES_PER_SECOND, now);
        self.changes.entry(member).or_insert_with(full).take(1, now)
    }

    /// What is known of a member's node.
    pub(super) fn of(&self, member: &MemberId) -> Option<&Presence> {
        self.known.get(member).map(|known| &known.presence)
    }

    /// The presences of members whose nodes can be dialled.
    pub(super) fn dialable(&self) -> impl Iterator<Item = &Presence> {
        self.known.values().map(|known| &known.presence).filter(|presence| !presence.addresses.is_empty())
    }

    /// Relays that members have named, without repetition.
    pub(super) fn relays(&self) -> Vec<String> {
        let named = self.known.values().flat_map(|known| &known.presence.relays).chain(&self.relays);
        let mut relays: Vec<String> = named.cloned().collect();
        relays.sort();
        relays.dedup();
        relays
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
        if due {
            self.announce_presence();
        }
    }

    /// Tells a newly greeted peer where this node and others are.
    pub(super) fn send_presences(&mut self, peer: &P) {
        self.tell_presences(peer, TOLD_AT_GREETING);
    }

    /// Tells a peer again where this node and a few others are: it may not have known the member when it was told first.
    pub(super) fn repeat_presences(&mut self, peer: &P) {
        self.tell_presences(peer, TOLD_AGAIN);
    }

    fn tell_presences(&mut self, peer: &P, others: usize) {
        let known = &self.reach.known;
        // From a random place on, so that in a large circle everybody is told of sooner or later.
        let from = self.rng.next_u32() as usize % known.len().max(1);
        let others = known.values().skip(from).chain(known.values().take(from)).take(others);
        let told: Vec<SignedPresence> = self.reach.own.iter().chain(others).cloned().collect();
        for presence in told {
            self.send(peer, &Frame::Presence(presence));
        }
    }

    pub(super) fn presence_frame(&mut self, from: &P, signed: SignedPresence) -> Result<(), Rule> {
        let member = signed.presence.member;
        if member == self.keys.member {
            return Ok(());
        }
        let newest = self.reach.known.get(&member).map(|known| known.presence.created);
        if newest.is_some_and(|newest| newest >= signed.presence.created) {
            return Ok(());
        }
        if !self.is_active(&member) {
            return Err(Rule::PresenceStale);
        }
        signed.check(&self.crypto, &self.circle, self.now.unix)?;
        self.daemon_allowed(&member, &signed.presence.signer).map_err(|_| Rule::PresenceSignature)?;
        if !self.reach.may_change(member, self.now.moment) {
            return Err(Rule::PresenceBudget);
        }
        self.out(Output::Persist(Change::Presence { member, bytes: codec::encode(&signed) }));
        let frame = Frame::Presence(signed.clone());
        self.reach.known.insert(member, signed);
        for (peer, _) in self.greeted_peers() {
            if peer != *from {
                self.send(&peer, &frame);
            }
        }
        Ok(())
    }
}
