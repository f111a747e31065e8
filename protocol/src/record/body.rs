//! The bodies of records, and how a body of a newer version passes through.
//!
//! On the wire a body is a tag and bytes. A tag that this version does not know is kept byte for byte, so that the
//! record's signature and id hold and it can be handed on; it counts for nothing here.

use alloc::vec::Vec;

use watchfire_keys::{codec, delegation::Scopes, time::UnixMillis};

use super::{Acknowledgement, BodyError, Dispute, Named, Part, Report, Sighting, Withdrawal};
use crate::{limits::MAX_BODY_BYTES, rules::Rule};

const REPORT: u16 = 1;
const PART: u16 = 2;
const SIGHTING: u16 = 3;
const DISPUTE: u16 = 4;
const WITHDRAWAL: u16 = 5;
const ACKNOWLEDGEMENT: u16 = 6;
const NAMED: u16 = 7;

/// What a record states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Indicators with a verdict and its context.
    Report(Report),
    /// More indicators of a large report.
    Part(Part),
    /// What was met in the wild.
    Sighting(Sighting),
    /// An objection to an indicator.
    Dispute(Dispute),
    /// An own record taken back.
    Withdrawal(Withdrawal),
    /// A record that has arrived.
    Acknowledgement(Acknowledgement),
    /// A report for a few named readers, sealed to them.
    Named(Named),
    /// Something that a newer version knows.
    Unknown(Unknown),
}

/// A body of a newer version: kept and handed on unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    tag: u16,
    bytes: Vec<u8>,
}

impl Unknown {
    /// A body with a tag that this version does not know; `None` for one that it knows.
    #[must_use]
    pub fn new(tag: u16, bytes: Vec<u8>) -> Option<Self> {
        if is_known(tag) { None } else { Some(Self { tag, bytes }) }
    }

    /// The tag.
    #[must_use]
    pub const fn tag(&self) -> u16 {
        self.tag
    }

    /// The bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

const fn is_known(tag: u16) -> bool {
    matches!(tag, REPORT..=NAMED)
}

/// The delegation that a signer of this kind of body needs: daemons acknowledge, publishers state.
pub(super) const fn scope_of(tag: u16) -> Scopes {
    if tag == ACKNOWLEDGEMENT { Scopes::DAEMON } else { Scopes::PUBLISH }
}

impl Body {
    /// The tag that stands before the bytes on the wire.
    #[must_use]
    pub const fn tag(&self) -> u16 {
        match self {
            Self::Report(_) => REPORT,
            Self::Part(_) => PART,
            Self::Sighting(_) => SIGHTING,
            Self::Dispute(_) => DISPUTE,
            Self::Withdrawal(_) => WITHDRAWAL,
            Self::Acknowledgement(_) => ACKNOWLEDGEMENT,
            Self::Named(_) => NAMED,
            Self::Unknown(unknown) => unknown.tag,
        }
    }

    /// The delegation that a signer needs to state this.
    #[must_use]
    pub const fn scope(&self) -> Scopes {
        scope_of(self.tag())
    }

    /// The bytes that stand after the tag.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Report(body) => codec::encode(body),
            Self::Part(body) => codec::encode(body),
            Self::Sighting(body) => codec::encode(body),
            Self::Dispute(body) => codec::encode(body),
            Self::Withdrawal(body) => codec::encode(body),
            Self::Acknowledgement(body) => codec::encode(body),
            Self::Named(body) => codec::encode(body),
            Self::Unknown(unknown) => unknown.bytes.clone(),
        }
    }

    /// Reads a body back; the form is checked, the limits are not (see [`Body::check`]).
    pub(super) fn from_bytes(tag: u16, bytes: &[u8]) -> Result<Self, Rule> {
        let read = match tag {
            REPORT => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Report),
            PART => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Part),
            SIGHTING => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Sighting),
            DISPUTE => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Dispute),
            WITHDRAWAL => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Withdrawal),
            ACKNOWLEDGEMENT => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Acknowledgement),
            NAMED => codec::decode(bytes, MAX_BODY_BYTES).map(Self::Named),
            _ => Ok(Self::Unknown(Unknown { tag, bytes: bytes.to_vec() })),
        };
        read.map_err(|_| Rule::RecordBody)
    }

    /// Whether the body keeps every limit and normal form, for a record created at this time.
    ///
    /// # Errors
    ///
    /// The first field that does not, for the author to mend; to a receiver it is [`Rule::RecordBody`].
    pub fn check(&self, created: UnixMillis) -> Result<(), BodyError> {
        super::check::body(self, created)
    }
}
