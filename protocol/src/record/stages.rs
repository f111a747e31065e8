//! The way of untrusted record bytes to a record: parsed, then authentic, then read.
//!
//! ```text
//! bytes -> Parsed (form, version, chain position) -> Authentic (signature held, id) -> SignedRecord (body checked)
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

/// A record whose outer form is right; nobody has vouched for it yet.
pub struct Parsed<'a> {
    canonical: &'a [u8],
    wire: Wire,
    signature: Signature,
}

impl<'a> Parsed<'a> {
    /// Reads canonical bytes and the signature behind them.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordMalformed`] when they are too many or not in the one canonical form, [`Rule::RecordVersion`],
    /// and [`Rule::RecordChain`] when position and predecessor contradict each other.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rule> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(Rule::RecordMalformed);
        }
        let (canonical, signature) = bytes.split_last_chunk().ok_or(Rule::RecordMalformed)?;
        match canonical.first() {
            Some(&VERSION) => {}
            Some(_) => return Err(Rule::RecordVersion),
            None => return Err(Rule::RecordMalformed),
        }
        let wire: Wire = codec::decode(canonical, MAX_RECORD_BYTES).map_err(|_| Rule::RecordMalformed)?;
        if wire.prev.is_none() != (wire.seq == 0) {
            return Err(Rule::RecordChain);
        }
        Ok(Self { canonical, wire, signature: Signature::from_bytes(*signature) })
    }

    /// The circle that it claims to be for.
    #[must_use]
    pub const fn circle(&self) -> &CircleId {
        &self.wire.circle
    }

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
        let circle = self.wire.circle.as_bytes();
        let parts: [&[u8]; 2] = [circle, self.canonical];
        if !crypto.verify(&self.wire.signer, labels::SIGN_RECORD, &parts, &self.signature) {
            return Err(Rule::RecordSignature);
        }
        let id = signed::id_of(crypto, &self.wire.circle, self.canonical);
        Ok(Authentic { parsed: self, id })
    }

    /// The record with its body, without a look at the signature or at the body's limits.
    pub(super) fn read(self) -> Result<SignedRecord, Rule> {
        let wire = self.wire;
        let record = Record {
            version: wire.version,
            circle: wire.circle,
            author: wire.author,
            signer: wire.signer,
            seq: wire.seq,
            prev: wire.prev,
            created: wire.created,
            body: Body::from_bytes(wire.tag, &wire.body)?,
        };
        Ok(SignedRecord::from_parts(record, self.signature))
    }
}

/// A record whose signature holds; its body is still unread.
pub struct Authentic<'a> {
    parsed: Parsed<'a>,
    id: RecordId,
}

impl Authentic<'_> {
    /// The record's id.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// Reads and checks the body.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordBody`] when it breaks a limit or a normal form, [`Rule::RecordAudience`] for a report marked
    /// TLP:RED, which is for named readers only and must not stand before the whole circle.
    pub fn read(self) -> Result<SignedRecord, Rule> {
        let signed = self.parsed.read()?;
        let record = signed.record();
        record.body.check(record.created).map_err(|_| Rule::RecordBody)?;
        match &record.body {
            Body::Report(report) if report.tlp == Tlp::Red => Err(Rule::RecordAudience),
            _ => Ok(signed),
        }
    }
}
