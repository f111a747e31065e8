//! The public half of a signing key.

use super::signature::{BadSignature, Signature, message};
use crate::codec::bytes;
use crate::hash::hash;
use crate::hex;
use crate::ids::MemberId;
use crate::labels::{HASH_MEMBER, Label};
use core::fmt;
use core::str::FromStr;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

/// An Ed25519 public key (RFC 8032): 32 bytes.
///
/// One made by [`PublicKey::from_bytes`] is a usable key. One read by serde is only 32 bytes, because
/// decoding a curve point costs a tenth of a signature check and most keys that arrive are compared with
/// known ones first; call [`PublicKey::check`] where it matters. Either way a key that is not usable verifies
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(#[serde(with = "bytes")] [u8; 32]);

/// Thirty-two bytes that are not a usable public key: no point of the curve, not the one encoding of the
/// point, or a point of small order, for which signatures exist that fit many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a usable Ed25519 public key")
    }
}

impl core::error::Error for BadKey {}

impl PublicKey {
    /// Length in bytes.
    pub const SIZE: usize = 32;

    /// The key with these bytes.
    ///
    /// # Errors
    ///
    /// If they are not a usable key, see [`BadKey`].
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, BadKey> {
        let key = Self(bytes);
        key.check()?;
        Ok(key)
    }

    /// Whether this is a usable key.
    ///
    /// # Errors
    ///
    /// If it is not, see [`BadKey`].
    pub fn check(&self) -> Result<(), BadKey> {
        self.point().map(drop)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Verifies a signature that [`super::SigningKey::sign`] made with the same label and parts. Strict: keys
    /// and points of small order and non-canonical encodings are refused, so all nodes agree on what is
    /// valid.
    ///
    /// # Errors
    ///
    /// If the signature does not hold, whatever the reason.
    pub fn verify(&self, label: Label, parts: &[&[u8]], signature: &Signature) -> Result<(), BadSignature> {
        self.verify_message(&message(label, parts), signature)
    }

    /// The algorithm itself, without a label: not for anyone but the method above and its test vectors.
    pub(super) fn verify_message(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let point = self.point().map_err(|BadKey| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        point.verify_strict(message, &signature).map_err(|_| BadSignature)
    }

    /// The member whose organisation key this is.
    #[must_use]
    pub fn member(&self) -> MemberId {
        MemberId::from_bytes(hash(HASH_MEMBER, &[&self.0]))
    }

    /// The key of a secret of ours, which needs no check.
    pub(super) fn of(key: &VerifyingKey) -> Self {
        Self(key.to_bytes())
    }

    fn point(&self) -> Result<VerifyingKey, BadKey> {
        if !is_canonical(&self.0) {
            return Err(BadKey);
        }
        let point = VerifyingKey::from_bytes(&self.0).map_err(|_| BadKey)?;
        if point.is_weak() { Err(BadKey) } else { Ok(point) }
    }
}

/// Whether the y coordinate (the lower 255 bits, little-endian) is below the field's prime 2^255 - 19. The
/// library would reduce it, and one key would have two encodings. (The other double encoding, a negative zero
/// x, is of small order.)
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    last & 0x7f != 0x7f || *first < 0xed || middle.iter().any(|byte| *byte != 0xff)
}

impl AsRef<[u8]> for PublicKey {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0[..4], f)
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut bytes = [0; 32];
        hex::decode_into(text, &mut bytes).ok_or(BadKey)?;
        Self::from_bytes(bytes)
    }
}
