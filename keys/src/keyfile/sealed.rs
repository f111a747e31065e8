//! What both versions of the key file have in common: a head with the cost of the passphrase, and a sealed payload.

use super::kdf::{KdfParams, open_key};
use super::{KeyFileError, MAGIC};
use crate::aead;
use alloc::vec::Vec;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

const KDF_NONE: u8 = 0;
const KDF_ARGON2ID: u8 = 1;

const SALT: usize = 16;
/// Everything before the ciphertext: authenticated.
const HEAD: usize = MAGIC.len() + 2 + 3 * 4 + SALT + aead::NONCE_SIZE;

/// Bytes of a file with so large a payload.
pub(super) const fn size(payload: usize) -> usize {
    HEAD + payload + aead::OVERHEAD
}

pub(super) fn create(
    version: u8,
    payload: &[u8],
    passphrase: Option<&[u8]>,
    params: KdfParams,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, KeyFileError> {
    let mut salt = [0; SALT];
    rng.fill_bytes(&mut salt);
    let mut nonce = [0; aead::NONCE_SIZE];
    rng.fill_bytes(&mut nonce);
    let (kdf, costs, key) = match passphrase {
        None => (KDF_NONE, [0; 3], open_key(&salt)),
        Some([]) => return Err(KeyFileError::EmptyPassphrase),
        Some(passphrase) => {
            let costs = [params.memory_kib(), params.passes(), params.lanes()];
            (KDF_ARGON2ID, costs, params.key(passphrase, &salt)?)
        }
    };
    let mut file = Vec::with_capacity(size(payload.len()));
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&[version, kdf]);
    costs.iter().for_each(|cost| file.extend_from_slice(&cost.to_le_bytes()));
    file.extend_from_slice(&salt);
    file.extend_from_slice(&nonce);
    let sealed = aead::seal(&key, &nonce, &file, payload);
    file.extend_from_slice(&sealed);
    Ok(file)
}

/// A key file taken apart, with its costs within bounds. Still sealed.
pub(super) struct Parsed<'a> {
    head: &'a [u8],
    params: Option<KdfParams>,
    salt: &'a [u8; SALT],
    nonce: &'a [u8; aead::NONCE_SIZE],
    sealed: &'a [u8],
}

impl<'a> Parsed<'a> {
    /// Takes a whole file apart whose size is that of its version.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, KeyFileError> {
        Self::split(file).ok_or(KeyFileError::Damaged)
    }

    fn split(file: &'a [u8]) -> Option<Self> {
        let (head, sealed) = file.split_at_checked(HEAD)?;
        let rest = head.get(MAGIC.len()..)?;
        let ([_version, kdf], rest) = rest.split_first_chunk()?;
        let (memory_kib, rest) = rest.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (lanes, rest) = rest.split_first_chunk()?;
        let (salt, nonce) = rest.split_first_chunk()?;
        let costs = [memory_kib, passes, lanes].map(|bytes| u32::from_le_bytes(*bytes));
        let params = match (*kdf, costs) {
            (KDF_NONE, [0, 0, 0]) => None,
            (KDF_ARGON2ID, [memory_kib, passes, lanes]) => Some(KdfParams::new(memory_kib, passes, lanes)?),
            _ => return None,
        };
        Some(Self { head, params, salt, nonce: nonce.try_into().ok()?, sealed })
    }

    pub(super) fn needs_passphrase(&self) -> bool {
        self.params.is_some()
    }

    /// The payload.
    pub(super) fn open(&self, passphrase: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        let (key, failure) = match (self.params, passphrase) {
            (None, _) => (open_key(self.salt), KeyFileError::Damaged),
            (Some(_), None) => return Err(KeyFileError::NeedsPassphrase),
            (Some(params), Some(passphrase)) => {
                (params.key(passphrase, self.salt)?, KeyFileError::WrongPassphraseOrDamaged)
            }
        };
        aead::open(&key, self.nonce, self.head, self.sealed).map_err(|_| failure)
    }
}
