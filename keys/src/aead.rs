//! Symmetric sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, over RFC 8439).
//!
//! The nonce is the caller's: it must not repeat under a key with another plaintext. Random nonces of 24
//! bytes never do; the derived ones of envelopes repeat only with the same plaintext. The cipher does not
//! commit to its key, so callers to whom that matters put a commitment into the authenticated data.

use alloc::vec::Vec;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use core::fmt;
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_SIZE: usize = 32;
/// Bytes of a nonce.
pub const NONCE_SIZE: usize = 24;
/// Bytes by which the ciphertext is longer than the plaintext: the tag.
pub const OVERHEAD: usize = 16;

/// The ciphertext, its nonce or the authenticated data were changed, or the key is another. Which one cannot
/// be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotOpen;

impl fmt::Display for CannotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot be opened: changed on the way, or sealed with another key")
    }
}

impl core::error::Error for CannotOpen {}

/// Seals `plaintext` and authenticates `aad` with it. The result is [`OVERHEAD`] bytes longer than the
/// plaintext.
///
/// # Panics
///
/// If the plaintext has more than 2^38 - 64 bytes, the limit of the cipher (RFC 8439, section 2.8).
#[must_use]
pub fn seal(key: &[u8; KEY_SIZE], nonce: &[u8; NONCE_SIZE], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(nonce.into(), Payload { msg: plaintext, aad })
        .expect("a message in memory is shorter than 256 GiB")
}

/// Opens what [`seal`] made with the same key, nonce and authenticated data.
///
/// # Errors
///
/// If anything differs, or `sealed` is shorter than [`OVERHEAD`].
pub fn open(
    key: &[u8; KEY_SIZE],
    nonce: &[u8; NONCE_SIZE],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(nonce.into(), Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| CannotOpen)
}
