//! Sealing to a member: HPKE base mode (RFC 9180) with the X-Wing KEM.
//!
//! The suite is X-Wing (ML-KEM-768 and X25519, KEM 0x647a of draft-ietf-hpke-pq), HKDF-SHA256 and
//! ChaCha20-Poly1305. What is harvested today stays shut as long as either half of X-Wing holds. The label is
//! HPKE's `info`.
//!
//! Base mode authenticates nobody: anyone can seal to anyone. Whoever opens something compares the contents
//! with what was promised elsewhere (an epoch secret with its signed header) or finds a signature inside.

use crate::codec::bytes;
use crate::hex;
use crate::identity::random_bytes;
use crate::labels::Label;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// Bytes of the encapsulated key at the head of a sealed message.
pub const ENCAPSULATED_SIZE: usize = 1120;

/// Bytes by which a sealed message is longer than the plaintext: encapsulated key and tag.
pub const SEAL_OVERHEAD: usize = ENCAPSULATED_SIZE + 16;

/// Why sealing or opening failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The public key is 1216 bytes that are not a key: the fault of whoever published it.
    BadKey,
    /// Changed on the way, sealed to another key, for another purpose or with other authenticated data.
    CannotOpen,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadKey => "not a usable sealing key",
            Self::CannotOpen => {
                "cannot be opened: changed on the way, or not sealed to this key for this purpose"
            }
        })
    }
}

impl core::error::Error for SealError {}

/// The secret half: a 32-byte X-Wing seed. Wiped when dropped, printed as `***`.
#[derive(Clone)]
pub struct SealingKey {
    seed: Zeroizing<[u8; 32]>,
}

impl SealingKey {
    /// A new key from 32 random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self { seed: random_bytes(rng) }
    }

    /// The key whose X-Wing seed this is. Any 32 bytes are one.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self { seed: Zeroizing::new(*seed) }
    }

    /// The seed, for key files.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    /// The public half. Costs an ML-KEM key generation (tens of microseconds).
    #[must_use]
    pub fn public(&self) -> SealingPublic {
        let mut bytes = [0; SealingPublic::SIZE];
        XWing::sk_to_pk(&self.expand()).write_exact(&mut bytes);
        SealingPublic(Arc::new(bytes))
    }

    fn expand(&self) -> <XWing as Kem>::PrivateKey {
        Deserializable::from_bytes(self.seed.as_slice()).expect("an X-Wing seed is any 32 bytes")
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

/// The public half: 1216 bytes, shared when cloned.
///
/// One made by [`SealingPublic::from_bytes`] is a usable key; one read by serde has the right length only,
/// and [`SealingPublic::check`] tells the rest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingPublic(Arc<[u8; SealingPublic::SIZE]>);

impl SealingPublic {
    /// Length in bytes.
    pub const SIZE: usize = 1216;

    /// The key with these bytes.
    ///
    /// # Errors
    ///
    /// [`SealError::BadKey`] if the length is wrong or the ML-KEM half is not a key (FIPS 203, section 7.2).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let key = Self(Arc::new(bytes.try_into().map_err(|_| SealError::BadKey)?));
        key.check()?;
        Ok(key)
    }

    /// Whether this is a usable key.
    ///
    /// # Errors
    ///
    /// [`SealError::BadKey`] if not.
    pub fn check(&self) -> Result<(), SealError> {
        self.expand().map(drop)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::SIZE] {
        &self.0
    }

    fn expand(&self) -> Result<<XWing as Kem>::PublicKey, SealError> {
        Deserializable::from_bytes(self.0.as_slice()).map_err(|_| SealError::BadKey)
    }
}

impl fmt::Debug for SealingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0[..4], f)
    }
}

impl Serialize for SealingPublic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::serialize(self.0.as_slice(), serializer)
    }
}

impl<'de> Deserialize<'de> for SealingPublic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes::deserialize::<_, [u8; Self::SIZE]>(deserializer).map(|bytes| Self(Arc::new(bytes)))
    }
}

/// Seals `plaintext` to `to` for the purpose of `label`, with `aad` authenticated. The result is the
/// encapsulated key (1120 bytes) and the ciphertext, together [`SEAL_OVERHEAD`] bytes longer than the
/// plaintext.
///
/// # Errors
///
/// [`SealError::BadKey`] if `to` is not a usable key.
pub fn seal(
    to: &SealingPublic,
    label: Label,
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let info = label.as_str().as_bytes();
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &to.expand()?,
        info,
        plaintext,
        aad,
        rng,
    )
    .map_err(|_| SealError::BadKey)?;
    let mut sealed = Vec::with_capacity(ENCAPSULATED_SIZE.saturating_add(ciphertext.len()));
    sealed.extend_from_slice(&encapsulated.to_bytes());
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens what [`seal`] made for this key, label and authenticated data. It tells nothing about who sealed it.
///
/// # Errors
///
/// [`SealError::CannotOpen`] for everything else.
pub fn open(
    key: &SealingKey,
    label: Label,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (encapsulated, ciphertext) =
        sealed.split_at_checked(ENCAPSULATED_SIZE).ok_or(SealError::CannotOpen)?;
    let encapsulated = Deserializable::from_bytes(encapsulated).map_err(|_| SealError::CannotOpen)?;
    let info = label.as_str().as_bytes();
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        &key.expand(),
        &encapsulated,
        info,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::CannotOpen)
}
