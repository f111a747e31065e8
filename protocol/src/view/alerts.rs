//! The list of alerts: publications, each a head with the parts that have arrived.

use alloc::{string::String, vec::Vec};

use watchfire_keys::{
    ids::{MemberId, RecordId},
    name::Side,
    time::UnixMillis,
};

use super::{
    Ending, Members, View,
    index::Entry,
    lifetime,
    slot::{Head, Slot},
};
use crate::{indicator::Tlp, record::Severity};

/// A publication as a list shows it. Its texts and indicators are in the store, under [`AlertSummary::records`], and
/// [`assemble`](crate::publication::assemble) puts them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSummary {
    /// The head's id, which names the publication.
    pub record: RecordId,
    /// The head and the parts that are here, by index.
    pub records: Vec<RecordId>,
    /// Whether every part is here.
    pub complete: bool,
    /// The member that published it.
    pub author: MemberId,
    /// The member's side.
    pub side: Side,
    /// The title.
    pub title: String,
    /// How far it may be passed on.
    pub tlp: Tlp,
    /// How urgent it is.
    pub severity: Severity,
    /// When it was made, by the author's clock.
    pub created: UnixMillis,
    /// When the head came to this node.
    pub received: UnixMillis,
    /// When it stops being valid: as the author said, or with the longest-lived of its indicators.
    pub expires: UnixMillis,
    /// How its author has ended it, if so.
    pub ending: Option<Ending>,
    /// How many indicators are here.
    pub indicators: u32,
}

impl AlertSummary {
    /// Whether it still counts at this time: neither expired nor ended.
    #[must_use]
    pub fn is_current(&self, now: UnixMillis) -> bool {
        self.ending.is_none() && now < self.expires
    }
}

impl View {
    /// Every publication of a member, newest first (then by id), ended and expired ones included.
    #[must_use]
    pub fn alerts(&self, members: &impl Members) -> Vec<AlertSummary> {
        let heads = self.slots.iter().filter_map(|entry| match &entry.slot {
            Slot::Head(head) => Some((entry, &**head)),
            _ => None,
        });
        let mut alerts: Vec<_> =
            heads.filter_map(|(entry, head)| self.summary(entry, head, members)).collect();
        alerts.sort_unstable_by(|left, right| {
            right.created.cmp(&left.created).then_with(|| left.record.cmp(&right.record))
        });
        alerts
    }

    /// The publication of this head, or that this part belongs to.
    #[must_use]
    pub fn alert(&self, id: &RecordId, members: &impl Members) -> Option<AlertSummary> {
        let entry = self.by_id.get(id).and_then(|number| self.slot(*number))?;
        let head_id = match &entry.slot {
            Slot::Head(_) => *id,
            Slot::Part(part) => part.head,
            _ => return None,
        };
        let (entry, head) = self.head(&head_id)?;
        let summary = self.summary(entry, head, members)?;
        summary.records.contains(id).then_some(summary)
    }

    fn summary(&self, entry: &Entry, head: &Head, members: &impl Members) -> Option<AlertSummary> {
        let side = members.side_of(&head.author)?;
        let parts: Vec<_> = (0..head.parts).filter_map(|index| self.part_of(head, index)).collect();
        let contents = core::iter::once(head.own).chain(parts.iter().map(|part| part.own));
        let (indicators, lifetime_ms) = contents.fold((0_u32, 0_u64), |(count, lifetime_ms), own| {
            (count.saturating_add(own.count), lifetime_ms.max(own.lifetime_ms))
        });
        let lifetime_ms = if indicators == 0 { lifetime::TEXT_ONLY_MS } else { lifetime_ms };
        Some(AlertSummary {
            record: head.id,
            complete: parts.len() == usize::from(head.parts),
            records: core::iter::once(head.id).chain(parts.iter().map(|part| part.id)).collect(),
            author: head.author,
            side: side.clone(),
            title: String::from(&*head.title),
            tlp: head.tlp,
            severity: head.severity,
            created: head.created,
            received: entry.received,
            expires: head.valid_until.unwrap_or_else(|| head.created.saturating_add(lifetime_ms)),
            ending: self.ending(&head.id, &head.author, members),
            indicators,
        })
    }
}
