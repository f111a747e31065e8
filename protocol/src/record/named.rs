//! Reports for named readers: what the circle carries for a few of its members and cannot read.
//!
//! Everybody checks author, signature, chain and form of such a record and hands it on as it is; what it says, and
//! for whom, is sealed in it ([`audience`]). It counts for nothing in the shared view and in the ledger, at its readers
//! too: what only some can see must not change what all compute alike.
//!
//! The readers' ids stand inside, so that each of them knows who else knows, and they are signed with the rest.

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use watchfire_keys::{
    audience::{AudienceError, Sealed},
    codec::{self, list_at_most},
    identity::PublicKey,
    ids::{CircleId, MemberId},
    sealing::{SealingKey, SealingPublic},
    time::UnixMillis,
};

use super::{BodyError, Problem, Record, Report, check};
use crate::limits::{MAX_BODY_BYTES, MAX_NAMED_READERS};

/// The sealed body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Named(Sealed);

/// What stands around a named body in its record, and what it is bound to: taken out of there, it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The circle.
    pub circle: CircleId,
    /// The member that states it.
    pub author: MemberId,
    /// The key that signs it for the member.
    pub signer: PublicKey,
    /// Its position in the signer's chain.
    pub seq: u64,
    /// When it was made.
    pub created: UnixMillis,
}

impl Setting {
    /// That of a record.
    #[must_use]
    pub const fn of(record: &Record) -> Self {
        Self {
            circle: record.circle,
            author: record.author,
            signer: record.signer,
            seq: record.seq,
            created: record.created,
        }
    }
}

/// What a named record says to its readers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inner {
    /// For whom it is, strictly ascending, the author included.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_NAMED_READERS>")]
    pub audience: Vec<MemberId>,
    /// What they are told. It has no parts.
    pub report: Report,
}

/// Nothing of it: what is for a few must not come into a log.
impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inner(***)")
    }
}

/// Why a report cannot be sealed to its readers. The author's to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedError {
    /// A field breaks a limit or a normal form.
    Body(BodyError),
    /// There is no reader, there are too many, or one has no usable sealing key.
    Audience(AudienceError),
    /// It does not fit into one record beside its slots, and what is for named readers has no parts.
    TooLarge {
        /// The size of the body that it would make.
        bytes: usize,
    },
}

impl fmt::Display for NamedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(error) => error.fmt(f),
            Self::Audience(error) => error.fmt(f),
            Self::TooLarge { bytes } => write!(
                f,
                "sealed to its readers the report takes {bytes} bytes and a record holds {MAX_BODY_BYTES}; publish it \
                 as several reports, or to fewer readers"
            ),
        }
    }
}

impl core::error::Error for NamedError {}

impl Inner {
    /// Whether it keeps every limit and normal form, for a record in this setting.
    ///
    /// # Errors
    ///
    /// The first field that does not.
    pub fn check(&self, setting: &Setting) -> Result<(), BodyError> {
        check::ascending("audience", &self.audience, MAX_NAMED_READERS)?;
        if self.audience.binary_search(&setting.author).is_err() {
            return Err(BodyError { field: "audience", problem: Problem::Range });
        }
        if self.report.parts != 0 {
            return Err(BodyError { field: "parts", problem: Problem::TooMany(0) });
        }
        check::report(&self.report, setting.created)
    }

    /// The bytes, as they are sealed and as a reader keeps them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads back what this node has kept, which it had checked before.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        codec::decode(bytes, MAX_BODY_BYTES).ok()
    }
}

impl Named {
    /// Seals `inner` to `readers`: one sealing key for each member of the audience.
    ///
    /// # Errors
    ///
    /// See [`NamedError`].
    pub fn seal(
        inner: &Inner,
        readers: &[SealingPublic],
        setting: &Setting,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, NamedError> {
        inner.check(setting).map_err(NamedError::Body)?;
        if readers.len() != inner.audience.len() {
            return Err(NamedError::Audience(AudienceError::Readers(readers.len())));
        }
        let sealed = Sealed::seal(readers, &codec::encode(setting), &inner.to_bytes(), rng)
            .map_err(NamedError::Audience)?;
        let bytes = codec::encode(&sealed).len();
        if bytes > MAX_BODY_BYTES { Err(NamedError::TooLarge { bytes }) } else { Ok(Self(sealed)) }
    }

    /// Whether it has the form that everybody can check.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.0.is_sound()
    }

    /// How many slots it has: 8, 16 or 32 in a sound one.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.0.slot_count()
    }

    /// What it says, if one of these sealing keys (a member's present one and its earlier ones) is a reader's. `None`
    /// for everybody else, and for what its author has sealed wrongly: nobody can tell the two apart from outside.
    ///
    /// Each slot costs an opening with each key: the author's signature and budget come first.
    #[must_use]
    pub fn open(&self, keys: &[&SealingKey], setting: &Setting) -> Option<Inner> {
        let opened = self.0.open(keys, &codec::encode(setting))?;
        let inner = Inner::from_bytes(&opened)?;
        inner.check(setting).is_ok().then_some(inner)
    }
}
