//! The secret of an epoch, and the keys that follow from it.

use crate::hash::derive;
use crate::identity::{SigningKey, random_bytes};
use crate::ids::{CircleId, CircleTag};
use crate::labels::{
    DERIVE_CIRCLE_TAG, DERIVE_COMMITMENT, DERIVE_CONTENT, DERIVE_GATE, DERIVE_GREETING, DERIVE_NONCE, Label,
};
use core::fmt;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Thirty-two random bytes that all readers of an epoch hold. Wiped when dropped, printed as `***`.
#[derive(Clone)]
pub struct EpochSecret(Zeroizing<[u8; 32]>);

impl EpochSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random_bytes(rng))
    }

    /// The secret with these bytes. Whether it is the one of an epoch is for [`super::Header::accepts`] to
    /// tell.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Its bytes, for sealing them to a reader or at rest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What a header publishes of the secret: binds the dealer to it and tells nothing about it. As
    /// authenticated data it also binds a ciphertext to its key.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        *self.key(DERIVE_COMMITMENT)
    }

    /// The key that seals records.
    #[must_use]
    pub fn content_key(&self) -> Zeroizing<[u8; 32]> {
        self.key(DERIVE_CONTENT)
    }

    /// The key that signs envelopes for relays. Every reader holds the same, so its signature tells nothing
    /// about who wrote.
    #[must_use]
    pub fn gate(&self) -> SigningKey {
        SigningKey::from_seed(&self.key(DERIVE_GATE))
    }

    /// The key from which envelope nonces are derived.
    #[must_use]
    pub fn nonce_key(&self) -> Zeroizing<[u8; 32]> {
        self.key(DERIVE_NONCE)
    }

    /// The key under which two readers greet one another.
    #[must_use]
    pub fn greeting_key(&self) -> Zeroizing<[u8; 32]> {
        self.key(DERIVE_GREETING)
    }

    fn key(&self, label: Label) -> Zeroizing<[u8; 32]> {
        derive(label, &self.0, &[])
    }
}

impl fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochSecret(***)")
    }
}

/// The tag under which relays keep a circle's envelopes: the same over all its epochs, and without the
/// circle's id not to be traced back to it.
#[must_use]
pub fn circle_tag(circle: &CircleId) -> CircleTag {
    let derived = derive(DERIVE_CIRCLE_TAG, circle.as_bytes(), &[]);
    let (bytes, _) = derived.split_first_chunk().expect("16 of 32 bytes");
    CircleTag::from_bytes(*bytes)
}
