//! One node beyond its acts: the epochs it knows and the records that stand there, put together as an engine does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watchfire_keys::epoch::Header;
use watchfire_keys::hash::hash;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{CircleId, EpochId, MemberId, RecordId};
use watchfire_keys::labels::HASH_RECORD;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActLog, Keyring, Roster};
use watchfire_protocol::record::{Body, Chains, Ends, Placed, Position, Record, Unknown, VERSION};

/// Records by id.
pub type Records = BTreeMap<RecordId, Arc<Record>>;

/// A node.
#[derive(Clone)]
pub struct Node {
    pub log: ActLog,
    pub ring: Keyring,
    pub chains: Chains,
    pub ends: Ends,
    roster: Option<Arc<Roster>>,
    /// The records that stand here.
    pub here: Records,
}

/// What a record says does not matter here; the number tells it from others.
pub fn record(
    circle: CircleId,
    author: MemberId,
    signer: PublicKey,
    at: Position,
    created: UnixMillis,
    number: u64,
) -> (RecordId, Arc<Record>) {
    let body = Body::Unknown(Unknown::new(999, number.to_le_bytes().to_vec()).unwrap());
    let Position { seq, prev } = at;
    let record = Record { version: VERSION, circle, author, signer, seq, prev, created, body };
    let id = RecordId::from_bytes(hash(HASH_RECORD, &[circle.as_bytes(), &record.to_bytes()]));
    (id, Arc::new(record))
}

impl Node {
    pub fn new(log: ActLog, me: MemberId) -> Self {
        let ring = Keyring::new(*log.circle(), me);
        Self { log, ring, chains: Chains::new(), ends: Ends::new(), roster: None, here: Records::new() }
    }

    /// The log has grown: takes up headers that waited for it, and lets go of what is void now.
    pub fn follow(&mut self, now: UnixMillis) {
        if self.ring.set_aside_count() > 0 {
            self.ring.retry(&self.log, now);
            self.log.want(self.ring.waiting());
        }
        let Some(roster) = self.log.roster() else { return };
        if self.roster.as_ref() == Some(roster) {
            return;
        }
        let before = self.roster.replace(Arc::clone(roster));
        let changed = self.ends.follow(before.as_deref(), roster);
        let concerned = self.here.iter().filter(|(_, record)| changed.contains(&record.signer));
        let places = concerned.map(|(id, record)| Placed::of(*id, record));
        for void in self.ends.place_all(roster, places) {
            self.here.remove(&void);
        }
    }

    /// Takes in a record if it may stand. Returns whether it is a new one here.
    pub fn offer(&mut self, id: RecordId, record: &Arc<Record>) -> bool {
        let Some(roster) = self.log.roster() else { return false };
        let Placed { author, signer, scope, created, place, .. } = Placed::of(id, record);
        let allowed = roster.author_allowed(&author, &signer, scope, created).is_ok();
        if !allowed || self.here.contains_key(&id) || !self.ends.stands(&id, &signer, place.seq) {
            return false;
        }
        for void in self.ends.place(id, &signer, place) {
            self.here.remove(&void);
        }
        self.chains.place(id, record);
        self.here.insert(id, Arc::clone(record));
        true
    }

    pub fn header(&mut self, header: &Arc<Header>, now: UnixMillis) {
        let _ = self.ring.insert_header(Arc::clone(header), &self.log, now);
        self.log.want(self.ring.waiting());
    }

    /// Lets go of every own act without effect on which nothing stands.
    pub fn let_go(&mut self, now: UnixMillis) -> usize {
        let headers = self.ring.headers().map(|(_, header)| header.as_ref());
        self.log.let_go(headers.chain(self.ring.waiting()), 0, now).len()
    }

    /// The epochs under which this node would seal if it had their secrets, now or at another time.
    pub fn usable(&self) -> BTreeSet<EpochId> {
        let Some(roster) = self.log.roster() else { return BTreeSet::new() };
        let readers = roster.readers_digest();
        let headers = self.ring.headers().filter(|(_, header)| header.readers == readers);
        headers.map(|(id, _)| *id).collect()
    }
}
