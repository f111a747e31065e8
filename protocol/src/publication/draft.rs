//! What an author hands in, before it is cut to size.

use alloc::{string::String, vec::Vec};

use watchfire_keys::{
    identity::SigningKey,
    ids::{CircleId, MemberId, RecordId},
    time::UnixMillis,
};

use crate::{
    indicator::{Indicator, Tlp},
    record::{Reference, Severity, Technique},
};

/// A report of any size. Lists may be in any order and name things twice; [`split`](super::split) and
/// [`sign_named`](super::sign_named) sort them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDraft {
    /// One line; see [`text::tidy`](crate::record::text::tidy) for what it may hold.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// How far it may be passed on.
    pub tlp: Tlp,
    /// How urgent it is.
    pub severity: Severity,
    /// All indicators.
    pub indicators: Vec<Indicator>,
    /// Techniques that were seen.
    pub techniques: Vec<Technique>,
    /// What to do about it.
    pub playbook: String,
    /// What others have published about it.
    pub references: Vec<Reference>,
    /// When it stops being valid.
    pub valid_until: Option<UnixMillis>,
    /// An earlier report of the same author that it replaces.
    pub replaces: Option<RecordId>,
    /// The members it is for, beside the author, and nobody else; empty for the whole circle.
    pub audience: Vec<MemberId>,
}

/// Who signs a publication, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// The circle.
    pub circle: CircleId,
    /// The member.
    pub member: MemberId,
    /// The publisher key that signs for the member.
    pub key: &'a SigningKey,
}
