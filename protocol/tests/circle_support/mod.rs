//! Members, founded circles and short ways to act in them.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

pub mod node;
pub mod orders;
pub mod vectors;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use watchfire_keys::card::Card;
use watchfire_keys::identity::{Identity, PublicKey, SigningKey};
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::sealing::SealingPublic;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    Act, ActBody, ActLog, Approval, Charter, CircleRules, Cut, Decision, Draft, Inserted, Item, KeyState,
    MemberState, Role, Roster, SignedAct, SignedApproval,
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
    pub keys: BTreeMap<MemberId, (SealingPublic, BTreeMap<PublicKey, KeyState>)>,
    pub former: BTreeMap<MemberId, (MemberState, ActId, Option<MemberId>)>,
    pub cuts: BTreeMap<PublicKey, Cut>,
    pub rules: CircleRules,
    pub frontier: Vec<ActId>,
    pub readers: [u8; 32],
}

pub fn outcome(roster: &Arc<Roster>) -> Outcome {
    let members = roster.members.iter();
    Outcome {
        circle: roster.circle,
        members: members
            .clone()
            .map(|(id, entry)| (*id, (entry.name.clone(), entry.side.clone(), entry.role, entry.act)))
            .collect(),
        keys: members.map(|(id, entry)| (*id, (entry.sealing.clone(), entry.keys.clone()))).collect(),
        former: roster
            .former
            .iter()
            .map(|(id, former)| (*id, (former.entry.state, former.act, former.successor)))
            .collect(),
        cuts: roster.cuts.clone(),
        rules: roster.rules,
        frontier: roster.frontier.clone(),
        readers: roster.readers_digest(),
    }
}

/// Every node hears what every other one has, until nothing is new.
pub fn heal(logs: &mut [&mut ActLog], at: UnixMillis) {
    for _ in 0..2 {
        let items: Vec<Item> = logs.iter().flat_map(|log| log.items()).collect();
        for log in logs.iter_mut() {
            for item in &items {
                log.insert(item.clone(), at).unwrap();
            }
        }
    }
    let first = outcome(logs[0].roster().unwrap());
    assert!(logs.iter().all(|log| outcome(log.roster().unwrap()) == first), "nodes disagree");
}

pub fn remove(whom: &Person) -> ActBody {
    ActBody::Remove { member: whom.member, cuts: Vec::new() }
}

pub fn set_role(whom: &Person, role: Role) -> ActBody {
    ActBody::SetRole { member: whom.member, role, cuts: Vec::new() }
}

pub fn is_in(log: &ActLog, whom: &Person) -> bool {
    log.roster().unwrap().is_member(&whom.member)
}

/// One of a member's own acts, signed and in the log.
pub fn own(log: &mut ActLog, by: &Person, body: ActBody, at: UnixMillis) -> ActId {
    let act = log.propose_own(by.member, &by.identity.organisation, body, at).unwrap();
    let id = act.id();
    assert!(fresh(put(log, act, at)));
    id
}

/// An act that its author's own node would let nobody sign.
pub fn forged(
    log: &ActLog,
    by: &Person,
    key: &SigningKey,
    parents: Vec<ActId>,
    body: ActBody,
    at: UnixMillis,
) -> SignedAct {
    let act = Act {
        version: 1,
        circle: *log.circle(),
        parents,
        author: by.member,
        signer: key.public(),
        created: at,
        reason: String::new(),
        body,
    };
    act.sign(key)
}

/// An approval likewise, in the knowledge of `frontier` only.
pub fn forged_yes(
    log: &ActLog,
    by: &Person,
    act: ActId,
    frontier: Vec<ActId>,
    at: UnixMillis,
) -> SignedApproval {
    let approval = Approval {
        version: 1,
        circle: *log.circle(),
        act,
        approver: by.member,
        signer: by.identity.steward.public(),
        frontier,
        created: at,
        decision: Decision::Approve,
    };
    approval.sign(&by.identity.steward)
}
