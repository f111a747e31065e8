//! A member's identity at rest.
//!
//! A key file is a fixed number of bytes:
//!
//! | bytes | what |
//! | --- | --- |
//! | 14 | `WATCHFIRE KEY` and a line feed |
//! | 1 | version, 1 |
//! | 1 | key derivation: 0 none, 1 Argon2id |
//! | 4, 4, 4 | Argon2id memory in KiB, passes, lanes (`u32`, little-endian); 0 without a passphrase |
//! | 16 | salt |
//! | 24 | nonce |
//! | 240 | seven secrets of 32 bytes, sealed with XChaCha20-Poly1305; everything before is authenticated |
//!
//! Without a passphrase the file's key follows from its salt: that protects against damage and nothing else,
//! and the file's mode (0600) is all there is against others. Opening never repairs, replaces or invents
//! anything: an unreadable key file is an error with a remedy. Reading and writing the file itself is the
//! caller's.

mod error;
mod kdf;
mod v1;

use crate::identity::Identity;
use alloc::vec::Vec;
use rand_core::CryptoRng;

pub use error::KeyFileError;
pub use kdf::KdfParams;

/// Most bytes that are looked at. A key file of this version has [`SIZE`]; a newer one may be longer, and is
/// to be told from something that is no key file at all.
pub const MAX_KEYFILE_BYTES: usize = 4096;

/// Bytes of a key file of this version.
pub const SIZE: usize = v1::SIZE;

const MAGIC: &[u8; 14] = b"WATCHFIRE KEY\n";

/// What can be known of a key file without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its version.
    pub version: u8,
    /// Whether opening it takes a passphrase.
    pub needs_passphrase: bool,
}

/// A key file for `identity`, sealed under `passphrase` if there is one. `params` say what guessing the
/// passphrase shall cost; without a passphrase they are not used. The passphrase is taken as bytes; a caller
/// with text decides about its normal form.
///
/// # Errors
///
/// [`KeyFileError::EmptyPassphrase`]; [`KeyFileError::OutOfMemory`] if the derivation does not fit into
/// memory.
pub fn create(
    identity: &Identity,
    passphrase: Option<&[u8]>,
    params: KdfParams,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, KeyFileError> {
    v1::create(identity, passphrase, params, rng)
}

/// The identity in a key file. A passphrase given for a file that needs none is not used.
///
/// # Errors
///
/// See [`KeyFileError`]. Sizes and the cost of the derivation are checked before any memory is taken.
pub fn open(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Identity, KeyFileError> {
    v1::Parsed::parse(body(bytes)?)?.open(passphrase)
}

/// What can be known of a key file without opening it.
///
/// # Errors
///
/// Whatever [`open`] would say before it needs a passphrase.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, KeyFileError> {
    let parsed = v1::Parsed::parse(body(bytes)?)?;
    Ok(Inspection { version: v1::VERSION, needs_passphrase: parsed.needs_passphrase() })
}

/// The whole file, if its size, its first line and its version are ours.
fn body(bytes: &[u8]) -> Result<&[u8; SIZE], KeyFileError> {
    if bytes.len() > MAX_KEYFILE_BYTES {
        return Err(KeyFileError::TooLarge);
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(KeyFileError::NotAKeyFile)?;
    match rest.first() {
        Some(&v1::VERSION) => bytes.try_into().map_err(|_| KeyFileError::Damaged),
        Some(version) if *version > v1::VERSION => Err(KeyFileError::TooNew(*version)),
        _ => Err(KeyFileError::Damaged),
    }
}
