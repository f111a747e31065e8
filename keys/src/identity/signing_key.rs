//! The secret half of a signing key.

use super::public_key::PublicKey;
use super::random_bytes;
use super::signature::{Signature, message};
use crate::labels::Label;
use core::fmt;
use ed25519_dalek::Signer;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// An Ed25519 secret key. Wiped when dropped, printed as `***`, never encoded by serde.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key from 32 random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_seed(&random_bytes(rng))
    }

    /// The key whose RFC 8032 seed this is. Any 32 bytes are one.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, for key files and recovery words.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of(self.0.as_ref())
    }

    /// Signs `parts` for the purpose of `label`. The message is the label's length (`u8`), the label, and for
    /// each part its length (`u64`, little-endian) and its bytes. Deterministic, as RFC 8032 has it.
    #[must_use]
    pub fn sign(&self, label: Label, parts: &[&[u8]]) -> Signature {
        self.sign_message(&message(label, parts))
    }

    /// The algorithm itself, without a label: not for anyone but the method above and its test vectors.
    pub(super) fn sign_message(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}
