//! Putting a publication together from the records that have arrived.

use alloc::{collections::BTreeMap, vec::Vec};

use watchfire_keys::{
    identity::PublicKey,
    ids::{MemberId, RecordId},
    time::UnixMillis,
};

use crate::{
    indicator::Indicator,
    record::{Body, Part, Record, Report},
};

/// A publication as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The head's id, which names the publication.
    pub record: RecordId,
    /// The member that published it.
    pub author: MemberId,
    /// The key that signed it for the member.
    pub signer: PublicKey,
    /// When it was made, by the author's clock.
    pub created: UnixMillis,
    /// The report without the indicators of its own record, which stand below.
    pub report: Report,
    /// The indicators of the head and of every part that is here, ascending, none twice.
    pub indicators: Vec<Indicator>,
    /// Whether every part is here.
    pub complete: bool,
    /// How many parts are here.
    pub parts_here: u16,
}

/// Whether this part, in this record, belongs to this head: same circle, author and signer, and an index that the
/// head announced. Anything else is another's attempt to add to a publication, and counts for nothing.
#[must_use]
pub fn belongs(head: &Record, report: &Report, head_id: RecordId, record: &Record, part: &Part) -> bool {
    part.head == head_id
        && record.circle == head.circle
        && record.author == head.author
        && record.signer == head.signer
        && part.index < report.parts
}

/// The publication of this head with those of the given records that are its parts, in any order. When a signer has
/// made two parts for one index, the one with the lower id counts, at every node alike. `None` when the head is no
/// report.
#[must_use]
pub fn assemble<'a>(
    head_id: RecordId,
    head: &Record,
    others: impl IntoIterator<Item = (RecordId, &'a Record)>,
) -> Option<Alert> {
    let Body::Report(report) = &head.body else {
        return None;
    };
    let mut parts: BTreeMap<u16, (RecordId, &Part)> = BTreeMap::new();
    for (id, record) in others {
        let Body::Part(part) = &record.body else {
            continue;
        };
        if !belongs(head, report, head_id, record, part) {
            continue;
        }
        let chosen = parts.entry(part.index).or_insert((id, part));
        if id < chosen.0 {
            *chosen = (id, part);
        }
    }

    let parts_here = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    let mut report = report.clone();
    let mut indicators = core::mem::take(&mut report.indicators);
    for (_, part) in parts.values() {
        indicators.extend(part.indicators.iter().cloned());
    }
    indicators.sort_unstable();
    indicators.dedup();
    Some(Alert {
        record: head_id,
        author: head.author,
        signer: head.signer,
        created: head.created,
        complete: parts_here == report.parts,
        parts_here,
        report,
        indicators,
    })
}
