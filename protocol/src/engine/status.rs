//! What a node can say about itself.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{CircleId, EpochId, MemberId};

use super::standing::are_members;
use super::{Contact, Engine, PeerName};
use crate::circle::{ActLog, Draft, Keyring, Pending, Roster};
use crate::crypto::Crypto;
use crate::presence::Presence;

/// Where the node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Signatures of founders are missing.
    Founding,
    /// It has a ticket; approvals are missing, or no member was reached yet.
    Waiting,
    /// It is a member.
    Member,
    /// It was one.
    Removed,
}

/// A link as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStatus<P> {
    /// The transport's name.
    pub peer: P,
    /// The member.
    pub member: MemberId,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// The circle.
    pub fn circle(&self) -> CircleId {
        self.circle
    }

    /// Where the node stands.
    pub fn phase(&self) -> Phase {
        if self.draft.is_some() {
            return Phase::Founding;
        }
        let former = |roster: &Arc<Roster>| roster.former.contains_key(&self.keys.member);
        if self.is_member() {
            Phase::Member
        } else if self.roster.as_ref().is_some_and(former) {
            Phase::Removed
        } else {
            Phase::Waiting
        }
    }

    /// The draft, while signatures are missing.
    pub fn draft(&self) -> Option<&Draft> {
        self.draft.as_ref()
    }

    /// The roster, once there is one.
    pub fn roster(&self) -> Option<&Arc<Roster>> {
        self.roster.as_ref()
    }

    /// Acts, approvals and headers.
    pub fn log(&self) -> Option<&ActLog> {
        self.log.as_ref()
    }

    /// Epoch headers and secrets.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Proposals that wait for a decision.
    pub fn pending(&self) -> Vec<Pending> {
        self.log.as_ref().map(|log| log.pending(self.now.unix)).unwrap_or_default()
    }

    /// The epoch this node seals under.
    pub fn epoch(&self) -> Option<EpochId> {
        self.sealing_epoch()
    }

    /// Whether publications leave at once.
    pub fn can_seal(&self) -> bool {
        self.may_seal() && self.sealing_epoch().is_some()
    }

    /// Number of records held.
    pub fn record_count(&self) -> usize {
        self.set.len()
    }

    /// Own records that wait for an epoch.
    pub fn waiting_count(&self) -> usize {
        self.outbox.len()
    }

    /// Whether own records may be missing since the disk failed; then nothing is published.
    pub fn is_recovering(&self) -> bool {
        self.recovering
    }

    /// Greeted links.
    pub fn greeted_links(&self) -> Vec<LinkStatus<P>> {
        self.greeted_peers().into_iter().map(|(peer, member)| LinkStatus { peer, member }).collect()
    }

    /// Links of any stage.
    pub fn link_count(&self) -> usize {
        self.links.len()
    }

    /// Whether some member is known to run its node under this name.
    pub fn is_members_node(&self, peer: &P) -> bool {
        self.reach.claimants(&peer.to_bytes()).next().is_some()
    }

    /// Where a member's nodes were last known to be, the one first that spoke last. Of this node's own member, the others.
    pub fn presences(&self, member: &MemberId) -> impl Iterator<Item = &Presence> {
        self.reach.of(member)
    }

    /// Epochs that live and that nobody outside the present roster could ever read, the newest first: those whose gates
    /// relays are to know. Whoever was taken out holds the gates of the others.
    pub fn open_gates(&self) -> Vec<(EpochId, PublicKey)> {
        let (Some(roster), Some(log)) = (&self.roster, &self.log) else { return Vec::new() };
        let live = self.keyring.live(self.now.unix, roster.rules.retention_ms);
        let mut live: Vec<_> = live.filter(|(_, header)| are_members(log, header, roster)).collect();
        live.sort_by_key(|(epoch, header)| (Reverse(header.created), **epoch));
        live.into_iter().map(|(epoch, header)| (*epoch, header.gate)).collect()
    }

    /// Nodes a newcomer can call, for its ticket: this one first, then one of each member before the second of any.
    pub fn contacts(&self) -> Vec<Contact<P>> {
        let Some(roster) = &self.roster else { return Vec::new() };
        let mut contacts = Vec::new();
        if let Some(own) = roster.member(&self.keys.member) {
            contacts.push(Contact {
                peer: self.me.clone(),
                member: self.keys.member,
                sealing: own.sealing.clone(),
                addresses: self.reach.addresses().to_vec(),
            });
        }
        let mut nodes: BTreeMap<MemberId, usize> = BTreeMap::new();
        let mut others = Vec::new();
        for Presence { member, peer, addresses, .. } in self.reach.dialable() {
            if let (Some(entry), Some(peer)) = (roster.member(member), P::from_bytes(peer)) {
                let (sealing, addresses) = (entry.sealing.clone(), addresses.clone());
                let before = nodes.entry(*member).or_default();
                others.push((*before, Contact { peer, member: *member, sealing, addresses }));
                *before += 1;
            }
        }
        others.sort_by_key(|(before, _)| *before);
        contacts.extend(others.into_iter().map(|(_, contact)| contact));
        contacts
    }
}
