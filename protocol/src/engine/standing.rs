//! Questions the engine asks of its roster.

use watchfire_keys::delegation::Scopes;
use watchfire_keys::epoch::Header;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{EpochId, MemberId};

use super::{Engine, PeerName};
use crate::circle::{ActLog, Roster};
use crate::crypto::Crypto;
use crate::rules::Rule;

/// The place of a member's side in the charter.
pub(super) fn side_of(roster: &Roster, member: &MemberId) -> Option<usize> {
    let side = &roster.member(member)?.side;
    roster.charter.sides.iter().position(|other| other == side)
}

/// Whether everybody who could read an epoch is a member today.
pub(super) fn are_members(log: &ActLog, header: &Header, roster: &Roster) -> bool {
    let readers = log.roster_at(&header.frontier);
    readers.is_some_and(|readers| readers.members.keys().all(|member| roster.is_member(member)))
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Has the roster at an epoch's frontier at hand for whatever is asked of it next.
    pub(super) fn recall_epoch(&mut self, epoch: &EpochId) {
        if let (Some(header), Some(log)) = (self.keyring.header(epoch), &mut self.log) {
            log.recall(&header.frontier);
        }
    }

    /// Whether this node's member is in the roster.
    pub(super) fn is_member(&self) -> bool {
        self.is_active(&self.keys.member)
    }

    pub(super) fn is_active(&self, member: &MemberId) -> bool {
        self.roster.as_ref().is_some_and(|roster| roster.is_member(member))
    }

    /// Whether a node of another member is linked.
    pub(super) fn reaches_others(&self) -> bool {
        self.links.values().filter_map(super::Link::member).any(|member| member != self.keys.member)
    }

    /// Whether this key may speak for the member's node now.
    pub(super) fn daemon_allowed(&self, member: &MemberId, signer: &PublicKey) -> Result<(), Rule> {
        let roster = self.roster.as_ref().ok_or(Rule::GreetingFailed)?;
        roster.speaks_for(member, signer, Scopes::DAEMON, self.now.unix).map_err(|_| Rule::GreetingFailed)
    }

    /// Whether this key was ever the member's: then it is known what it may sign, and what not any more.
    pub(super) fn knows_key(&self, member: &MemberId, signer: &PublicKey) -> bool {
        let entry = self.roster.as_ref().and_then(|roster| roster.member(member));
        entry.is_some_and(|entry| entry.keys.contains_key(signer))
    }

    /// Whether this node's daemon key speaks for its member, as far as is known here. No other node links to one whose
    /// key does not.
    pub fn holds_daemon_key(&self) -> bool {
        self.daemon_allowed(&self.keys.member, &self.keys.daemon.public()).is_ok()
    }

    /// Whether this node holds the key to which the others seal for its member. At another home of the member it may
    /// have been changed.
    pub fn holds_sealing_key(&self) -> bool {
        let entry = self.roster.as_ref().and_then(|roster| roster.member(&self.keys.member));
        entry.is_none_or(|entry| self.keys.sealing_keys().any(|key| key.public() == entry.sealing))
    }

    /// Whether this node knows enough to seal: a founder does; a newcomer once a member of every side has shown it its
    /// frontier, so that no side can have it seal to a roster that is not the circle's.
    pub(super) fn may_seal(&self) -> bool {
        let Some(roster) = &self.roster else { return false };
        let founder = roster.charter.founder(self.keys.member).is_some();
        self.is_member() && (founder || self.heard.len() >= roster.charter.sides.len())
    }
}
