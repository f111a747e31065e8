//! Members, founded circles and short ways to act in them.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use watchfire_keys::card::Card;
use watchfire_keys::identity::Identity;
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    ActBody, ActLog, Charter, Decision, Draft, Inserted, Item, Role, Roster, SignedAct, SignedApproval,
};
use watchfire_protocol::rules::Rule;

/// The day on which everything here happens: 2026-09-01T00:00:00Z.
pub const DAY: UnixMillis = UnixMillis(1_788_220_800_000);
pub const MINUTE: u64 = 60 * 1000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY_MS: u64 = 24 * HOUR;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A member with all its keys.
pub struct Person {
    pub identity: Identity,
    pub card: Card,
    pub member: MemberId,
}

impl Person {
    pub fn new(seed: u64, name: &str, side: &str) -> Self {
        let identity = Identity::generate(&mut rng(seed));
        let card = Card::sign(&identity, Name::parse(name).unwrap(), Side::parse(side).unwrap(), DAY);
        Self { member: identity.member(), identity, card }
    }

    /// The same keys under another name, side or date.
    pub fn card(&self, name: &str, side: &str) -> Card {
        Card::sign(&self.identity, Name::parse(name).unwrap(), Side::parse(side).unwrap(), DAY)
    }

    pub fn add(&self, role: Role) -> ActBody {
        ActBody::Add { card: Box::new(self.card.clone()), role }
    }
}

pub const SIDES: [&str; 3] = ["democratic", "nonpartisan", "republican"];

/// Thirty-six people, made once: number `n` is of side `n mod 3`.
pub fn person(number: usize) -> &'static Person {
    static PEOPLE: OnceLock<Vec<Person>> = OnceLock::new();
    &PEOPLE.get_or_init(|| {
        (0..36).map(|n| Person::new(n as u64, &format!("Campaign {n}"), SIDES[n % SIDES.len()])).collect()
    })[number]
}

pub fn charter(founders: &[&Person]) -> Charter {
    let cards = founders.iter().map(|person| person.card.clone()).collect();
    Charter::new(Name::parse("Swing state").unwrap(), cards, [7; 32], DAY).unwrap()
}

pub fn draft(founders: &[&Person]) -> Draft {
    let mut draft = Draft::new(charter(founders));
    for founder in founders {
        draft.sign(founder.member, &founder.identity.steward).unwrap();
    }
    draft
}

/// A log that holds the founding.
pub fn founded(founders: &[&Person]) -> ActLog {
    let draft = draft(founders);
    let mut log = ActLog::new(draft.circle());
    log.insert(draft.into(), DAY).unwrap();
    log
}

pub fn side(name: &str) -> Side {
    Side::parse(name).unwrap()
}

pub fn fresh(result: Result<Inserted, Rule>) -> bool {
    matches!(result, Ok(Inserted::Fresh { .. }))
}

pub fn after(ms: u64) -> UnixMillis {
    DAY.saturating_add(ms)
}

pub fn propose(log: &ActLog, by: &Person, body: ActBody, at: UnixMillis) -> SignedAct {
    log.propose(by.member, &by.identity.steward, body, "", at).unwrap()
}

pub fn decide(log: &ActLog, by: &Person, act: &ActId, decision: Decision, at: UnixMillis) -> SignedApproval {
    log.approve(act, by.member, &by.identity.steward, decision, at).unwrap()
}

pub fn put(log: &mut ActLog, item: impl Into<Item>, at: UnixMillis) -> Result<Inserted, Rule> {
    log.insert(item.into(), at)
}

/// Proposes and lets every one of `approvers` approve.
pub fn add(log: &mut ActLog, by: &Person, approvers: &[&Person], body: ActBody, at: UnixMillis) -> ActId {
    let act = propose(log, by, body, at);
    let id = act.id();
    put(log, act, at).unwrap();
    for approver in approvers {
        let approval = decide(log, approver, &id, Decision::Approve, at);
        put(log, approval, at).unwrap();
    }
    id
}

/// What two nodes must agree on.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub circle: CircleId,
    pub members: BTreeMap<MemberId, (Name, Side, Role, ActId)>,
    pub frontier: Vec<ActId>,
    pub readers: [u8; 32],
}

pub fn outcome(roster: &Arc<Roster>) -> Outcome {
    Outcome {
        circle: roster.circle,
        members: roster
            .members
            .iter()
            .map(|(id, entry)| (*id, (entry.name.clone(), entry.side.clone(), entry.role, entry.act)))
            .collect(),
        frontier: roster.frontier.clone(),
        readers: roster.readers_digest(),
    }
}
