//! The public, signed half of an epoch.

use super::secret::EpochSecret;
use crate::codec::{self, CodecError, bytes, list_at_most};
use crate::hash::{equal, hash};
use crate::identity::{PublicKey, Signature, SigningKey};
use crate::ids::{ActId, CircleId, EpochId, MemberId};
use crate::labels::{HASH_EPOCH, SIGN_HEADER};
use crate::time::UnixMillis;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Most acts a frontier may name. Frontiers are nearly always one or two acts wide; a steward who knows of
/// more concurrent acts than this waits for one that joins them.
pub const MAX_FRONTIER: usize = 64;

/// Most bytes of an encoded header.
pub const MAX_HEADER_BYTES: usize = 2560;

/// The version of header this code writes and reads.
const VERSION: u8 = 1;

/// What a steward decides when dealing an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// The circle.
    pub circle: CircleId,
    /// The roster's frontier: which acts the readers follow from. At least one, at most [`MAX_FRONTIER`]; in
    /// any order.
    pub frontier: Vec<ActId>,
    /// Digest of the readers of that roster.
    pub readers: [u8; 32],
    /// When it is dealt.
    pub created: UnixMillis,
    /// When sealing under it ends.
    pub seal_until: UnixMillis,
    /// How many stewards were passed over for this frontier.
    pub turn: u32,
    /// The steward's member.
    pub dealer: MemberId,
}

/// A dealt epoch as everyone may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// 1.
    pub version: u8,
    /// The circle.
    pub circle: CircleId,
    /// The roster's frontier: sorted, without repetition, 1 to [`MAX_FRONTIER`] acts.
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_FRONTIER>")]
    pub frontier: Vec<ActId>,
    /// Digest of the readers of that roster.
    #[serde(with = "bytes")]
    pub readers: [u8; 32],
    /// Commitment to the secret.
    #[serde(with = "bytes")]
    pub commitment: [u8; 32],
    /// The key that gate signatures verify with.
    pub gate: PublicKey,
    /// When it was dealt.
    pub created: UnixMillis,
    /// When sealing under it ends, exclusive.
    pub seal_until: UnixMillis,
    /// How many stewards were passed over for this frontier.
    pub turn: u32,
    /// The steward's member.
    pub dealer: MemberId,
    /// The steward key that signed.
    pub signer: PublicKey,
    /// Over all the above, by the signer.
    pub signature: Signature,
}

/// Why a header is worth nothing: the fault of whoever dealt it or passed it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Not the bytes of a header.
    Encoding(CodecError),
    /// Of a version that this program is too old for.
    TooNew(
        /// The version.
        u8,
    ),
    /// The frontier is empty, too long, unsorted or names an act twice.
    Frontier,
    /// It ends before it begins.
    Dates,
    /// The gate key is not a usable key.
    BadKey,
    /// The signer did not sign this.
    BadSignature,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding(error) => write!(f, "not an epoch header: {error}"),
            Self::TooNew(version) => {
                write!(f, "an epoch header of version {version}, which needs a newer program")
            }
            Self::Frontier => write!(f, "the frontier is not 1 to {MAX_FRONTIER} distinct acts in order"),
            Self::Dates => f.write_str("the epoch ends before it begins"),
            Self::BadKey => f.write_str("the gate key is not a usable key"),
            Self::BadSignature => f.write_str("the header is not signed by its signer"),
        }
    }
}

impl core::error::Error for HeaderError {}

impl Header {
    /// Deals an epoch: commits to `secret` and signs with a steward key.
    ///
    /// # Errors
    ///
    /// [`HeaderError::Frontier`] or [`HeaderError::Dates`] if the deal says nothing sensible.
    pub fn deal(deal: Deal, secret: &EpochSecret, signer: &SigningKey) -> Result<Self, HeaderError> {
        let mut frontier = deal.frontier;
        frontier.sort_unstable();
        frontier.dedup();
        let mut header = Self {
            version: VERSION,
            circle: deal.circle,
            frontier,
            readers: deal.readers,
            commitment: secret.commitment(),
            gate: secret.gate().public(),
            created: deal.created,
            seal_until: deal.seal_until,
            turn: deal.turn,
            dealer: deal.dealer,
            signer: signer.public(),
            signature: Signature::from_bytes([0; Signature::SIZE]),
        };
        header.check_shape()?;
        header.signature = signer.sign(SIGN_HEADER, &[&header.signed_bytes()]);
        Ok(header)
    }

    /// The epoch this header is of: the hash of everything but the signature.
    #[must_use]
    pub fn id(&self) -> EpochId {
        EpochId::from_bytes(hash(HASH_EPOCH, &[&self.signed_bytes()]))
    }

    /// Whether the header has a header's shape and its signer signed it. Whether the signer was a steward of
    /// the circle is for the roster to tell.
    ///
    /// # Errors
    ///
    /// See [`HeaderError`].
    pub fn verify_signature(&self) -> Result<(), HeaderError> {
        self.check_shape()?;
        self.signer
            .verify(SIGN_HEADER, &[&self.signed_bytes()], &self.signature)
            .map_err(|_| HeaderError::BadSignature)
    }

    /// Whether `secret` is the one this header commits to, gate key included. The commitment is compared in
    /// constant time.
    #[must_use]
    pub fn accepts(&self, secret: &EpochSecret) -> bool {
        equal(&self.commitment, &secret.commitment()) && self.gate == secret.gate().public()
    }

    /// Its canonical bytes, at most [`MAX_HEADER_BYTES`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// The header in these bytes, of a header's shape but with its signature unverified.
    ///
    /// # Errors
    ///
    /// See [`HeaderError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.len() <= MAX_HEADER_BYTES {
            check_version(bytes.first().copied())?;
        }
        let header: Self = codec::decode(bytes, MAX_HEADER_BYTES).map_err(HeaderError::Encoding)?;
        header.check_shape()?;
        Ok(header)
    }

    fn check_shape(&self) -> Result<(), HeaderError> {
        check_version(Some(self.version))?;
        let in_order = self.frontier.windows(2).all(|pair| pair[0] < pair[1]);
        if self.frontier.is_empty() || self.frontier.len() > MAX_FRONTIER || !in_order {
            return Err(HeaderError::Frontier);
        }
        if self.created >= self.seal_until {
            return Err(HeaderError::Dates);
        }
        self.gate.check().map_err(|_| HeaderError::BadKey)
    }

    /// Everything but the signature, in the order of the fields.
    fn signed_bytes(&self) -> Vec<u8> {
        codec::encode(&(
            (self.version, self.circle, &self.frontier),
            (codec::Bytes(&self.readers), codec::Bytes(&self.commitment), self.gate),
            (self.created, self.seal_until, self.turn, self.dealer, self.signer),
        ))
    }
}

fn check_version(version: Option<u8>) -> Result<(), HeaderError> {
    match version {
        Some(version) if version > VERSION => Err(HeaderError::TooNew(version)),
        Some(VERSION) => Ok(()),
        _ => Err(HeaderError::Encoding(CodecError::Malformed)),
    }
}
