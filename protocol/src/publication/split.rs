//! Cutting a report into records that keep the limits.

use alloc::vec::Vec;
use core::fmt;

use watchfire_keys::{
    codec,
    ids::{MemberId, RecordId},
    time::UnixMillis,
};

use super::{Author, ReportDraft};
use crate::{
    crypto::Crypto,
    indicator::{Indicator, Tlp},
    limits::{MAX_BODY_BYTES, MAX_INDICATORS_PER_RECORD, MAX_PART_COUNT},
    record::{Body, BodyError, NamedError, Part, Position, Record, Report, SignedRecord, VERSION},
};

/// A report cut to size: a head, and what goes into each part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    head: Report,
    parts: Vec<Vec<Indicator>>,
}

/// Why a draft cannot be published as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitError {
    /// A field breaks a limit or a normal form.
    Body(BodyError),
    /// It is marked TLP:RED, which is for named readers only, and names none.
    NeedsAudience,
    /// It names its readers, and what is for the whole circle names none.
    HasAudience,
    /// One of those whom it is for is no member.
    NotAMember(MemberId),
    /// It cannot be sealed to its readers.
    Named(NamedError),
    /// There are more indicators than the largest publication holds.
    TooMany {
        /// How many records it would take beside the head.
        parts: usize,
    },
    /// One indicator alone is larger than a record.
    IndicatorTooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(error) => error.fmt(f),
            Self::NeedsAudience => f.write_str("a report marked TLP:RED must name its readers"),
            Self::HasAudience => f.write_str("a report that names its readers is not for the whole circle"),
            Self::NotAMember(member) => {
                write!(f, "{member} is no member of the circle and cannot be a reader")
            }
            Self::Named(error) => error.fmt(f),
            Self::TooMany { parts } => write!(
                f,
                "the publication would need {parts} parts and may have {MAX_PART_COUNT}; publish it as several reports"
            ),
            Self::IndicatorTooLarge { bytes } => {
                write!(f, "one indicator is {bytes} bytes large, and a record holds {MAX_BODY_BYTES}")
            }
        }
    }
}

impl core::error::Error for SplitError {}

/// Cuts a draft into a head and parts, each within the limits of a record. Duplicates go.
///
/// # Errors
///
/// [`SplitError`], for the author to mend the draft.
pub fn split(draft: ReportDraft, created: UnixMillis) -> Result<Plan, SplitError> {
    if !draft.audience.is_empty() {
        return Err(SplitError::HasAudience);
    }
    let (mut head, indicators) = head_of(draft);
    Body::Report(head.clone()).check(created).map_err(SplitError::Body)?;
    if head.tlp == Tlp::Red {
        return Err(SplitError::NeedsAudience);
    }

    let head_bytes = codec::encode(&head).len();
    let part_bytes =
        codec::encode(&Part { head: RecordId::from_bytes([0; 32]), index: 0, indicators: Vec::new() }).len();
    let mut groups = Vec::new();
    let mut group = Vec::new();
    let mut room = room_beside(head_bytes);
    for indicator in indicators {
        let bytes = codec::encode(&indicator).len();
        if bytes > room_beside(part_bytes) {
            return Err(SplitError::IndicatorTooLarge { bytes });
        }
        if bytes > room || group.len() >= MAX_INDICATORS_PER_RECORD {
            groups.push(core::mem::take(&mut group));
            room = room_beside(part_bytes);
        }
        room = room.saturating_sub(bytes);
        group.push(indicator);
    }
    groups.push(group);

    let mut groups = groups.into_iter();
    head.indicators = groups.next().unwrap_or_default();
    let parts: Vec<_> = groups.collect();
    match u16::try_from(parts.len()) {
        Ok(count) if count <= MAX_PART_COUNT => head.parts = count,
        _ => return Err(SplitError::TooMany { parts: parts.len() }),
    }
    Ok(Plan { head, parts })
}

/// The report without its indicators, and those.
pub(super) fn head_of(draft: ReportDraft) -> (Report, Vec<Indicator>) {
    let head = Report {
        title: draft.title,
        summary: draft.summary,
        tlp: draft.tlp,
        severity: draft.severity,
        indicators: Vec::new(),
        techniques: sorted(draft.techniques),
        playbook: draft.playbook,
        references: sorted(draft.references),
        valid_until: draft.valid_until,
        replaces: draft.replaces,
        parts: 0,
    };
    (head, sorted(draft.indicators))
}

/// Bytes left for indicators in a body of this size without any; the numbers that grow with them (the list's length,
/// the index and the part count) take at most three bytes each.
fn room_beside(body_bytes: usize) -> usize {
    MAX_BODY_BYTES.saturating_sub(body_bytes).saturating_sub(9)
}

pub(super) fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items.dedup();
    items
}

impl Plan {
    /// The report as the head will state it.
    #[must_use]
    pub const fn head(&self) -> &Report {
        &self.head
    }

    /// How many records it takes, the head included.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.parts.len().saturating_add(1)
    }

    /// Every indicator that would leave, in the order of the records.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> + '_ {
        self.head.indicators.iter().chain(self.parts.iter().flatten())
    }

    /// Signs head and parts as one stretch of the author's chain, the head first. `None` when the chain has come to
    /// the end of all numbers.
    #[must_use]
    pub fn sign<C: Crypto>(
        self,
        crypto: &C,
        author: Author<'_>,
        next: Position,
        created: UnixMillis,
    ) -> Option<Vec<SignedRecord>> {
        let mut at = next;
        let mut signed = Vec::with_capacity(self.record_count());
        let head = sign_one(crypto, author, at, created, Body::Report(self.head));
        let head_id = head.id(crypto);
        at = Position { seq: at.seq.checked_add(1)?, prev: Some(head_id) };
        signed.push(head);
        for (index, indicators) in self.parts.into_iter().enumerate() {
            let index = u16::try_from(index).ok()?;
            let body = Body::Part(Part { head: head_id, index, indicators });
            let part = sign_one(crypto, author, at, created, body);
            at = Position { seq: at.seq.checked_add(1)?, prev: Some(part.id(crypto)) };
            signed.push(part);
        }
        Some(signed)
    }
}

pub(super) fn sign_one<C: Crypto>(
    crypto: &C,
    author: Author<'_>,
    at: Position,
    created: UnixMillis,
    body: Body,
) -> SignedRecord {
    let record = Record {
        version: VERSION,
        circle: author.circle,
        author: author.member,
        signer: author.key.public(),
        seq: at.seq,
        prev: at.prev,
        created,
        body,
    };
    SignedRecord::sign(crypto, record, author.key)
}
