//! Where the view keeps what it has taken in.

use alloc::{
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
    slot::{Head, Slot},
};
use crate::{crypto::Crypto, indicator::Indicator};

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
