//! Records made ready for the view, which any thread can do: everything about one record that needs no other.

use alloc::{boxed::Box, vec::Vec};

use watchfire_keys::{
    ids::{MemberId, RecordId},
    labels,
    time::UnixMillis,
};

use super::{
    Ending, View,
    index::{Entry, Key, PartKey, key_of},
    masked,
    slot::{Contents, Head, PartOf, Slot},
};
use crate::{
    crypto::Crypto,
    envelope::Opened,
    indicator::Indicator,
    record::{Body, Record},
};

/// A record as the view takes it in.
pub struct Prepared {
    id: RecordId,
    slot: Slot,
    /// The observables that it names.
    named: Vec<Key>,
    /// The masked URLs among them, each behind its place.
    masked: Vec<(Box<str>, Box<str>)>,
    part: Option<PartKey>,
    ends: Option<(RecordId, MemberId, Ending)>,
}

impl Prepared {
    /// Reads one record.
    #[must_use]
    pub fn of<C: Crypto>(crypto: &C, opened: &Opened) -> Self {
        let record = opened.record().record();
        let mut prepared = Self {
            id: opened.id(),
            slot: Slot::Silent,
            named: Vec::new(),
            masked: Vec::new(),
            part: None,
            ends: None,
        };
        prepared.slot = prepared.read(crypto, record);
        prepared
    }

    fn read<C: Crypto>(&mut self, crypto: &C, record: &Record) -> Slot {
        let id = self.id;
        match &record.body {
            Body::Report(report) => {
                self.name(crypto, &report.indicators);
                self.ends = report.replaces.map(|earlier| (earlier, record.author, Ending::Replaced(id)));
                let source_key = |name: &[u8]| {
                    let hash = crypto.hash(labels::HASH_SOURCE, &[name]);
                    hash.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
                };
                let (author, signer) = (record.author, record.signer);
                Slot::Head(Box::new(Head::of(id, author, signer, record.created, report, source_key)))
            }
            Body::Part(part) => {
                self.name(crypto, &part.indicators);
                self.part = Some((part.head, record.author, record.signer, part.index, id));
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
                self.name(crypto, core::slice::from_ref(&sighting.indicator));
                Slot::Sighting { author: record.author, day: sighting.day, kind: sighting.kind }
            }
            Body::Dispute(dispute) => {
                self.name(crypto, core::slice::from_ref(&dispute.indicator));
                Slot::Dispute { id, author: record.author, created: record.created }
            }
            Body::Withdrawal(withdrawal) => {
                self.ends = Some((withdrawal.record, record.author, Ending::Withdrawn(id)));
                Slot::Silent
            }
            Body::Acknowledgement(_) | Body::Named(_) | Body::Unknown(_) => Slot::Silent,
        }
    }

    fn name<C: Crypto>(&mut self, crypto: &C, indicators: &[Indicator]) {
        self.named = indicators.iter().map(|indicator| key_of(crypto, indicator)).collect();
        self.masked = masked::places(indicators).collect();
    }
}

impl View {
    /// Takes in a record that this node received at this time. False when it was here before; then only an earlier
    /// time of receipt is noted.
    pub fn insert<C: Crypto>(&mut self, crypto: &C, opened: &Opened, received: UnixMillis) -> bool {
        if self.seen_before(&opened.id(), received) {
            return false;
        }
        let Some((number, keys)) = self.take(Prepared::of(crypto, opened), received) else { return false };
        self.named.extend(keys.into_iter().map(|key| (key, number)));
        true
    }

    /// Takes in many at once, as [`View::insert`] does one by one: the tables are built in one go, which is several times
    /// quicker.
    pub fn insert_all(&mut self, records: impl IntoIterator<Item = (Prepared, UnixMillis)>) {
        let mut named = Vec::new();
        for (prepared, received) in records {
            if self.seen_before(&prepared.id, received) {
                continue;
            }
            let Some((number, keys)) = self.take(prepared, received) else { break };
            named.extend(keys.into_iter().map(|key| (key, number)));
        }
        named.sort_unstable();
        self.named.append(&mut named.into_iter().collect());
    }

    /// Everything but the observables, which are given back with the record's number.
    fn take(&mut self, prepared: Prepared, received: UnixMillis) -> Option<(u32, Vec<Key>)> {
        // Four thousand million records do not fit any store; the view stops taking in rather than mixing them up.
        let number = u32::try_from(self.slots.len()).ok()?;
        let Prepared { id, slot, named, masked, part, ends } = prepared;
        self.masked.add(number, masked);
        self.parts.extend(part.map(|part| (part, number)));
        if let Some((record, author, ending)) = ends {
            self.endings.entry((record, author)).or_default().insert(ending);
        }
        self.by_id.insert(id, number);
        self.slots.push(Entry { id, received, slot });
        Some((number, named))
    }

    /// Whether the record is here; then an earlier time of receipt is noted.
    fn seen_before(&mut self, id: &RecordId, received: UnixMillis) -> bool {
        let number = self.by_id.get(id).copied();
        let known = number.and_then(|number| usize::try_from(number).ok());
        let Some(entry) = known.and_then(|number| self.slots.get_mut(number)) else { return false };
        entry.received = entry.received.min(received);
        true
    }
}
