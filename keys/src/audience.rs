//! Sealing to a few named readers in front of many who are not.
//!
//! The content is sealed once, under a key made for it alone, and that key is sealed to each reader in a *slot*
//! ([`sealing`], X-Wing). All slots look alike, there are always 8, 16 or 32 of them, the empty ones are sealed to
//! keys that nobody holds, and they stand in the order of their bytes: whoever is no reader learns how large the
//! content is in steps of 1 KiB and how many readers there are at most, and not who they are. A reader learns
//! nothing from the slots either; who else may read stands in the content.
//!
//! Slots, commitment and content are bound to one another and to the place that the caller names, so nothing of
//! it opens anywhere else. The commitment binds the content to one key: the cipher alone would let an author make
//! a ciphertext that says different things to different readers.

use crate::aead;
use crate::codec::{bytes, list_at_most};
use crate::hash::{derive, equal};
use crate::hex;
use crate::identity::random_bytes;
use crate::labels::{DERIVE_AUDIENCE, SEAL_AUDIENCE};
use crate::sealing::{self, SEAL_OVERHEAD, SealingKey, SealingPublic};
use alloc::vec::Vec;
use core::fmt;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Most readers of one content.
pub const MAX_READERS: usize = 32;

/// How many slots there may be: each twice the one before, so that their number tells the number of readers to
/// within a factor of two, and nothing at all below nine.
pub const SLOT_COUNTS: [usize; 3] = [8, 16, MAX_READERS];

/// Bytes of a slot: the content's key, sealed.
pub const SLOT_SIZE: usize = SEAL_OVERHEAD + 32;

/// The content is padded to a multiple of so many bytes.
pub const CONTENT_STEP: usize = 1024;

const LENGTH_SIZE: usize = 4;

/// Why something cannot be sealed to these readers. The caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceError {
    /// There is no reader, or there are more than [`MAX_READERS`].
    Readers(
        /// How many there are.
        usize,
    ),
    /// A reader's sealing key is not a usable key.
    BadKey,
    /// The content has 4 GiB or more.
    TooLarge,
}

impl fmt::Display for AudienceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readers(count) => {
                write!(f, "{count} readers are named where there must be 1 to {MAX_READERS}")
            }
            Self::BadKey => f.write_str("a reader's sealing key is not a usable key"),
            Self::TooLarge => f.write_str("the content is too large to be sealed"),
        }
    }
}

impl core::error::Error for AudienceError {}

/// The content's key, sealed to a reader or to nobody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(#[serde(with = "bytes")] [u8; SLOT_SIZE]);

impl Slot {
    fn seal(
        to: &SealingPublic,
        bound: &[u8],
        key: &[u8; 32],
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AudienceError> {
        let sealed = sealing::seal(to, SEAL_AUDIENCE, bound, key, rng).map_err(|_| AudienceError::BadKey)?;
        // The lengths are those of the suite: SLOT_SIZE is their sum.
        sealed.try_into().map(Self).map_err(|_| AudienceError::BadKey)
    }

    fn open(&self, key: &SealingKey, bound: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let opened = sealing::open(key, SEAL_AUDIENCE, bound, &self.0).ok()?;
        opened.as_slice().try_into().ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0[..4], f)
    }
}

/// Content sealed to a few readers. One read by serde has at most [`MAX_READERS`] slots, and
/// [`Sealed::is_sound`] tells the rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    #[serde(deserialize_with = "list_at_most::<_, _, MAX_READERS>")]
    slots: Vec<Slot>,
    #[serde(with = "bytes")]
    commitment: [u8; 32],
    #[serde(with = "bytes")]
    content: Vec<u8>,
}

impl Sealed {
    /// Seals `plaintext` to `readers`, for the place that `place` names and no other. A reader who is named twice
    /// takes two slots.
    ///
    /// # Errors
    ///
    /// See [`AudienceError`].
    pub fn seal(
        readers: &[SealingPublic],
        place: &[u8],
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AudienceError> {
        let count = slot_count(readers.len()).ok_or(AudienceError::Readers(readers.len()))?;
        let padded = pad(plaintext).ok_or(AudienceError::TooLarge)?;
        let key = ContentKey(random_bytes(rng));
        let commitment = key.commitment(place);
        let bound = bound(place, &commitment);
        let mut slots = Vec::with_capacity(count);
        for reader in readers {
            slots.push(Slot::seal(reader, &bound, &key.0, rng)?);
        }
        while slots.len() < count {
            // To a key that is forgotten at once, with the content's own key in it: nothing about it differs.
            let nobody = SealingKey::generate(rng).public();
            slots.push(Slot::seal(&nobody, &bound, &key.0, rng)?);
        }
        slots.sort_unstable();
        let content = key.seal(place, &with_slots(bound, &slots), &padded);
        Ok(Self { slots, commitment, content })
    }

    /// Whether it has the form that [`Sealed::seal`] gives it: one of the numbers of slots, in strict order, and
    /// content of a padded size.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let padded = self.content.len().checked_sub(aead::OVERHEAD);
        SLOT_COUNTS.contains(&self.slots.len())
            && self.slots.is_sorted_by(|left, right| left < right)
            && padded.is_some_and(|padded| padded > 0 && padded.is_multiple_of(CONTENT_STEP))
    }

    /// How many slots there are.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// The content, if one of `keys` (a member's present sealing key and its earlier ones) is a reader's and it was
    /// sealed for this place. Every slot is tried with every key, so that how long it takes tells nobody who reads.
    #[must_use]
    pub fn open(&self, keys: &[&SealingKey], place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if !self.is_sound() {
            return None;
        }
        let bound = bound(place, &self.commitment);
        let tries = self.slots.iter().flat_map(|slot| keys.iter().map(|key| slot.open(key, &bound)));
        // `fold` and not `find`: it stops nowhere.
        let opened = tries.fold(None, |found: Option<Zeroizing<[u8; 32]>>, next| found.or(next));
        let key = ContentKey(opened?);
        if !equal(&key.commitment(place), &self.commitment) {
            return None;
        }
        let padded = key.open(place, &with_slots(bound, &self.slots), &self.content)?;
        unpad(&padded)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("slots", &self.slots.len()).finish_non_exhaustive()
    }
}

/// The key of one content.
struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    fn commitment(&self, place: &[u8]) -> [u8; 32] {
        *derive(DERIVE_AUDIENCE, &self.0, &[b"commitment", place])
    }

    fn cipher(&self, place: &[u8]) -> (Zeroizing<[u8; 32]>, [u8; aead::NONCE_SIZE]) {
        let key = derive(DERIVE_AUDIENCE, &self.0, &[b"content", place]);
        let long = derive(DERIVE_AUDIENCE, &self.0, &[b"nonce", place]);
        let mut nonce = [0; aead::NONCE_SIZE];
        nonce.copy_from_slice(&long[..aead::NONCE_SIZE]);
        (key, nonce)
    }

    fn seal(&self, place: &[u8], aad: &[u8], padded: &[u8]) -> Vec<u8> {
        let (key, nonce) = self.cipher(place);
        aead::seal(&key, &nonce, aad, padded)
    }

    fn open(&self, place: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (key, nonce) = self.cipher(place);
        aead::open(&key, &nonce, aad, sealed).ok()
    }
}

/// What a slot is bound to.
fn bound(place: &[u8], commitment: &[u8; 32]) -> Vec<u8> {
    // The commitment has a fixed length, so no place runs into it.
    let mut bound = commitment.to_vec();
    bound.extend_from_slice(place);
    bound
}

/// What the content is bound to: the same, and every slot. The slots go first: their number is in their length.
fn with_slots(bound: Vec<u8>, slots: &[Slot]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(slots.len().saturating_mul(SLOT_SIZE).saturating_add(bound.len()));
    whole.extend_from_slice(&u64::try_from(slots.len()).unwrap_or(u64::MAX).to_le_bytes());
    slots.iter().for_each(|slot| whole.extend_from_slice(&slot.0));
    whole.extend_from_slice(&bound);
    whole
}

/// The smallest number of slots for so many readers.
fn slot_count(readers: usize) -> Option<usize> {
    if readers == 0 {
        return None;
    }
    SLOT_COUNTS.into_iter().find(|count| *count >= readers)
}

/// Length, plaintext, and zeros up to the next step.
fn pad(plaintext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let length = u32::try_from(plaintext.len()).ok()?;
    let size = plaintext.len().checked_add(LENGTH_SIZE)?.checked_next_multiple_of(CONTENT_STEP)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(&length.to_le_bytes());
    padded.extend_from_slice(plaintext);
    padded.resize(size, 0);
    Some(padded)
}

/// The plaintext in what [`pad`] made; `None` for any other padding.
fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_SIZE>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (plaintext, zeros) = rest.split_at_checked(length)?;
    let is_smallest = zeros.len() < CONTENT_STEP;
    (is_smallest && zeros.iter().all(|byte| *byte == 0)).then(|| Zeroizing::new(plaintext.to_vec()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_length_comes_back_from_its_smallest_padding() {
        for length in [0, 1, 1019, 1020, 1021, 5000] {
            let padded = pad(&alloc::vec![7; length]).unwrap();
            assert!(padded.len().is_multiple_of(CONTENT_STEP));
            assert_eq!(unpad(&padded).unwrap().len(), length);
            let mut longer = padded.to_vec();
            longer.resize(padded.len() + CONTENT_STEP, 0);
            assert!(unpad(&longer).is_none());
        }
        let mut dirty = pad(b"beacon").unwrap().to_vec();
        *dirty.last_mut().unwrap() = 1;
        assert!(unpad(&dirty).is_none());
        assert!(unpad(&[0; 3]).is_none() && unpad(&[255; 1024]).is_none());
    }
}
