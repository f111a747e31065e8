//! What an act does.
//!
//! On the wire a body is a tag and length-prefixed content, so that an act of a newer version keeps its id, its place
//! in the history and its signature at a node that does not know what it does. There it counts for nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use watchfire_keys::card::Card;
use watchfire_keys::codec;

use crate::limits::MAX_ACT_BYTES;

const TAG_ADD: u16 = 1;
const TAG_TIE: u16 = 2;

/// What a member may do in the circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Receives only.
    Observer,
    /// Publishes too.
    Publisher,
    /// Also co-signs changes of membership and deals epochs.
    Steward,
}

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 3] = [Self::Observer, Self::Publisher, Self::Steward];

    /// The lower case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Publisher => "publisher",
            Self::Steward => "steward",
        }
    }
}

impl core::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl core::fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the roles are observer, publisher and steward")
    }
}

impl core::error::Error for UnknownRole {}

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
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The card of the member that this adds.
    #[must_use]
    pub const fn card(&self) -> Option<&Card> {
        match self {
            Self::Add { card, .. } => Some(card),
            Self::Tie | Self::Unknown { .. } => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    tag: u16,
    #[serde(with = "codec::bytes")]
    content: Vec<u8>,
}

impl Serialize for ActBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tag, content) = match self {
            Self::Add { card, role } => (TAG_ADD, codec::encode(&(card.as_ref(), role))),
            Self::Tie => (TAG_TIE, Vec::new()),
            Self::Unknown { tag, content } => (*tag, content.clone()),
        };
        Wire { tag, content }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ActBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let Wire { tag, content } = Wire::deserialize(deserializer)?;
        match tag {
            TAG_ADD => {
                let (card, role): (Card, Role) =
                    codec::decode(&content, MAX_ACT_BYTES).map_err(|_| D::Error::custom("add"))?;
                Ok(Self::Add { card: Box::new(card), role })
            }
            TAG_TIE if content.is_empty() => Ok(Self::Tie),
            TAG_TIE => Err(D::Error::custom("tie")),
            _ => Ok(Self::Unknown { tag, content }),
        }
    }
}
