//! The roster: what all acts in force together say. Members, their cards, sides and roles, at one frontier.
//!
//! A roster is a value: nothing in it changes, and whoever has the same acts has the same one. It never says who is
//! reachable, and never decides what a person may believe.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;

use super::body::Role;
use super::charter::Charter;
use super::readers::{self, Readers};
use crate::rules::Rule;

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberState {
    /// Proposed, and not a member before the act is in force.
    Invited,
    /// A member.
    Active,
}

impl MemberState {
    /// The lower case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
        }
    }
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The member.
    pub member: MemberId,
    /// Its card.
    pub card: Card,
    /// Its name.
    pub name: Name,
    /// Its side.
    pub side: Side,
    /// What it may do.
    pub role: Role,
    /// Where it stands.
    pub state: MemberState,
    /// The act that added it; the founding for founders.
    pub act: ActId,
    /// What stands for it among the readers.
    pub(super) reader: [u8; 32],
}

impl Entry {
    pub(super) fn new(card: &Card, role: Role, act: ActId, state: MemberState) -> Self {
        let member = card.member();
        let reader = readers::leaf(&member, &card.sealing);
        Self {
            member,
            name: card.name.clone(),
            side: card.side.clone(),
            card: card.clone(),
            role,
            state,
            act,
            reader,
        }
    }

    /// Whether the card delegates `key` for `scope` at that time.
    #[must_use]
    pub fn delegates(&self, key: &PublicKey, scope: Scopes, at: UnixMillis) -> bool {
        self.card.allows(key, scope, at)
    }

    /// Whether the member co-signs acts and deals epochs.
    #[must_use]
    pub const fn is_steward(&self) -> bool {
        matches!(self.role, Role::Steward)
    }

    /// Whether `key` is one with which this member, as a steward, signs at that time.
    pub(super) fn signs_as_steward(&self, key: &PublicKey, at: UnixMillis) -> bool {
        self.is_steward() && self.delegates(key, Scopes::STEWARD, at)
    }
}

/// Members, keys and roles at one frontier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The circle.
    pub circle: CircleId,
    /// Its charter.
    pub charter: Arc<Charter>,
    /// The members; every one of them is active.
    pub members: BTreeMap<MemberId, Arc<Entry>>,
    /// The heads of the history that this is the sum of, sorted.
    pub frontier: Vec<ActId>,
    readers: Readers,
}

impl Roster {
    pub(super) fn new(
        circle: CircleId,
        charter: Arc<Charter>,
        members: BTreeMap<MemberId, Arc<Entry>>,
        frontier: Vec<ActId>,
    ) -> Self {
        let readers = Readers::of(&members);
        Self { circle, charter, members, frontier, readers }
    }

    /// The roster after one more act that contradicts nothing in it.
    pub(super) fn advance(&mut self, added: Option<Arc<Entry>>, frontier: Vec<ActId>) {
        self.frontier = frontier;
        if let Some(entry) = added {
            let member = entry.member;
            self.members.insert(member, entry);
            self.readers.update(&member, &self.members);
        }
    }

    /// A member.
    #[must_use]
    pub fn member(&self, member: &MemberId) -> Option<&Arc<Entry>> {
        self.members.get(member)
    }

    /// Whether this is a member.
    #[must_use]
    pub fn is_member(&self, member: &MemberId) -> bool {
        self.members.contains_key(member)
    }

    /// Whether `signer` speaks for `author` in this scope at that time: an observer publishes nothing, and only a
    /// steward acts as one; any member's node signs presence and acknowledgements.
    ///
    /// # Errors
    /// [`Rule::RecordUnknownAuthor`] and [`Rule::RecordSigner`].
    pub fn author_allowed(
        &self,
        author: &MemberId,
        signer: &PublicKey,
        scope: Scopes,
        at: UnixMillis,
    ) -> Result<(), Rule> {
        let entry = self.member(author).ok_or(Rule::RecordUnknownAuthor)?;
        let least = if scope.contains(Scopes::STEWARD) {
            Role::Steward
        } else if scope.contains(Scopes::PUBLISH) {
            Role::Publisher
        } else {
            Role::Observer
        };
        if entry.role >= least && entry.delegates(signer, scope, at) {
            Ok(())
        } else {
            Err(Rule::RecordSigner)
        }
    }

    /// Who may read: every member, observers too.
    pub fn readers(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.members.values()
    }

    /// A digest of the readers and their sealing keys: equal digests, same readers.
    #[must_use]
    pub const fn readers_digest(&self) -> [u8; 32] {
        self.readers.digest()
    }

    /// The stewards, by member id.
    pub fn stewards(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.members.values().filter(|entry| entry.is_steward())
    }
}
