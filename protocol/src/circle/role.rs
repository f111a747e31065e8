//! What a member may do in the circle.

use serde::{Deserialize, Serialize};

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
