//! Version 1 of the key file. Its bytes are frozen by test vectors; a change is a version 2 beside it.

use super::kdf::{KdfParams, open_key};
use super::{KeyFileError, MAGIC};
use crate::aead;
use crate::identity::{Identity, SigningKey};
use crate::sealing::SealingKey;
use alloc::vec::Vec;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub(super) const VERSION: u8 = 1;

const KDF_NONE: u8 = 0;
const KDF_ARGON2ID: u8 = 1;

const SECRETS: usize = 7;
const PAYLOAD: usize = SECRETS * 32;
const SALT: usize = 16;
/// Everything before the ciphertext: authenticated.
const HEAD: usize = MAGIC.len() + 2 + 3 * 4 + SALT + aead::NONCE_SIZE;

pub(super) const SIZE: usize = HEAD + PAYLOAD + aead::OVERHEAD;

pub(super) fn create(
    identity: &Identity,
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
    let mut file = Vec::with_capacity(SIZE);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&[VERSION, kdf]);
    costs.iter().for_each(|cost| file.extend_from_slice(&cost.to_le_bytes()));
    file.extend_from_slice(&salt);
    file.extend_from_slice(&nonce);
    let sealed = aead::seal(&key, &nonce, &file, payload(identity).as_slice());
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
    pub(super) fn parse(file: &'a [u8; SIZE]) -> Result<Self, KeyFileError> {
        Self::split(file).ok_or(KeyFileError::Damaged)
    }

    fn split(file: &'a [u8; SIZE]) -> Option<Self> {
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

    pub(super) fn open(&self, passphrase: Option<&[u8]>) -> Result<Identity, KeyFileError> {
        let (key, failure) = match (self.params, passphrase) {
            (None, _) => (open_key(self.salt), KeyFileError::Damaged),
            (Some(_), None) => return Err(KeyFileError::NeedsPassphrase),
            (Some(params), Some(passphrase)) => {
                (params.key(passphrase, self.salt)?, KeyFileError::WrongPassphraseOrDamaged)
            }
        };
        let payload = aead::open(&key, self.nonce, self.head, self.sealed).map_err(|_| failure)?;
        identity(&payload).ok_or(KeyFileError::Damaged)
    }
}

/// The seven secrets in the order of the struct.
fn payload(identity: &Identity) -> Zeroizing<[u8; PAYLOAD]> {
    let seeds = [
        identity.organisation.seed(),
        identity.publisher.seed(),
        identity.steward.seed(),
        identity.daemon.seed(),
        identity.recovery.seed(),
        identity.sealing.seed(),
        identity.storage.clone(),
    ];
    let mut payload = Zeroizing::new([0; PAYLOAD]);
    for (place, seed) in payload.chunks_exact_mut(32).zip(&seeds) {
        place.copy_from_slice(seed.as_slice());
    }
    payload
}

fn identity(payload: &[u8]) -> Option<Identity> {
    let (seeds, []) = payload.as_chunks::<32>() else { return None };
    let [organisation, publisher, steward, daemon, recovery, sealing, storage] = seeds else { return None };
    Some(Identity {
        organisation: SigningKey::from_seed(organisation),
        publisher: SigningKey::from_seed(publisher),
        steward: SigningKey::from_seed(steward),
        daemon: SigningKey::from_seed(daemon),
        recovery: SigningKey::from_seed(recovery),
        sealing: SealingKey::from_seed(sealing),
        storage: Zeroizing::new(*storage),
    })
}
