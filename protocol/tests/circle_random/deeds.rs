//! What people publish and deal while the circle changes, honestly and not.

use std::sync::Arc;

use proptest::prelude::*;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::{PublicKey, SigningKey};
use watchfire_keys::ids::{EpochId, MemberId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{Cut, Roster, Turn, turn_order};
use watchfire_protocol::record::{Chain, Position, Record};

use crate::circle_support::node::record;
use crate::circle_support::*;
use crate::world::{NODES, World, pick, spare};

/// Something that is no act.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    /// When, from the beginning of the history to its end; the last ones when all have heard of one another.
    pub at: u8,
    pub what: u8,
    pub node: u8,
    pub a: u8,
    pub b: u8,
}

pub fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = (any::<u8>(), 0..24_u8, any::<u8>(), any::<u8>(), any::<u8>());
    let deed = deed.prop_map(|(at, what, node, a, b)| Deed { at, what, node, a, b });
    prop::collection::vec(deed, 0..=80)
}

/// What a node that knows a removal would have sealed under, and who must never open it.
pub struct Sealed {
    pub epoch: EpochId,
    pub out: Vec<MemberId>,
}

impl World {
    pub fn deed(&mut self, deed: Deed) {
        let node = pick(deed.node, NODES);
        match deed.what {
            0..=5 => self.publish(node, deed),
            6..=13 => self.misplace(node, deed),
            14..=16 => self.deal(node, deed),
            17..=20 => self.misdeal(node, deed),
            _ => self.seal(node),
        }
    }

    /// The ends of a member's records as an act names them: what this node has, or not.
    pub fn cuts(&self, node: usize, whom: &Person, b: u8) -> Vec<Cut> {
        let node = &self.nodes[node];
        let named = |signer: PublicKey| {
            let known = node.chains.get(&signer).and_then(Chain::standing_end);
            let of = |record: &&(RecordId, Arc<Record>)| record.1.signer == signer;
            let any: Vec<_> = self.records.iter().filter(of).collect();
            let last = match b % 8 {
                // Some record of the key, known here or not; one that nobody has; none.
                5 if !any.is_empty() => {
                    let (id, record) = any[pick(b / 8, any.len())];
                    Some((record.seq, *id))
                }
                6 => Some((u64::from(b / 32), RecordId::from_bytes([b; 32]))),
                7 => None,
                _ => known,
            };
            Cut { signer, last }
        };
        let roster = node.log.roster().unwrap();
        let mut signers = roster.signers(&whom.member);
        match b % 4 {
            // Its own node fills them all in; one may be left out.
            0 => return Vec::new(),
            1 => signers.truncate(1),
            _ => {}
        }
        signers.into_iter().map(named).collect()
    }

    /// Where a revocation ends a key's records.
    pub fn last(&self, node: usize, key: &PublicKey, b: u8) -> Option<(u64, RecordId)> {
        let known = self.nodes[node].chains.get(key).and_then(Chain::standing_end);
        match b % 8 {
            0 => None,
            1 => Some((u64::from(b / 32), RecordId::from_bytes([b; 32]))),
            _ => known,
        }
    }

    /// Its keys for what it publishes: those on its card, and one that it may have delegated.
    fn signer(by: &Person, b: u8) -> PublicKey {
        if b % 4 == 3 { spare().keys[pick(b / 4, 12)].public() } else { by.identity.publisher.public() }
    }

    fn send(&mut self, node: usize, by: &Person, signer: PublicKey, at: Position, created: UnixMillis) {
        let number = self.records.len() as u64;
        let circle = *self.nodes[0].log.circle();
        let (id, record) = record(circle, by.member, signer, at, created, number);
        // What nobody here takes may be taken elsewhere.
        self.nodes[node].offer(id, &record);
        self.records.push((id, record));
    }

    /// Mostly one who is in, or was, by what a node knows; now and then anybody.
    fn somebody(&self, node: usize, index: u8) -> &'static Person {
        let roster = self.nodes[node].log.roster().unwrap();
        let known: Vec<_> = roster.former.keys().chain(roster.members.keys()).collect();
        let chosen = known[pick(index / 4, known.len())];
        let mut found =
            self.everybody().filter(|person| !index.is_multiple_of(4) && person.member == *chosen);
        found.next().unwrap_or_else(|| self.anybody(index))
    }

    /// A member publishes what comes next by what its node knows: two nodes of one member may fork a chain.
    fn publish(&mut self, node: usize, deed: Deed) {
        let by = self.somebody(node, deed.a);
        let roster = self.nodes[node].log.roster().unwrap();
        let delegated = roster.member(&by.member).and_then(|entry| entry.key_for(Scopes::PUBLISH, self.now));
        let signer = match delegated {
            Some(key) if deed.b % 4 == 3 => key,
            _ => by.identity.publisher.public(),
        };
        let at = self.nodes[node].chains.next(&signer).unwrap();
        self.send(node, by, signer, at, self.now);
    }

    /// Whoever has a key signs with it whatever it likes, whenever it is asked not to.
    fn misplace(&mut self, node: usize, deed: Deed) {
        let by = self.somebody(node, deed.a);
        let signer = Self::signer(by, deed.b);
        let of = |record: &&(RecordId, Arc<Record>)| record.1.signer == signer;
        let signed: Vec<&(RecordId, Arc<Record>)> = self.records.iter().filter(of).collect();
        let old = (!signed.is_empty()).then(|| {
            let (id, record) = signed[pick(deed.b / 8, signed.len())];
            (*id, Arc::clone(record))
        });
        let (at, created) = match (deed.what, old) {
            // Beside one of its records, dated like it.
            (6 | 7, Some((_, old))) => (Position { seq: old.seq, prev: old.prev }, old.created),
            // Behind one of them, dated back.
            (8 | 9, Some((id, old))) => (Position { seq: old.seq + 1, prev: Some(id) }, old.created),
            // Beyond a gap.
            (10, Some((id, old))) => (Position { seq: old.seq + 3, prev: Some(id) }, self.now),
            // In another one's name.
            (11, Some((id, old))) => {
                let at = Position { seq: old.seq + 1, prev: Some(id) };
                return self.send(node, self.somebody(node, deed.b), signer, at, self.now);
            }
            // Once more from the beginning, from before the circle was, or after the key's time.
            (12, _) => (Position::FIRST, UnixMillis(0)),
            (13, _) => (Position::FIRST, after(3_000 * DAY_MS)),
            _ => (Position::FIRST, self.now),
        };
        self.send(node, by, signer, at, created);
    }

    fn offer_header(&mut self, node: usize, deal: Deal, key: &SigningKey) {
        let secret = EpochSecret::from_bytes(&[self.headers.len() as u8; 32]);
        if let Ok(header) = Header::deal(deal, &secret, key) {
            let header = Arc::new(header);
            self.nodes[node].header(&header, self.now);
            self.headers.push((header, secret));
        }
    }

    /// What a steward would deal for this roster in its own turn, or anybody else out of turn.
    fn proper(roster: &Roster, by: &Person, round: u32, created: UnixMillis) -> Deal {
        let order = turn_order(&roster.frontier, roster);
        let rank = order.iter().position(|member| *member == by.member).unwrap_or(0);
        let turn = Turn { round, rank: rank as u32 }.number(order.len() as u32);
        Deal {
            circle: roster.circle,
            frontier: roster.frontier.clone(),
            readers: roster.readers_digest(),
            created,
            seal_until: created.saturating_add(roster.rules.seal_ms),
            turn: turn.unwrap_or(0),
            dealer: by.member,
        }
    }

    fn deal(&mut self, node: usize, deed: Deed) {
        let stewards = self.stewards(node);
        if stewards.is_empty() {
            return;
        }
        let by = stewards[pick(deed.a, stewards.len())];
        let roster = Arc::clone(self.nodes[node].log.roster().unwrap());
        let deal = Self::proper(&roster, by, u32::from(deed.b % 3), self.now);
        self.offer_header(node, deal, &by.identity.steward);
    }

    /// A steward of some time, or none ever, deals what nobody asked for.
    fn misdeal(&mut self, node: usize, deed: Deed) {
        let by = self.somebody(node, deed.a);
        let log = &self.nodes[node].log;
        let today = Arc::clone(log.roster().unwrap());
        let acts: Vec<_> = log.acts().map(|(id, act)| (*id, act.act.created)).collect();
        let (old, dated) = acts.get(pick(deed.b, acts.len())).copied().unwrap_or((log.root(), DAY));
        let past = log.roster_at(&[old]).unwrap_or_else(|| Arc::clone(&today));
        // As it was right then, by one who may have gone since.
        let mut deal = Self::proper(&past, by, u32::from(deed.b % 2), dated);
        match deed.what {
            17 => deal.created = self.now,
            // For those who read today, at a frontier of old; for those of old, today.
            18 => deal.readers = today.readers_digest(),
            19 => {
                let readers = deal.readers;
                deal = Self::proper(&today, by, 0, self.now);
                match deed.b % 8 {
                    0..=3 => deal.readers = readers,
                    4 => deal.turn += 1,
                    5 => deal.seal_until = deal.seal_until.saturating_add(1),
                    6 => deal.frontier.push(log.root()),
                    _ => deal.turn += 9_000,
                }
            }
            // Another one for the same turn.
            _ => {
                let Some((header, _)) = self.headers.get(pick(deed.b, self.headers.len())) else { return };
                let Some(by) = self.everybody().find(|person| person.member == header.dealer) else { return };
                let deal = Deal {
                    circle: header.circle,
                    frontier: header.frontier.clone(),
                    readers: header.readers,
                    created: header.created,
                    seal_until: header.seal_until,
                    turn: header.turn,
                    dealer: header.dealer,
                };
                return self.offer_header(node, deal, &by.identity.steward);
            }
        }
        self.offer_header(node, deal, &by.identity.steward);
    }

    /// What a node may seal under now is for nobody who is out by what it knows.
    fn seal(&mut self, node: usize) {
        let Self { nodes, sealed, .. } = self;
        let node = &nodes[node];
        let roster = node.log.roster().unwrap();
        let out: Vec<MemberId> = roster.former.keys().copied().collect();
        sealed.extend(node.usable().into_iter().map(|epoch| Sealed { epoch, out: out.clone() }));
    }
}
