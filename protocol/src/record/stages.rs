//! The way of untrusted record bytes to a record: claimed, parsed, authentic, read.
//!
//! ```text
//! Claimed (size) -> Parsed (form, version, chain position, circle) -> Authentic (signature held, id)
//!                -> SignedRecord (body checked)
//! ```
//!
//! The order is by cost and by trust: nothing of a body is looked at before the signature over it has held, and an
//! id exists only for a record whose signature held, so a forgery can never take an original's place.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::{
    codec,
    delegation::Scopes,
    identity::{PublicKey, Signature},
    ids::{CircleId, MemberId, RecordId},
    labels,
    time::UnixMillis,
};

use super::{Body, Record, SignedRecord, VERSION, body, signed};
use crate::{crypto::Crypto, indicator::Tlp, limits::MAX_RECORD_BYTES, rules::Rule};

/// The outer encoding: the body is bytes behind a tag, so that a tag of a newer version passes through.
#[derive(Serialize, Deserialize)]
pub(super) struct Wire {
    pub(super) version: u8,
    pub(super) circle: CircleId,
    pub(super) author: MemberId,
    pub(super) signer: PublicKey,
    pub(super) seq: u64,
    pub(super) prev: Option<RecordId>,
    pub(super) created: UnixMillis,
    pub(super) tag: u16,
    #[serde(with = "codec::bytes")]
    pub(super) body: Vec<u8>,
}

/// Bytes that claim to be a record, and the id that they have if they are one of this circle.
pub struct Claimed<'a> {
    circle: CircleId,
    canonical: &'a [u8],
    signature: Signature,
    id: RecordId,
}

impl<'a> Claimed<'a> {
    /// Takes canonical bytes and the signature behind them, for a record of this circle.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordMalformed`] when they are too many or too few.
    pub fn new<C: Crypto>(crypto: &C, circle: &CircleId, bytes: &'a [u8]) -> Result<Self, Rule> {
        let (canonical, signature) = split(bytes)?;
        let id = signed::id_of(crypto, circle, canonical);
        Ok(Self { circle: *circle, canonical, signature, id })
    }

    /// The id that the nonce of the record's envelope is made of. It is worth nothing as an id before the signature
    /// has held.
    pub(crate) const fn id(&self) -> &RecordId {
        &self.id
    }

    /// The signature, unverified.
    pub(crate) const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Reads the outer form.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordVersion`], [`Rule::RecordMalformed`] when the bytes are not in the one canonical form,
    /// [`Rule::RecordChain`] when position and predecessor contradict each other, and [`Rule::RecordWrongCircle`].
    pub fn parse(self) -> Result<Parsed<'a>, Rule> {
        let wire = Wire::read(self.canonical)?;
        if wire.circle != self.circle {
            return Err(Rule::RecordWrongCircle);
        }
        Ok(Parsed { claimed: self, wire })
    }
}

/// Canonical bytes and signature.
fn split(bytes: &[u8]) -> Result<(&[u8], Signature), Rule> {
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(Rule::RecordMalformed);
    }
    let (canonical, signature) = bytes.split_last_chunk().ok_or(Rule::RecordMalformed)?;
    Ok((canonical, Signature::from_bytes(*signature)))
}

impl Wire {
    fn read(canonical: &[u8]) -> Result<Self, Rule> {
        match canonical.first() {
            Some(&VERSION) => {}
            Some(_) => return Err(Rule::RecordVersion),
            None => return Err(Rule::RecordMalformed),
        }
        let wire: Wire = codec::decode(canonical, MAX_RECORD_BYTES).map_err(|_| Rule::RecordMalformed)?;
        if wire.prev.is_none() != (wire.seq == 0) {
            return Err(Rule::RecordChain);
        }
        Ok(wire)
    }

    fn into_record(self, signature: Signature) -> Result<SignedRecord, Rule> {
        let record = Record {
            version: self.version,
            circle: self.circle,
            author: self.author,
            signer: self.signer,
            seq: self.seq,
            prev: self.prev,
            created: self.created,
            body: Body::from_bytes(self.tag, &self.body)?,
        };
        Ok(SignedRecord::from_parts(record, signature))
    }
}

/// The record in bytes of which nothing is verified, nor whether its body keeps the limits.
pub(super) fn read_unverified(bytes: &[u8]) -> Result<SignedRecord, Rule> {
    let (canonical, signature) = split(bytes)?;
    Wire::read(canonical)?.into_record(signature)
}

/// A record whose outer form is right; nobody has vouched for it yet.
pub struct Parsed<'a> {
    claimed: Claimed<'a>,
    wire: Wire,
}

impl<'a> Parsed<'a> {
    /// The member that it claims to be by.
    #[must_use]
    pub const fn author(&self) -> &MemberId {
        &self.wire.author
    }

    /// The key that it claims to be signed with.
    #[must_use]
    pub const fn signer(&self) -> &PublicKey {
        &self.wire.signer
    }

    /// The delegation that the signer needs for this kind of body.
    #[must_use]
    pub const fn scope(&self) -> Scopes {
        body::scope_of(self.wire.tag)
    }

    /// When it claims to have been made.
    #[must_use]
    pub const fn created(&self) -> UnixMillis {
        self.wire.created
    }

    /// Verifies the signature under the key that the record names.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordSignature`].
    pub fn verify<C: Crypto>(self, crypto: &C) -> Result<Authentic<'a>, Rule> {
        let Claimed { circle, canonical, signature, .. } = &self.claimed;
        if !crypto.verify(&self.wire.signer, labels::SIGN_RECORD, &[circle.as_bytes(), canonical], signature)
        {
            return Err(Rule::RecordSignature);
        }
        Ok(Authentic(self))
    }
}

/// A record whose signature holds; its body is still unread.
pub struct Authentic<'a>(Parsed<'a>);

impl Authentic<'_> {
    /// The record's id.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.0.claimed.id
    }

    /// Reads and checks the body.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordBody`] when it breaks a limit or a normal form, [`Rule::RecordNamed`] when what is for named readers
    /// has another form than all of its kind, [`Rule::RecordAudience`] for a report marked
    /// TLP:RED, which is for named readers only and must not stand before the whole circle.
    pub fn read(self) -> Result<SignedRecord, Rule> {
        let signed = self.0.wire.into_record(self.0.claimed.signature)?;
        let record = signed.record();
        let broken = if matches!(record.body, Body::Named(_)) { Rule::RecordNamed } else { Rule::RecordBody };
        record.body.check(record.created).map_err(|_| broken)?;
        match &record.body {
            Body::Report(report) if report.tlp == Tlp::Red => Err(Rule::RecordAudience),
            _ => Ok(signed),
        }
    }
}
