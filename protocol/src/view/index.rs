//! Where the view keeps what it has taken in.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use watchfire_keys::{
    identity::PublicKey,
    ids::{MemberId, RecordId},
    labels,
    time::UnixMillis,
};

use super::{
    Corroboration, Ending, Members,
    masked::MaskedUrls,
    slot::{Contents, Head, PartOf, Slot},
};
use crate::{
    crypto::Crypto,
    envelope::Opened,
    indicator::Indicator,
    record::{Body, Record},
};

/// An observable: 16 bytes of a hash over type and value. Finding a second value for a given one takes 2^128 tries.
pub(super) type Key = [u8; 16];

/// Where parts are found, so that only those of the head's own author and signer are met: head, author, signer,
/// index, id of the part.
pub(super) type PartKey = (RecordId, MemberId, PublicKey, u16, RecordId);

/// What the circle's records say, for whoever asks with a time.
#[derive(Default)]
pub struct View {
    pub(super) rule: Corroboration,
    pub(super) slots: Vec<Entry>,
    pub(super) by_id: BTreeMap<RecordId, u32>,
    pub(super) named: BTreeSet<(Key, u32)>,
    pub(super) parts: BTreeMap<PartKey, u32>,
    pub(super) endings: BTreeMap<(RecordId, MemberId), BTreeSet<Ending>>,
    pub(super) masked: MaskedUrls,
}

/// One record, with what every kind of record has.
pub(super) struct Entry {
    pub(super) id: RecordId,
    pub(super) received: UnixMillis,
    pub(super) slot: Slot,
}

impl View {
    /// An empty view with the charter's rule of corroboration.
    #[must_use]
    pub fn new(rule: Corroboration) -> Self {
        Self { rule, ..Self::default() }
    }

    /// Takes in a record that this node received at this time. False when it was here before; then only an earlier
    /// time of receipt is noted.
    pub fn insert<C: Crypto>(&mut self, crypto: &C, opened: &Opened, received: UnixMillis) -> bool {
        let id = opened.id();
        if let Some(entry) = self.by_id.get(&id).copied().and_then(|number| self.entry_mut(number)) {
            entry.received = entry.received.min(received);
            return false;
        }
        // Four thousand million records do not fit any store; the view stops taking in rather than mixing them up.
        let Ok(number) = u32::try_from(self.slots.len()) else {
            return false;
        };
        let record = opened.record().record();
        let slot = self.slot_of(crypto, id, number, record);
        self.by_id.insert(id, number);
        self.slots.push(Entry { id, received, slot });
        true
    }

    /// Forgets every record that the caller does not keep, such as those whose retention has ended or that a removal
    /// has voided.
    pub fn retain(&mut self, mut keep: impl FnMut(&RecordId) -> bool) {
        let mut numbers = Vec::with_capacity(self.slots.len());
        let mut next: u32 = 0;
        self.slots.retain(|entry| {
            let kept = keep(&entry.id);
            numbers.push(kept.then_some(next));
            next = next.saturating_add(u32::from(kept));
            kept
        });
        let renumber =
            |old: u32| usize::try_from(old).ok().and_then(|old| numbers.get(old).copied().flatten());
        // Numbers keep their order, so the sets stay sorted while they are rebuilt.
        self.named = core::mem::take(&mut self.named)
            .into_iter()
            .filter_map(|(key, old)| renumber(old).map(|number| (key, number)))
            .collect();
        self.masked.renumber(renumber);
        self.by_id = renumbered(core::mem::take(&mut self.by_id), renumber);
        self.parts = renumbered(core::mem::take(&mut self.parts), renumber);
        let by_id = &self.by_id;
        self.endings.retain(|_, endings| {
            endings.retain(|ending| {
                let (Ending::Withdrawn(by) | Ending::Replaced(by)) = ending;
                by_id.contains_key(by)
            });
            !endings.is_empty()
        });
    }

    /// How many records are here.
    #[must_use]
    pub fn records(&self) -> usize {
        self.slots.len()
    }

    /// How many different observables the records here name.
    #[must_use]
    pub fn observables(&self) -> usize {
        let mut last = None;
        self.named.iter().filter(|(key, _)| last.replace(*key) != Some(*key)).count()
    }

    /// Whether this record is here.
    #[must_use]
    pub fn contains(&self, id: &RecordId) -> bool {
        self.by_id.contains_key(id)
    }

    pub(super) fn slot(&self, number: u32) -> Option<&Entry> {
        usize::try_from(number).ok().and_then(|number| self.slots.get(number))
    }

    pub(super) fn head(&self, id: &RecordId) -> Option<(&Entry, &Head)> {
        let entry = self.by_id.get(id).and_then(|number| self.slot(*number))?;
        match &entry.slot {
            Slot::Head(head) => Some((entry, head)),
            _ => None,
        }
    }

    /// How this record ended, when its author ended it: a withdrawal before a replacement, then the lowest id. What a
    /// record says matters not, so this holds as well for one that is for named readers and not in the view.
    #[must_use]
    pub fn ending(&self, id: &RecordId, author: &MemberId, members: &impl Members) -> Option<Ending> {
        let from = (*id, MemberId::from_bytes([0; 32]));
        let to = (*id, MemberId::from_bytes([0xff; 32]));
        let author = members.canonical(author);
        let by = self.endings.range(from..=to).filter(|((_, by), _)| members.canonical(by) == author);
        by.filter_map(|(_, endings)| endings.first().copied()).min()
    }

    fn entry_mut(&mut self, number: u32) -> Option<&mut Entry> {
        usize::try_from(number).ok().and_then(|number| self.slots.get_mut(number))
    }

    fn slot_of<C: Crypto>(&mut self, crypto: &C, id: RecordId, number: u32, record: &Record) -> Slot {
        match &record.body {
            Body::Report(report) => {
                self.name(crypto, number, &report.indicators);
                if let Some(earlier) = report.replaces {
                    self.end(earlier, record.author, Ending::Replaced(id));
                }
                let source_key = |name: &[u8]| {
                    let hash = crypto.hash(labels::HASH_SOURCE, &[name]);
                    hash.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
                };
                Slot::Head(Box::new(Head::of(
                    id,
                    record.author,
                    record.signer,
                    record.created,
                    report,
                    source_key,
                )))
            }
            Body::Part(part) => {
                self.name(crypto, number, &part.indicators);
                self.parts.insert((part.head, record.author, record.signer, part.index, id), number);
                Slot::Part(Box::new(PartOf {
                    id,
                    head: part.head,
                    author: record.author,
                    signer: record.signer,
                    index: part.index,
                    own: Contents::of(&part.indicators),
                }))
            }
            Body::Sighting(sighting) => {
                self.name(crypto, number, core::slice::from_ref(&sighting.indicator));
                Slot::Sighting { author: record.author, day: sighting.day, kind: sighting.kind }
            }
            Body::Dispute(dispute) => {
                self.name(crypto, number, core::slice::from_ref(&dispute.indicator));
                Slot::Dispute { id, author: record.author, created: record.created }
            }
            Body::Withdrawal(withdrawal) => {
                self.end(withdrawal.record, record.author, Ending::Withdrawn(id));
                Slot::Silent
            }
            Body::Acknowledgement(_) | Body::Named(_) | Body::Unknown(_) => Slot::Silent,
        }
    }

    fn name<C: Crypto>(&mut self, crypto: &C, number: u32, indicators: &[Indicator]) {
        self.named.extend(indicators.iter().map(|indicator| (key_of(crypto, indicator), number)));
        self.masked.name(number, indicators);
    }

    fn end(&mut self, record: RecordId, author: MemberId, ending: Ending) {
        self.endings.entry((record, author)).or_default().insert(ending);
    }
}

fn renumbered<K: Ord>(map: BTreeMap<K, u32>, renumber: impl Fn(u32) -> Option<u32>) -> BTreeMap<K, u32> {
    map.into_iter().filter_map(|(key, old)| renumber(old).map(|number| (key, number))).collect()
}

pub(super) fn key_of<C: Crypto>(crypto: &C, indicator: &Indicator) -> Key {
    let kind = indicator.kind().as_str().as_bytes();
    let hash = crypto.hash(labels::HASH_OBSERVABLE, &[kind, indicator.value().as_bytes()]);
    let mut key = Key::default();
    key.copy_from_slice(&hash[..16]);
    key
}
