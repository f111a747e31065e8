//! Reports and the parts of reports that are larger than one record.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use watchfire_keys::{ids::RecordId, time::UnixMillis};

use super::{Reference, Severity, Technique};
use crate::indicator::{Indicator, Tlp};

/// What a member reports: a verdict of a person that these indicators are malicious, with what helps to act on it.
///
/// Bounds are in [`limits`](crate::limits). Lists are sorted strictly ascending, so equal reports have equal bytes and
/// nothing can be named twice; `Body::check` refuses everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One line; never empty.
    pub title: String,
    /// What happened, in the author's words; may be empty.
    pub summary: String,
    /// How far it may be passed on.
    pub tlp: Tlp,
    /// How urgent it is.
    pub severity: Severity,
    /// The indicators of this record, strictly ascending; more may follow in parts.
    pub indicators: Vec<Indicator>,
    /// Techniques that were seen, strictly ascending.
    pub techniques: Vec<Technique>,
    /// What to do about it, in the author's words; may be empty.
    pub playbook: String,
    /// What others have published about it, strictly ascending.
    pub references: Vec<Reference>,
    /// When the report stops being valid; without it, each indicator has the lifetime of its type.
    pub valid_until: Option<UnixMillis>,
    /// An earlier report of the same author that this one takes the place of.
    pub replaces: Option<RecordId>,
    /// How many [`Part`]s follow, at most [`MAX_PART_COUNT`](crate::limits::MAX_PART_COUNT).
    pub parts: u16,
}

/// More indicators of a report that is too large for one record.
///
/// A part counts only beside its head, and only when author and signer of both are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The record that holds the report.
    pub head: RecordId,
    /// Which part this is, counted from 0.
    pub index: u16,
    /// Its indicators, strictly ascending, at least one.
    pub indicators: Vec<Indicator>,
}
