//! Which records of a signer stand once acts have named where they end.
//!
//! A cut names the last record that stands by position and id. From there each record names the one before it, so the
//! cut picks one line of a chain that may have been forked: what lies beyond its end, or beside it, is void. Where the
//! line cannot be followed yet because a record is missing, what lies below stands until the missing one comes. So what
//! stands in the end is a function of the cuts and of the records, and neither of a clock nor of any order.
//!
//! An act may also lose its effect by which somebody could sign at all: then what was signed by that goes again.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_keys::time::UnixMillis;

use super::chain::Position;
use super::signed::Record;
use crate::circle::{Cut, Roster};

/// Of a record what decides whether it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its id.
    pub id: RecordId,
    /// Who states it.
    pub author: MemberId,
    /// Who signed it.
    pub signer: PublicKey,
    /// What the signer has to be allowed for that.
    pub scope: Scopes,
    /// How it is dated.
    pub created: UnixMillis,
    /// Its place in the signer's chain.
    pub place: Position,
}

impl Placed {
    /// A record with its id.
    #[must_use]
    pub const fn of(id: RecordId, record: &Record) -> Self {
        Self {
            id,
            author: record.author,
            signer: record.signer,
            scope: record.body.scope(),
            created: record.created,
            place: Position { seq: record.seq, prev: record.prev },
        }
    }
}

/// One signer's records, as far as they are here and its cut leaves them.
#[derive(Clone, Debug)]
struct End {
    cut: Cut,
    /// Records that are here, with their places.
    held: BTreeMap<RecordId, Position>,
    /// The line down from the end, as far as it is known: which record stands at each position.
    line: BTreeMap<u64, RecordId>,
}

impl End {
    fn new(cut: Cut) -> Self {
        Self { cut, held: BTreeMap::new(), line: cut.last.into_iter().collect() }
    }

    /// Whether a record at this position stands, as far as is known.
    fn leaves(&self, id: &RecordId, seq: u64) -> bool {
        match self.cut.last {
            Some((last, _)) if seq <= last => self.line.get(&seq).is_none_or(|on_line| on_line == id),
            _ => false,
        }
    }

    /// Follows the line through the records that are here. Returns those that it shows to be beside it.
    fn follow(&mut self) -> Vec<RecordId> {
        while let Some((seq, id)) = self.line.first_key_value() {
            let place = self.held.get(id).filter(|place| place.seq == *seq);
            let (Some(before), Some(prev)) = (seq.checked_sub(1), place.and_then(|place| place.prev)) else {
                break;
            };
            self.line.insert(before, prev);
        }
        let void = self.held.iter().filter(|(id, place)| !self.leaves(id, place.seq));
        let void: Vec<RecordId> = void.map(|(id, _)| *id).collect();
        for id in &void {
            self.held.remove(id);
        }
        void
    }

    /// Takes in a record; returns those that are void by what it shows.
    fn place(&mut self, id: RecordId, place: Position) -> Vec<RecordId> {
        let next = self.line.first_key_value().map(|(seq, id)| (*seq, *id));
        self.held.insert(id, place);
        // Only the next one down the line, or one that does not belong, changes anything.
        if next == Some((place.seq, id)) || !self.leaves(&id, place.seq) { self.follow() } else { Vec::new() }
    }
}

/// What stands of the signers whose records end.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    ends: BTreeMap<PublicKey, End>,
}

impl Ends {
    /// Nobody's records end.
    #[must_use]
    pub const fn new() -> Self {
        Self { ends: BTreeMap::new() }
    }

    /// Takes over the roster of today. Returns the signers of whom other records may stand than by the one before: all
    /// records of theirs that are here have to be [placed](Self::place_all) once more.
    pub fn follow(&mut self, before: Option<&Roster>, now: &Roster) -> Vec<PublicKey> {
        let narrowed = before.map(|before| now.narrowed_since(before)).unwrap_or_default();
        self.set_cuts(&now.cuts, narrowed)
    }

    /// The same by the cuts alone, and signers who can sign less than before.
    pub fn set_cuts(
        &mut self,
        cuts: &BTreeMap<PublicKey, Cut>,
        narrowed: BTreeSet<PublicKey>,
    ) -> Vec<PublicKey> {
        let mut changed = narrowed;
        self.ends.retain(|signer, _| cuts.contains_key(signer));
        for (signer, cut) in cuts {
            if changed.contains(signer) || self.ends.get(signer).is_none_or(|end| end.cut != *cut) {
                self.ends.insert(*signer, End::new(*cut));
                changed.insert(*signer);
            }
        }
        changed.into_iter().collect()
    }

    /// Whether a record stands, as far as is known.
    #[must_use]
    pub fn stands(&self, id: &RecordId, signer: &PublicKey, seq: u64) -> bool {
        self.ends.get(signer).is_none_or(|end| end.leaves(id, seq))
    }

    /// Whether nothing more of this signer's can stand.
    #[must_use]
    pub fn is_over(&self, signer: &PublicKey) -> bool {
        self.ends.contains_key(signer)
    }

    /// Takes in a record that is here. Returns the records that are void by it, itself perhaps among them.
    pub fn place(&mut self, id: RecordId, signer: &PublicKey, place: Position) -> Vec<RecordId> {
        self.ends.get_mut(signer).map(|end| end.place(id, place)).unwrap_or_default()
    }

    /// Takes in many records at once. Returns those that are void, sorted.
    pub fn place_all(&mut self, roster: &Roster, records: impl IntoIterator<Item = Placed>) -> Vec<RecordId> {
        let mut void = Vec::new();
        for Placed { id, author, signer, scope, created, place } in records {
            if roster.author_allowed(&author, &signer, scope, created).is_err() {
                void.push(id);
            } else if let Some(end) = self.ends.get_mut(&signer) {
                end.held.insert(id, place);
            }
        }
        void.extend(self.ends.values_mut().flat_map(End::follow));
        void.sort_unstable();
        void.dedup();
        void
    }
}
