//! The cryptography of the hot path as a type parameter.
//!
//! Everything that a node does for each record (hash, sign, verify, seal, open) goes through [`Crypto`], so that the
//! simulator can run a hundred thousand engines with cheap stand-ins while the engine's code stays the same.
//! This module decides nothing: which label, which parts and which key is the caller's business. A real node uses
//! [`RealCrypto`] and nothing else.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use watchfire_keys::{
    aead,
    hash::{hash, mac},
    identity::{PublicKey, Signature, SigningKey},
    labels::Label,
    sealing::{self, SealingKey, SealingPublic},
};
use zeroize::Zeroizing;

/// The primitives that records, envelopes and greetings are made of.
///
/// Hashes and signatures take *parts*: every part is length-prefixed before it is used, so two different lists of
/// parts never give the same input.
pub trait Crypto: Clone {
    /// A 32 byte hash of the parts, separated from every other use by the label.
    fn hash(&self, label: Label, parts: &[&[u8]]) -> [u8; 32];

    /// A keyed hash (a PRF) of the parts under `key`.
    fn mac(&self, label: Label, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32];

    /// Whether the signature over label and parts holds, by the strict rules only.
    fn verify(&self, key: &PublicKey, label: Label, parts: &[&[u8]], signature: &Signature) -> bool;

    /// Signs label and parts; the same input gives the same signature.
    fn sign(&self, key: &SigningKey, label: Label, parts: &[&[u8]]) -> Signature;

    /// Encrypts and authenticates; the result is 16 bytes longer than `plain`.
    fn aead_seal(&self, key: &[u8; 32], nonce: &[u8; 24], aad: &[u8], plain: &[u8]) -> Vec<u8>;

    /// The plaintext, or `None` when key, nonce, associated data or ciphertext do not belong together.
    fn aead_open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 24],
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>>;

    /// Seals to the holder of one sealing key; `None` when that key is unusable.
    fn seal_to<R: CryptoRng>(
        &self,
        to: &SealingPublic,
        label: Label,
        aad: &[u8],
        plain: &[u8],
        rng: &mut R,
    ) -> Option<Vec<u8>>;

    /// Opens what [`Crypto::seal_to`] sealed to this key, or `None`.
    fn open_sealed(
        &self,
        key: &SealingKey,
        label: Label,
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>>;
}

/// The real thing: BLAKE3, Ed25519 (strict), XChaCha20-Poly1305 and HPKE with X-Wing, from the `keys` crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RealCrypto;

impl Crypto for RealCrypto {
    fn hash(&self, label: Label, parts: &[&[u8]]) -> [u8; 32] {
        hash(label, parts)
    }

    fn mac(&self, label: Label, key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
        mac(label, key, parts)
    }

    fn verify(&self, key: &PublicKey, label: Label, parts: &[&[u8]], signature: &Signature) -> bool {
        key.verify(label, parts, signature).is_ok()
    }

    fn sign(&self, key: &SigningKey, label: Label, parts: &[&[u8]]) -> Signature {
        key.sign(label, parts)
    }

    fn aead_seal(&self, key: &[u8; 32], nonce: &[u8; 24], aad: &[u8], plain: &[u8]) -> Vec<u8> {
        aead::seal(key, nonce, aad, plain)
    }

    fn aead_open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 24],
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        aead::open(key, nonce, aad, sealed).ok()
    }

    fn seal_to<R: CryptoRng>(
        &self,
        to: &SealingPublic,
        label: Label,
        aad: &[u8],
        plain: &[u8],
        rng: &mut R,
    ) -> Option<Vec<u8>> {
        sealing::seal(to, label, aad, plain, rng).ok()
    }

    fn open_sealed(
        &self,
        key: &SealingKey,
        label: Label,
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        sealing::open(key, label, aad, sealed).ok()
    }
}
