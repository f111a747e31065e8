//! The nonce that a record gives itself.
//!
//! It is a PRF of the signed record (its id, which is a hash over all that is signed, and its signature) and of the
//! envelope's name (version, circle tag, epoch) under a key that every reader of the epoch holds. So one record has exactly one envelope in an epoch: whoever seals it again makes the
//! same bytes, nobody can flood the circle with new envelopes of old records, and no nonce ever meets two plaintexts.

use watchfire_keys::{identity::Signature, ids::RecordId, labels};

use super::layout::{NAME_BYTES, NONCE_BYTES};
use crate::crypto::Crypto;

pub(super) fn derive<C: Crypto>(
    crypto: &C,
    key: &[u8; 32],
    id: &RecordId,
    signature: &Signature,
    name: &[u8; NAME_BYTES],
) -> [u8; NONCE_BYTES] {
    let full = crypto.mac(labels::DERIVE_NONCE, key, &[id.as_bytes(), signature.as_bytes(), name]);
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&full[..NONCE_BYTES]);
    nonce
}
