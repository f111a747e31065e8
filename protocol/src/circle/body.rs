//! What an act does.
//!
//! Shared acts change what all sides answer for, and need the consent that the rules ask for. A member's own acts
//! change its own keys or end its membership, need its organisation key and nobody else, and can void no act of others.

use alloc::boxed::Box;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::delegation::Delegation;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_keys::name::Side;
use watchfire_keys::sealing::SealingPublic;

use super::circle_rules::CircleRules;
use super::cut::{self, Cut};
use super::role::Role;

/// What an act does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActBody {
    /// Adds a member, on the side that its card declares.
    Add {
        /// The newcomer's card.
        card: Box<Card>,
        /// What it may do.
        role: Role,
    },
    /// Ties the acts that it names as parents together and changes nobody: for a history that has grown more heads
    /// than one header can name.
    Tie,
    /// Takes a member out.
    Remove {
        /// The member.
        member: MemberId,
        /// Where its records end: of a signer that is not named here none stands.
        cuts: Vec<Cut>,
    },
    /// Lets a member do more or less than before.
    SetRole {
        /// The member.
        member: MemberId,
        /// What it may do from now on.
        role: Role,
        /// Where its reports end, if it publishes no more: of a signer that is not named here none stands. Otherwise
        /// empty.
        cuts: Vec<Cut>,
    },
    /// Changes what every node computes with.
    SetRules {
        /// All rules, the unchanged ones too.
        rules: CircleRules,
    },
    /// The author leaves. Its own act.
    Leave {
        /// Its place among the author's own acts, counted from 1.
        number: u32,
        /// Where its records end: of a signer that is not named here none stands.
        cuts: Vec<Cut>,
    },
    /// The author lets another key sign for it, or the same key for longer or for other things. Its own act.
    Delegate {
        /// Its place among the author's own acts, counted from 1.
        number: u32,
        /// The key, what it may sign and for how long.
        delegation: Delegation,
    },
    /// The author ends one of its keys, for ever. Its own act.
    Revoke {
        /// Its place among the author's own acts, counted from 1.
        number: u32,
        /// The key.
        key: PublicKey,
        /// Position and id of the last of its records that stands; nothing when none does.
        last: Option<(u64, RecordId)>,
    },
    /// The author receives epoch secrets under another sealing key. Its own act.
    Rotate {
        /// Its place among the author's own acts, counted from 1.
        number: u32,
        /// The new key.
        sealing: SealingPublic,
    },
    /// Seats a steward for a side whose steward is lost or must go: signed with that side's recovery key.
    Seat {
        /// The side.
        side: Side,
        /// The card of the new steward: a newcomer's, or that of a member of the side.
        card: Box<Card>,
        /// The steward of the same side that goes.
        removes: Option<MemberId>,
        /// Where the records of the one that goes end.
        cuts: Vec<Cut>,
    },
    /// Binds a member that lost its organisation key to a new one: the same name, side and role.
    Rebind {
        /// The member as it was.
        member: MemberId,
        /// Its new card.
        card: Box<Card>,
        /// Where the records under the old keys end.
        cuts: Vec<Cut>,
    },
    /// An act of a newer version. Kept, shown, and without effect here.
    Unknown {
        /// Its tag, none of those above.
        tag: u16,
        /// Its content as it came.
        content: Vec<u8>,
    },
}

impl ActBody {
    /// The name for screens and `--json`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::Tie => "tie",
            Self::Remove { .. } => "remove",
            Self::SetRole { .. } => "role",
            Self::SetRules { .. } => "rules",
            Self::Leave { .. } => "leave",
            Self::Delegate { .. } => "delegate",
            Self::Revoke { .. } => "revoke",
            Self::Rotate { .. } => "rotate",
            Self::Seat { .. } => "seat",
            Self::Rebind { .. } => "rebind",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The card that this brings into the circle.
    #[must_use]
    pub const fn card(&self) -> Option<&Card> {
        match self {
            Self::Add { card, .. } | Self::Seat { card, .. } | Self::Rebind { card, .. } => Some(card),
            _ => None,
        }
    }

    /// Whom it takes out, if it takes somebody out beside its author.
    #[must_use]
    pub const fn removes(&self) -> Option<&MemberId> {
        match self {
            Self::Remove { member, .. } | Self::Rebind { member, .. } => Some(member),
            Self::Seat { removes, .. } => removes.as_ref(),
            _ => None,
        }
    }

    /// The member that it is about; nothing when it is about its author or about nobody.
    #[must_use]
    pub fn subject(&self) -> Option<MemberId> {
        match self {
            Self::Remove { member, .. } | Self::SetRole { member, .. } | Self::Rebind { member, .. } => {
                Some(*member)
            }
            Self::Add { card, .. } | Self::Seat { card, .. } => Some(card.member()),
            _ => None,
        }
    }

    /// The place among its author's own acts; nothing for an act that other sides answer for too.
    #[must_use]
    pub const fn number(&self) -> Option<u32> {
        match self {
            Self::Leave { number, .. }
            | Self::Delegate { number, .. }
            | Self::Revoke { number, .. }
            | Self::Rotate { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// Whether it is its author's own act.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.number().is_some()
    }

    /// Where records end by it.
    #[must_use]
    pub fn cuts(&self) -> &[Cut] {
        match self {
            Self::Remove { cuts, .. }
            | Self::SetRole { cuts, .. }
            | Self::Leave { cuts, .. }
            | Self::Seat { cuts, .. }
            | Self::Rebind { cuts, .. } => cuts,
            _ => &[],
        }
    }

    /// Whether it has the one form that it can have.
    pub(super) fn is_sound(&self) -> bool {
        let idle = matches!(self, Self::Seat { removes: None, cuts, .. } if !cuts.is_empty());
        cut::are_sound(self.cuts()) && self.number() != Some(0) && !idle
    }
}
