//! What an engine is made from.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{CircleId, MemberId};
use watchfire_keys::sealing::SealingKey;

use super::connect::Contact;
use super::restore::Restored;
use crate::circle::Draft;

/// The keys of the member that this node works for. Those it does not hold, it does not use: an observer's node has no
/// publisher key, and a steward may keep the steward key elsewhere.
#[derive(Clone, Debug)]
pub struct MemberKeys {
    /// The member.
    pub member: MemberId,
    /// Signs the member's own acts.
    pub organisation: Option<SigningKey>,
    /// Signs records.
    pub publisher: Option<SigningKey>,
    /// Signs acts and approvals, deals epochs.
    pub steward: Option<SigningKey>,
    /// Signs presences and introductions.
    pub daemon: SigningKey,
    /// Opens what is sealed to the member.
    pub sealing: SealingKey,
    /// Keys that had that office before: what was sealed to them is still opened.
    pub former_sealing: Vec<SealingKey>,
}

/// How the node comes to its circle.
#[derive(Debug)]
pub enum Start {
    /// It is a founder and signatures may still be missing.
    Founding(Draft),
    /// It has a ticket for this circle and nothing else yet.
    Joining(CircleId),
    /// It has been here before.
    Restored(Box<Restored>),
}

/// Former sealing keys that a node still opens with, the latest ones.
const MAX_FORMER_SEALING: usize = 4;

impl MemberKeys {
    /// The sealing key, then those before it, the latest first.
    pub(super) fn sealing_keys(&self) -> impl Iterator<Item = &SealingKey> {
        let former = self.former_sealing.iter().rev().take(MAX_FORMER_SEALING);
        core::iter::once(&self.sealing).chain(former)
    }
}

impl Start {
    /// The circle in question.
    pub fn circle(&self) -> CircleId {
        match self {
            Self::Founding(draft) => draft.circle(),
            Self::Joining(circle) => *circle,
            Self::Restored(restored) => restored.circle,
        }
    }
}

/// Everything an engine starts with.
pub struct Config<C, P> {
    /// The cryptography.
    pub crypto: C,
    /// This node's name on its transport.
    pub me: P,
    /// The member's keys.
    pub keys: MemberKeys,
    /// How it comes to its circle.
    pub start: Start,
    /// Nodes to call that are known from a ticket.
    pub contacts: Vec<Contact<P>>,
    /// Where this node can be dialled, as multiaddr texts.
    pub addresses: Vec<String>,
    /// Relays this member has paired the circle with, as multiaddr texts.
    pub relays: Vec<String>,
    /// Whether something that was kept once is missing now: own records may be among it, so nothing new is signed
    /// before a peer has shown which was the last.
    pub lost: bool,
    /// Seed of all randomness this node will use.
    pub seed: [u8; 32],
}

impl<C, P: core::fmt::Debug> core::fmt::Debug for Config<C, P> {
    /// Without the seed: all randomness of the node, its epochs' secrets too, follows from it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Config").field("me", &self.me).field("start", &self.start).finish_non_exhaustive()
    }
}
