//! What the view remembers of each record: enough to judge, nothing of its text but the title.

use alloc::{boxed::Box, vec::Vec};

use watchfire_keys::{
    identity::PublicKey,
    ids::{MemberId, RecordId},
    time::UnixMillis,
};

use super::lifetime;
use crate::{
    indicator::{Indicator, Tlp},
    record::{Reference, Report, Severity, SightingKind},
};

/// How a report came to count no longer before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Its author took it back, with this record.
    Withdrawn(RecordId),
    /// Its author put this report in its place.
    Replaced(RecordId),
}

/// One record. Small kinds stand here, larger ones behind a pointer, so that the table stays small.
pub(super) enum Slot {
    Head(Box<Head>),
    Part(Box<PartOf>),
    Sighting {
        author: MemberId,
        day: u32,
        kind: SightingKind,
    },
    Dispute {
        id: RecordId,
        author: MemberId,
        created: UnixMillis,
    },
    /// Counts for no observable: a withdrawal, an acknowledgement, a body of a newer version.
    Silent,
}

/// A report.
pub(super) struct Head {
    pub(super) id: RecordId,
    pub(super) author: MemberId,
    pub(super) signer: PublicKey,
    pub(super) created: UnixMillis,
    pub(super) title: Box<str>,
    pub(super) tlp: Tlp,
    pub(super) severity: Severity,
    pub(super) valid_until: Option<UnixMillis>,
    pub(super) parts: u16,
    pub(super) sources: Box<[u64]>,
    pub(super) own: Contents,
}

/// A part; which head it belongs to is looked up when somebody asks.
pub(super) struct PartOf {
    pub(super) id: RecordId,
    pub(super) head: RecordId,
    pub(super) author: MemberId,
    pub(super) signer: PublicKey,
    pub(super) index: u16,
    pub(super) own: Contents,
}

/// What a record's indicators come to.
#[derive(Clone, Copy, Default)]
pub(super) struct Contents {
    /// How many there are.
    pub(super) count: u32,
    /// The longest default lifetime among them; 0 without any.
    pub(super) lifetime_ms: u64,
}

impl Contents {
    pub(super) fn of(indicators: &[Indicator]) -> Self {
        Self {
            count: u32::try_from(indicators.len()).unwrap_or(u32::MAX),
            lifetime_ms: indicators
                .iter()
                .map(|indicator| lifetime::lifetime_ms(indicator.kind()))
                .max()
                .unwrap_or(0),
        }
    }
}

impl Head {
    pub(super) fn of(
        id: RecordId,
        author: MemberId,
        signer: PublicKey,
        created: UnixMillis,
        report: &Report,
        source_key: impl Fn(&[u8]) -> u64,
    ) -> Self {
        let mut sources: Vec<u64> =
            report.references.iter().map(|reference| source_key(name_of(reference).as_bytes())).collect();
        sources.sort_unstable();
        sources.dedup();
        Self {
            id,
            author,
            signer,
            created,
            title: Box::from(report.title.as_str()),
            tlp: report.tlp,
            severity: report.severity,
            valid_until: report.valid_until,
            parts: report.parts,
            sources: sources.into_boxed_slice(),
            own: Contents::of(&report.indicators),
        }
    }
}

/// What makes two references the same source: the address without scheme, `www.` and closing slash, or the
/// publisher's name when there is no address; letter case aside.
fn name_of(reference: &Reference) -> alloc::string::String {
    let full = if reference.address.is_empty() { &reference.source } else { &reference.address };
    let lower = full.to_lowercase();
    let bare = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    bare.trim_end_matches('/').into()
}
