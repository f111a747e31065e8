//! What an organisation key lets another key do, and for how long.

use crate::identity::{BadKey, BadSignature, PublicKey, Signature, SigningKey};
use crate::ids::MemberId;
use crate::labels::SIGN_DELEGATION;
use crate::time::UnixMillis;
use core::fmt;
use core::ops::BitOr;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

/// A set of things a key may sign. Bits that this version does not know are refused, so nobody can be given
/// by an old node what a newer one would understand differently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Scopes(u8);

impl Scopes {
    /// Records.
    pub const PUBLISH: Self = Self(1);
    /// Acts, approvals and epoch headers.
    pub const STEWARD: Self = Self(2);
    /// Presence, greetings and acknowledgements.
    pub const DAEMON: Self = Self(4);

    const KNOWN: u8 = Self::PUBLISH.0 | Self::STEWARD.0 | Self::DAEMON.0;

    /// The set with these bits; `None` if one of them is not known.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::KNOWN == 0 { Some(Self(bits)) } else { None }
    }

    /// Its bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Scopes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The words of the scopes, joined by commas.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(Self::PUBLISH, "publish"), (Self::STEWARD, "steward"), (Self::DAEMON, "daemon")];
        let mut separator = "";
        for (_, name) in names.iter().filter(|(scope, _)| self.contains(*scope)) {
            write!(f, "{separator}{name}")?;
            separator = ",";
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bits = u8::deserialize(deserializer)?;
        Self::from_bits(bits)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Unsigned(bits.into()), &"known scopes"))
    }
}

/// A dated permission for a key, signed by the organisation key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Delegation {
    /// For whom the key signs.
    pub member: MemberId,
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub scopes: Scopes,
    /// From when, inclusive.
    pub from: UnixMillis,
    /// Until when, exclusive.
    pub until: UnixMillis,
    /// Over all the above, by the organisation key.
    pub signature: Signature,
}

/// Why a delegation is worth nothing. The fault of whoever made the card it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelegationError {
    /// It names another member than the organisation key is.
    OtherMember,
    /// It allows nothing, or ends before it begins.
    Empty,
    /// The delegated key is not a usable key.
    BadKey,
    /// The organisation key did not sign this.
    BadSignature,
}

impl fmt::Display for DelegationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherMember => "the delegation is for another member",
            Self::Empty => "the delegation allows nothing, or ends before it begins",
            Self::BadKey => "the delegated key is not a usable key",
            Self::BadSignature => "the delegation is not signed by its organisation",
        })
    }
}

impl core::error::Error for DelegationError {}

impl From<BadKey> for DelegationError {
    fn from(BadKey: BadKey) -> Self {
        Self::BadKey
    }
}

impl From<BadSignature> for DelegationError {
    fn from(BadSignature: BadSignature) -> Self {
        Self::BadSignature
    }
}

impl Delegation {
    /// Lets `key` sign what `scopes` say, from `from` (inclusive) until `until` (exclusive).
    #[must_use]
    pub fn sign(
        organisation: &SigningKey,
        key: PublicKey,
        scopes: Scopes,
        from: UnixMillis,
        until: UnixMillis,
    ) -> Self {
        let member = organisation.public().member();
        let signature = Signature::from_bytes([0; Signature::SIZE]);
        let unsigned = Self { member, key, scopes, from, until, signature };
        let signature = unsigned.signed(|parts| organisation.sign(SIGN_DELEGATION, parts));
        Self { signature, ..unsigned }
    }

    /// Whether it says something and the organisation signed it. It does not look at any clock.
    ///
    /// # Errors
    ///
    /// See [`DelegationError`].
    pub fn verify(&self, organisation: &PublicKey) -> Result<(), DelegationError> {
        if self.member != organisation.member() {
            return Err(DelegationError::OtherMember);
        }
        if self.scopes.is_empty() || self.from >= self.until {
            return Err(DelegationError::Empty);
        }
        self.key.check()?;
        Ok(self.signed(|parts| organisation.verify(SIGN_DELEGATION, parts, &self.signature))?)
    }

    /// Whether it allows all of `scope` at `at`. Only of a verified delegation does that mean anything.
    #[must_use]
    pub fn allows(&self, scope: Scopes, at: UnixMillis) -> bool {
        !scope.is_empty() && self.scopes.contains(scope) && self.from <= at && at < self.until
    }

    /// Hands the signed parts to `use_parts`.
    fn signed<R>(&self, use_parts: impl FnOnce(&[&[u8]]) -> R) -> R {
        use_parts(&[
            self.member.as_bytes(),
            self.key.as_bytes(),
            &[self.scopes.bits()],
            &self.from.0.to_le_bytes(),
            &self.until.0.to_le_bytes(),
        ])
    }
}
