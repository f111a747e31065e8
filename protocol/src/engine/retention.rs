//! How long records are kept, and how many of one author.
//!
//! A record is over when the day it is dated ended longer ago than the charter keeps records; whole days, so that the
//! members' nodes let go of the same records at about the same time. What is over leaves the set that peers reconcile,
//! the view and the disk, and is not asked for again. Only the last record of each signer stays on the disk: from it the
//! node knows where that chain goes on, its own above all.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_keys::time::UnixMillis;

use super::output::{Change, Output};
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::limits::{DAY_MS, MAX_AUTHOR_BYTES, MAX_AUTHOR_RECORDS};
use crate::rules::Rule;

/// How far the time is believed to have gone on since the newest epoch header: a circle that lives deals one every few
/// days.
const MAX_UNSIGNED_MS: u64 = 30 * DAY_MS;

/// What is kept of one record.
#[derive(Clone, Copy, Debug)]
struct Held {
    id: RecordId,
    author: u32,
    bytes: u32,
}

/// What one author's records come to.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    records: usize,
    bytes: u64,
}

/// The records that are here by the day they are dated, and what each author's come to.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    days: BTreeMap<u64, Vec<Held>>,
    authors: BTreeMap<MemberId, u32>,
    shares: Vec<Share>,
}

impl Shelf {
    /// A record is here.
    pub(super) fn add(&mut self, id: RecordId, author: &MemberId, created: UnixMillis, bytes: usize) {
        // As many authors as a roster ever had members.
        let next = u32::try_from(self.shares.len()).unwrap_or(u32::MAX);
        let author = *self.authors.entry(*author).or_insert(next);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let index = author as usize;
        if index >= self.shares.len() {
            self.shares.resize(index.saturating_add(1), Share::default());
        }
        if let Some(share) = self.shares.get_mut(index) {
            share.records = share.records.saturating_add(1);
            share.bytes = share.bytes.saturating_add(u64::from(bytes));
        }
        self.days.entry(created.0 / DAY_MS).or_default().push(Held { id, author, bytes });
    }

    /// Whether an author may have one more record of this size here.
    fn has_room(&self, author: &MemberId, bytes: usize) -> bool {
        let index = self.authors.get(author).map(|index| *index as usize);
        let share = index.and_then(|index| self.shares.get(index)).copied().unwrap_or_default();
        share.records < MAX_AUTHOR_RECORDS && share.bytes.saturating_add(bytes as u64) <= MAX_AUTHOR_BYTES
    }

    fn gone(&mut self, held: &Held) {
        if let Some(share) = self.shares.get_mut(held.author as usize) {
            share.records = share.records.saturating_sub(1);
            share.bytes = share.bytes.saturating_sub(u64::from(held.bytes));
        }
    }

    /// Takes out what is dated before this day, but for these.
    fn take_before(&mut self, day: u64, but: &BTreeSet<RecordId>) -> Vec<RecordId> {
        let later = self.days.split_off(&day);
        let over = core::mem::replace(&mut self.days, later);
        let mut taken = Vec::new();
        for (day, records) in over {
            let (stay, go): (Vec<Held>, Vec<Held>) =
                records.into_iter().partition(|held| but.contains(&held.id));
            for held in go {
                self.gone(&held);
                taken.push(held.id);
            }
            if !stay.is_empty() {
                self.days.insert(day, stay);
            }
        }
        taken.sort_unstable();
        taken
    }

    /// Takes out records that are void. Sorted.
    pub(super) fn forget(&mut self, void: &[RecordId]) {
        let mut gone = Vec::new();
        for records in self.days.values_mut() {
            records.retain(|held| {
                let goes = void.binary_search(&held.id).is_ok();
                gone.extend(goes.then_some(*held));
                !goes
            });
        }
        self.days.retain(|_, records| !records.is_empty());
        gone.iter().for_each(|held| self.gone(held));
    }

    fn before(&self, day: u64) -> impl Iterator<Item = &RecordId> {
        self.days.range(..day).flat_map(|(_, records)| records.iter().map(|held| &held.id))
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// The time as far as it is believed: a clock that is years ahead must not erase what cannot be had again, so it counts
    /// only as far as somebody's signature has come near to it.
    pub(super) fn believed_now(&self) -> Option<UnixMillis> {
        let signed = self.keyring.headers().map(|(_, header)| header.created).max()?;
        Some(self.now.unix.min(signed.saturating_add(MAX_UNSIGNED_MS)))
    }

    /// The first day of which records are kept, counted from 1970.
    fn first_day(&self) -> Option<u64> {
        let retention_ms = self.roster.as_ref()?.rules.retention_ms;
        Some(self.believed_now()?.0.saturating_sub(retention_ms) / DAY_MS)
    }

    /// From when on records are kept; none while that is not known.
    pub fn kept_since(&self) -> Option<UnixMillis> {
        Some(UnixMillis(self.first_day()?.saturating_mul(DAY_MS)))
    }

    /// Whether a record of this date is kept, for one that has just come.
    pub(super) fn is_kept(&mut self, id: RecordId, created: UnixMillis) -> Result<(), Rule> {
        if self.first_day().is_some_and(|first| created.0 / DAY_MS < first) {
            self.note_void(id);
            return Err(Rule::RecordTooOld);
        }
        Ok(())
    }

    /// Whether an author has room for one more record, whichever way it came.
    pub(super) fn has_room(&mut self, id: RecordId, author: &MemberId, bytes: usize) -> Result<(), Rule> {
        if !self.shelf.has_room(author, bytes) {
            // Or every reconciliation would ask for it again.
            self.note_void(id);
            return Err(Rule::RecordAuthorBudget);
        }
        Ok(())
    }

    /// How many records are over and would be erased now.
    pub fn records_over(&self) -> usize {
        let Some(first) = self.first_day() else { return 0 };
        let last = self.last_records();
        self.shelf.before(first).filter(|id| !last.contains(id)).count()
    }

    /// The last record of each signer.
    fn last_records(&self) -> BTreeSet<RecordId> {
        self.chains.iter().filter_map(|(_, chain)| chain.last().map(|(_, id)| id)).collect()
    }

    /// Has records erased, as many in one change as a store takes. Where a crash comes between two of them, the next start
    /// finds the others void or over again.
    pub(super) fn erase(&mut self, records: Vec<RecordId>) {
        for part in records.chunks(Change::MAX_ERASED) {
            self.out(Output::Persist(Change::EraseRecords(part.to_vec())));
        }
        self.out(Output::Void(records));
    }

    /// Lets go of the records that are over.
    pub(super) fn prune_records(&mut self) {
        let Some(first) = self.first_day() else { return };
        let last = self.last_records();
        let kept: Vec<RecordId> = self.shelf.before(first).filter(|id| last.contains(id)).copied().collect();
        // Kept for this node's own sake: what is over is offered to nobody.
        for id in kept {
            self.set.remove(&id);
        }
        let over = self.shelf.take_before(first, &last);
        if over.is_empty() {
            return;
        }
        for id in &over {
            self.set.remove(id);
            self.note_void(*id);
        }
        for (signer, seq) in self.chains.forget_over(&over) {
            self.out(Output::Persist(Change::ChainStart { signer, seq }));
        }
        self.erase(over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> RecordId {
        RecordId::from_bytes([number; 32])
    }

    #[test]
    fn an_author_has_so_much_room_and_gets_it_back() {
        let (author, other) = (MemberId::from_bytes([1; 32]), MemberId::from_bytes([2; 32]));
        let most = usize::try_from(MAX_AUTHOR_BYTES).unwrap_or(usize::MAX);
        let mut shelf = Shelf::default();
        shelf.add(id(1), &author, UnixMillis(0), most - 100);
        assert!(shelf.has_room(&author, 100) && !shelf.has_room(&author, 101));
        assert!(shelf.has_room(&other, most), "of others it takes nothing");
        shelf.forget(&[id(1)]);
        assert!(shelf.has_room(&author, most));
    }

    #[test]
    fn whole_days_go_but_what_is_needed_stays() {
        let author = MemberId::from_bytes([1; 32]);
        let mut shelf = Shelf::default();
        for number in 0..6 {
            shelf.add(id(number), &author, UnixMillis(u64::from(number) * DAY_MS / 2), 10);
        }
        let last = BTreeSet::from([id(1)]);
        assert_eq!(shelf.take_before(2, &last), [id(0), id(2), id(3)]);
        assert_eq!(shelf.take_before(2, &BTreeSet::new()), [id(1)]);
        assert!(shelf.take_before(2, &BTreeSet::new()).is_empty());
        assert_eq!(shelf.shares.iter().map(|share| share.bytes).sum::<u64>(), 20);
    }
}
