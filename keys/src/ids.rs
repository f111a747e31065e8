//! Names of things by their hash: 32 bytes each, one type per kind of thing.
//!
//! An id is data, not a promise: whoever needs the thing behind it to be genuine hashes the thing again. Ids
//! print as 64 hex digits, in logs (`Debug`) as the first eight.

use crate::codec::bytes;
use crate::hex;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// A text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId {
    /// How many hexadecimal digits it should have.
    pub digits: usize,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id: {} hexadecimal digits are needed", self.digits)
    }
}

impl core::error::Error for NotAnId {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(with = "bytes")] [u8; $size]);

        impl $name {
            /// Length in bytes.
            pub const SIZE: usize = $size;

            /// The id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hex::write(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                hex::write(&self.0[..4], f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut bytes = [0; $size];
                hex::decode_into(text, &mut bytes).ok_or(NotAnId { digits: 2 * $size })?;
                Ok(Self(bytes))
            }
        }
    };
}

id! {
    /// A member: the hash of its organisation key.
    MemberId, 32
}
id! {
    /// A circle: the hash of its founding charter.
    CircleId, 32
}
id! {
    /// A signed change of membership, without its signature and approvals.
    ActId, 32
}
id! {
    /// An epoch: the hash of its header without the signature.
    EpochId, 32
}
id! {
    /// A record: the hash of its circle and canonical bytes without the signature.
    RecordId, 32
}
id! {
    /// A sealed record on its way: the hash of the envelope without the gate signature.
    EnvelopeId, 32
}
id! {
    /// What stands for a circle where a relay can see it: derived from the circle's id and stable over its
    /// epochs, so that envelopes of one circle can be kept together without naming the circle.
    CircleTag, 16
}
