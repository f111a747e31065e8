//! A member's identity at rest.
//!
//! A key file of a version is a fixed number of bytes:
//!
//! | bytes | what |
//! | --- | --- |
//! | 14 | `WATCHFIRE KEY` and a line feed |
//! | 1 | version: 1 for all keys of a member, 2 for those that a machine holds |
//! | 1 | key derivation: 0 none, 1 Argon2id |
//! | 4, 4, 4 | Argon2id memory in KiB, passes, lanes (`u32`, little-endian); 0 without a passphrase |
//! | 16 | salt |
//! | 24 | nonce |
//! | 240, 273 | sealed with XChaCha20-Poly1305, everything before authenticated: seven secrets of 32 bytes; or a byte that says which are there, and eight |
//!
//! Without a passphrase the file's key follows from its salt: that protects against damage and nothing else,
//! and the file's mode (0600) is all there is against others. Opening never repairs, replaces or invents
//! anything: an unreadable key file is an error with a remedy. Reading and writing the file itself is the
//! caller's.

mod error;
mod kdf;
mod sealed;
mod v1;
mod v2;

use crate::identity::{Identity, Keys};
use alloc::vec::Vec;
use rand_core::CryptoRng;

pub use error::KeyFileError;
pub use kdf::KdfParams;

use sealed::Parsed;

/// Most bytes that are looked at. A key file of a known version is shorter; a newer one may be longer, and is to be
/// told from something that is no key file at all.
pub const MAX_KEYFILE_BYTES: usize = 4096;

const MAGIC: &[u8; 14] = b"WATCHFIRE KEY\n";

/// What can be known of a key file without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its version.
    pub version: u8,
    /// Whether opening it takes a passphrase.
    pub needs_passphrase: bool,
}

/// A key file for all keys of a member, sealed under `passphrase` if there is one. `params` say what guessing the
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
    sealed::create(v1::VERSION, v1::payload(identity).as_slice(), passphrase, params, rng)
}

/// A key file for whatever keys a machine holds, like [`create`].
///
/// # Errors
///
/// As [`create`].
pub fn create_for(
    keys: &Keys,
    passphrase: Option<&[u8]>,
    params: KdfParams,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, KeyFileError> {
    match keys.to_identity() {
        // Programs that know no other version can read it.
        Some(identity) => create(&identity, passphrase, params, rng),
        None => sealed::create(v2::VERSION, v2::payload(keys).as_slice(), passphrase, params, rng),
    }
}

/// The keys in a key file. A passphrase given for a file that needs none is not used.
///
/// # Errors
///
/// See [`KeyFileError`]. Sizes and the cost of the derivation are checked before any memory is taken.
pub fn open(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Keys, KeyFileError> {
    let (version, parsed) = parse(bytes)?;
    let payload = parsed.open(passphrase)?;
    let keys = match version {
        Version::One => v1::identity(&payload).as_ref().map(Keys::from),
        Version::Two => v2::keys(&payload),
    };
    keys.ok_or(KeyFileError::Damaged)
}

/// What can be known of a key file without opening it.
///
/// # Errors
///
/// Whatever [`open`] would say before it needs a passphrase.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, KeyFileError> {
    let (version, parsed) = parse(bytes)?;
    Ok(Inspection { version: version.number(), needs_passphrase: parsed.needs_passphrase() })
}

#[derive(Clone, Copy)]
enum Version {
    One,
    Two,
}

impl Version {
    const fn number(self) -> u8 {
        match self {
            Self::One => v1::VERSION,
            Self::Two => v2::VERSION,
        }
    }

    const fn size(self) -> usize {
        match self {
            Self::One => sealed::size(v1::PAYLOAD),
            Self::Two => sealed::size(v2::PAYLOAD),
        }
    }
}

/// The whole file taken apart, if its size, its first line and its version are ours.
fn parse(bytes: &[u8]) -> Result<(Version, Parsed<'_>), KeyFileError> {
    if bytes.len() > MAX_KEYFILE_BYTES {
        return Err(KeyFileError::TooLarge);
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(KeyFileError::NotAKeyFile)?;
    let version = match rest.first() {
        Some(&v1::VERSION) => Version::One,
        Some(&v2::VERSION) => Version::Two,
        Some(version) if *version > v2::VERSION => return Err(KeyFileError::TooNew(*version)),
        _ => return Err(KeyFileError::Damaged),
    };
    if bytes.len() != version.size() {
        return Err(KeyFileError::Damaged);
    }
    Ok((version, Parsed::parse(bytes)?))
}
