//! One node beyond its acts: the epochs it knows and the records that stand there, put together as an engine does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watchfire_keys::epoch::Header;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{EpochId, MemberId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActLog, Keyring};
use watchfire_protocol::record::{Chains, Ends, Position, Record};

/// Records by id.
pub type Records = BTreeMap<RecordId, Arc<Record>>;

#[derive(Clone)]
pub struct Node {
    pub log: ActLog,
    pub ring: Keyring,
    pub chains: Chains,
    pub ends: Ends,
    /// The records that stand here.
    pub here: Records,
}

pub const fn position(record: &Record) -> Position {
    Position { seq: record.seq, prev: record.prev }
}

impl Node {
    pub fn new(log: ActLog, me: MemberId) -> Self {
        let ring = Keyring::new(*log.circle(), me);
        Self { log, ring, chains: Chains::new(), ends: Ends::new(), here: Records::new() }
    }

    /// The log has grown: takes up headers that waited for it, and lets go of what is void now.
    pub fn follow(&mut self, now: UnixMillis) {
        if self.ring.set_aside_count() > 0 {
            self.ring.retry(&self.log, now);
        }
        let Some(roster) = self.log.roster() else { return };
        let changed = self.ends.set_cuts(&roster.cuts);
        if changed.is_empty() {
            return;
        }
        let changed: BTreeSet<PublicKey> = changed.into_iter().map(|cut| cut.signer).collect();
        let concerned = self.here.iter().filter(|(_, record)| changed.contains(&record.signer));
        let places = concerned.map(|(id, record)| (*id, record.signer, position(record)));
        for void in self.ends.place_all(places.collect::<Vec<_>>()) {
            self.here.remove(&void);
        }
    }

    /// Takes in a record if it may stand. Returns whether it is a new one here.
    pub fn offer(&mut self, id: RecordId, record: &Arc<Record>) -> bool {
        let Some(roster) = self.log.roster() else { return false };
        let Record { author, signer, seq, created, .. } = **record;
        let allowed = roster.author_allowed(&author, &signer, record.body.scope(), created).is_ok();
        if !allowed || self.here.contains_key(&id) || !self.ends.stands(&id, &signer, seq) {
            return false;
        }
        for void in self.ends.place(id, &signer, position(record)) {
            self.here.remove(&void);
        }
        self.chains.place(id, record);
        self.here.insert(id, Arc::clone(record));
        true
    }

    pub fn header(&mut self, header: &Arc<Header>, now: UnixMillis) {
        let _ = self.ring.insert_header(Arc::clone(header), &self.log, now);
    }

    /// The epochs under which this node would seal if it had their secrets, now or at another time.
    pub fn usable(&self) -> BTreeSet<EpochId> {
        let Some(roster) = self.log.roster() else { return BTreeSet::new() };
        let readers = roster.readers_digest();
        let headers = self.ring.headers().filter(|(_, header)| header.readers == readers);
        headers.map(|(id, _)| *id).collect()
    }
}
