//! What an act changes, for the people who decide on it.

use core::fmt;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;

use super::circle_rules::CircleRules;
use super::role::Role;

/// One thing that an act changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody becomes a member.
    Joins {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// Its side.
        side: Side,
        /// What it may do.
        role: Role,
    },
    /// A member is one no more.
    Leaves {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// Its side.
        side: Side,
    },
    /// A member may do more or less.
    Role {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// What it may do until now.
        from: Role,
        /// What it may do then.
        to: Role,
    },
    /// A member is bound to another organisation key.
    Rebound {
        /// The member until now.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The member that it is then.
        successor: MemberId,
    },
    /// The rules of the circle.
    Rules {
        /// Until now.
        from: CircleRules,
        /// Then.
        to: CircleRules,
    },
    /// A key signs for a member.
    Key {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The key.
        key: PublicKey,
        /// What it may sign.
        scopes: Scopes,
        /// Until when.
        until: UnixMillis,
    },
    /// A key signs for a member no more.
    KeyEnds {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The key.
        key: PublicKey,
    },
    /// A member receives epoch secrets under another key.
    Sealing {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
    },
    /// An act that is in force has no effect any more.
    Voids {
        /// The act.
        act: ActId,
    },
}

/// One sentence without a full stop.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joins { name, side, role, .. } => {
                write!(f, "{name} ({side}) becomes a member as {}", role.as_str())
            }
            Self::Leaves { name, side, .. } => write!(f, "{name} ({side}) is a member no more"),
            Self::Role { name, from, to, .. } => {
                write!(f, "{name} is {} instead of {}", to.as_str(), from.as_str())
            }
            Self::Rebound { name, .. } => write!(f, "{name} is bound to a new organisation key"),
            Self::Rules { .. } => f.write_str("the rules of the circle change"),
            Self::Key { name, scopes, .. } => write!(f, "another key signs for {name}: {scopes}"),
            Self::KeyEnds { name, .. } => write!(f, "a key signs for {name} no more"),
            Self::Sealing { name, .. } => write!(f, "{name} receives epoch secrets under a new key"),
            Self::Voids { act } => write!(f, "the act {act:?} loses its effect"),
        }
    }
}
