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

    /// Whether this key may speak for the member's node now.
    pub(super) fn daemon_allowed(&self, member: &MemberId, signer: &PublicKey) -> Result<(), Rule> {
        let roster = self.roster.as_ref().ok_or(Rule::GreetingFailed)?;
        roster.speaks_for(member, signer, Scopes::DAEMON, self.now.unix).map_err(|_| Rule::GreetingFailed)
    }

    /// Whether this node knows enough to seal: a founder does; a newcomer once a member of every side has shown it its
    /// frontier, so that no side can have it seal to a roster that is not the circle's.
    pub(super) fn may_seal(&self) -> bool {
        let Some(roster) = &self.roster else { return false };
        let founder = roster.charter.founder(self.keys.member).is_some();
        self.is_member() && (founder || self.heard.len() >= roster.charter.sides.len())
    }
}
