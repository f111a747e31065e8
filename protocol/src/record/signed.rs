//! A record, its one encoding, its id and its signature.

use alloc::vec::Vec;

use watchfire_keys::{
    codec,
    identity::{PublicKey, Signature, SigningKey},
    ids::{CircleId, MemberId, RecordId},
    labels,
    time::UnixMillis,
};

use super::{
    Body,
    stages::{self, Wire},
};
use crate::{crypto::Crypto, rules::Rule};

/// A statement before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The version of the encoding, [`VERSION`](super::VERSION).
    pub version: u8,
    /// The circle that it is stated in, and counts in alone.
    pub circle: CircleId,
    /// The member that states it.
    pub author: MemberId,
    /// The key that signs it for the member.
    pub signer: PublicKey,
    /// Its position in the signer's chain, counted from 0.
    pub seq: u64,
    /// The signer's record before it; none at position 0 only.
    pub prev: Option<RecordId>,
    /// When it was made, by the author's clock.
    pub created: UnixMillis,
    /// What it states.
    pub body: Body,
}

impl Record {
    /// The canonical bytes, which are what is hashed and signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(&Wire {
            version: self.version,
            circle: self.circle,
            author: self.author,
            signer: self.signer,
            seq: self.seq,
            prev: self.prev,
            created: self.created,
            tag: self.body.tag(),
            body: self.body.to_bytes(),
        })
    }
}

/// A record with a signature, which may or may not hold: [`Parsed::verify`](super::Parsed::verify) decides that for what comes from a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRecord {
    record: Record,
    signature: Signature,
}

impl SignedRecord {
    /// Signs a record with its signer's key.
    #[must_use]
    pub fn sign<C: Crypto>(crypto: &C, record: Record, key: &SigningKey) -> Self {
        let signature =
            crypto.sign(key, labels::SIGN_RECORD, &[record.circle.as_bytes(), &record.to_bytes()]);
        Self { record, signature }
    }

    pub(super) const fn from_parts(record: Record, signature: Signature) -> Self {
        Self { record, signature }
    }

    /// The statement.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Gives up the signature.
    #[must_use]
    pub fn into_record(self) -> Record {
        self.record
    }

    /// The record's id: a hash over circle and canonical bytes, without the signature.
    #[must_use]
    pub fn id<C: Crypto>(&self, crypto: &C) -> RecordId {
        id_of(crypto, &self.record.circle, &self.record.to_bytes())
    }

    /// Canonical bytes and signature, as they stand in an envelope and in a store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.record.to_bytes();
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Reads a record back *without* verifying it, for bytes that this node itself has written after it had
    /// verified them.
    ///
    /// # Errors
    ///
    /// The rule of the form that the bytes break.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        stages::read_unverified(bytes)
    }
}

pub(super) fn id_of<C: Crypto>(crypto: &C, circle: &CircleId, canonical: &[u8]) -> RecordId {
    RecordId::from_bytes(crypto.hash(labels::HASH_RECORD, &[circle.as_bytes(), canonical]))
}
