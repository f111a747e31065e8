//! Sealing a signed record into its envelope.

use alloc::vec::Vec;
use core::fmt;

use watchfire_keys::{ids::EnvelopeId, labels};

use super::{
    EpochKeys, VERSION,
    layout::{
        AEAD_TAG_BYTES, EPOCH_BYTES, GATE_BYTES, HEAD_BYTES, NAME_BYTES, NONCE_BYTES, TAG_BYTES,
        VERSION_BYTES,
    },
    nonce, padding,
};
use crate::{crypto::Crypto, limits::MAX_RECORD_BYTES, record::SignedRecord};

/// Why a record was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealRefused {
    /// It is larger than [`MAX_RECORD_BYTES`].
    TooLarge,
    /// It was made for another circle than the epoch's.
    OtherCircle,
}

impl fmt::Display for SealRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the record is larger than {MAX_RECORD_BYTES} bytes; split it"),
            Self::OtherCircle => f.write_str("the record belongs to another circle"),
        }
    }
}

impl core::error::Error for SealRefused {}

/// The envelope of this record in this epoch. The same record and epoch give the same bytes, whoever seals.
///
/// # Errors
///
/// [`SealRefused`] when no reader would accept the envelope for its size or circle. The rest of the record is checked
/// by [`Verified::open`](super::Verified::open), also for a node's own records.
pub fn seal<C: Crypto>(crypto: &C, keys: &EpochKeys, record: &SignedRecord) -> Result<Vec<u8>, SealRefused> {
    if record.record().circle != *keys.circle() {
        return Err(SealRefused::OtherCircle);
    }
    let bytes = record.to_bytes();
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(SealRefused::TooLarge);
    }
    let name = name(keys);
    let nonce = nonce::derive(crypto, keys.nonce(), &record.id(crypto), record.signature(), &name);
    seal_padded(crypto, keys, &name, &nonce, &bytes).ok_or(SealRefused::TooLarge)
}

fn seal_padded<C: Crypto>(
    crypto: &C,
    keys: &EpochKeys,
    name: &[u8; NAME_BYTES],
    nonce: &[u8; NONCE_BYTES],
    record: &[u8],
) -> Option<Vec<u8>> {
    let padded = padding::pad(record)?;
    let ciphertext_bytes = padded.len().checked_add(AEAD_TAG_BYTES)?;
    let length = u32::try_from(ciphertext_bytes).ok()?;

    let mut envelope = Vec::with_capacity(HEAD_BYTES + ciphertext_bytes + GATE_BYTES);
    envelope.extend_from_slice(name);
    envelope.extend_from_slice(nonce);
    envelope.extend_from_slice(&length.to_le_bytes());

    let aad = associated_data(&envelope, keys)?;
    let ciphertext = crypto.aead_seal(keys.content(), nonce, &aad, &padded);
    envelope.extend_from_slice(&ciphertext);

    let id = id_of(crypto, &envelope);
    let gate = crypto.sign(keys.gate(), labels::SIGN_GATE, &[id.as_bytes()]);
    envelope.extend_from_slice(gate.as_bytes());
    Some(envelope)
}

/// Version, circle tag and epoch, as they open an envelope.
fn name(keys: &EpochKeys) -> [u8; NAME_BYTES] {
    let mut name = [0; NAME_BYTES];
    let (version, rest) = name.split_at_mut(VERSION_BYTES);
    let (tag, epoch) = rest.split_at_mut(TAG_BYTES);
    version.fill(VERSION);
    tag.copy_from_slice(keys.tag().as_bytes());
    epoch.copy_from_slice(keys.epoch().as_bytes());
    name
}

/// What the ciphertext is bound to: everything before it, and the epoch's key commitment, so that no ciphertext opens
/// under two keys.
pub(super) fn associated_data(head: &[u8], keys: &EpochKeys) -> Option<[u8; HEAD_BYTES + 32]> {
    let mut aad = [0; HEAD_BYTES + 32];
    let (before, commitment) = aad.split_at_mut(HEAD_BYTES);
    if head.len() != before.len() {
        return None;
    }
    before.copy_from_slice(head);
    commitment.copy_from_slice(keys.commitment());
    Some(aad)
}

pub(super) fn id_of<C: Crypto>(crypto: &C, without_gate: &[u8]) -> EnvelopeId {
    EnvelopeId::from_bytes(crypto.hash(labels::HASH_ENVELOPE, &[without_gate]))
}

const _: () = assert!(NAME_BYTES == VERSION_BYTES + TAG_BYTES + EPOCH_BYTES);
