//! A few nodes that act, hear one another or do not, and forge: histories to try the rules on.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::epoch::{EpochSecret, Header};
use watchfire_keys::identity::{Identity, SigningKey};
use watchfire_keys::ids::RecordId;
use watchfire_keys::sealing::{SealingKey, SealingPublic};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, CircleRules, Consent, Decision, Item, Role, SignedAct};

use watchfire_protocol::record::Record;

use crate::circle_support::node::Node;
use crate::circle_support::orders::all_items;
use crate::circle_support::*;
use crate::deeds::{Deed, Sealed};

/// Founders of two or three sides, some with a second steward.
pub const FOUNDERS: usize = 5;
/// Everybody who may ever be in it.
pub const PEOPLE: usize = 14;
/// Who hears together: one node stands for everybody who is there.
pub const NODES: usize = 4;

/// One thing that happens at one node.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub what: u8,
    pub node: u8,
    pub a: u8,
    pub b: u8,
}

pub fn ops(most: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Op>> {
    let op = (0..120_u8, any::<u8>(), any::<u8>(), any::<u8>());
    prop::collection::vec(op.prop_map(|(what, node, a, b)| Op { what, node, a, b }), most)
}

pub fn pick(index: u8, from: usize) -> usize {
    usize::from(index) % from.max(1)
}

/// Keys that take a while to make, made once.
pub struct Spare {
    pub keys: Vec<SigningKey>,
    pub sealing: Vec<SealingPublic>,
    /// For each person the same organisation under new keys.
    pub anew: Vec<Person>,
}

pub fn spare() -> &'static Spare {
    static SPARE: std::sync::OnceLock<Spare> = std::sync::OnceLock::new();
    SPARE.get_or_init(|| Spare {
        keys: (0..12).map(|n| SigningKey::generate(&mut rng(7_000 + n))).collect(),
        sealing: (0..12).map(|n| SealingKey::generate(&mut rng(8_000 + n)).public()).collect(),
        anew: (0..36)
            .map(|n| {
                let (old, identity) = (person(n), Identity::generate(&mut rng(9_000 + n as u64)));
                let mut anew = Person { card: old.card.clone(), member: identity.member(), identity };
                anew.card = anew.card(old.card.name.as_str(), old.card.side.as_str());
                anew
            })
            .collect(),
    })
}

pub struct World {
    sides: usize,
    pub nodes: Vec<Node>,
    pub forged: Vec<Item>,
    /// Everything that anybody published, and every epoch that anybody dealt.
    pub records: Vec<(RecordId, Arc<Record>)>,
    pub headers: Vec<(Arc<Header>, EpochSecret)>,
    /// What nodes would have sealed under on the way.
    pub sealed: Vec<Sealed>,
    pub now: UnixMillis,
    /// While the first half of the nodes hears nothing of the second.
    cut: bool,
}

impl World {
    pub fn new(sides: usize) -> Self {
        let founders: Vec<&Person> = (0..FOUNDERS).map(|n| Self::who(sides, n)).collect();
        let log = founded(&founders);
        let node = Node::new(log, founders[0].member);
        Self {
            sides,
            nodes: vec![node; NODES],
            forged: Vec::new(),
            records: Vec::new(),
            headers: Vec::new(),
            sealed: Vec::new(),
            now: after(HOUR),
            cut: false,
        }
    }

    /// The number of one of the people of the first so many sides.
    fn number(sides: usize, number: usize) -> usize {
        if sides == 3 { number } else { number / 2 * 3 + [0, 2][number % 2] }
    }

    fn who(sides: usize, number: usize) -> &'static Person {
        person(Self::number(sides, number))
    }

    pub fn anybody(&self, index: u8) -> &'static Person {
        let number = Self::number(self.sides, pick(index, PEOPLE));
        // Now and then under its new keys.
        if index % 5 == 4 { &spare().anew[number] } else { person(number) }
    }

    pub fn everybody(&self) -> impl Iterator<Item = &'static Person> {
        (0..=u8::MAX).map(|n| self.anybody(n))
    }

    pub fn stewards(&self, node: usize) -> Vec<&'static Person> {
        let people: BTreeMap<_, _> = self.everybody().map(|person| (person.member, person)).collect();
        let roster = self.nodes[node].log.roster().unwrap();
        roster.stewards().filter_map(|entry| people.get(&entry.member).copied()).collect()
    }

    /// A whole life: what is decided, and what is published and dealt meanwhile.
    pub fn live(&mut self, ops: &[Op], deeds: &[Deed]) {
        let (last, first): (Vec<&Deed>, Vec<&Deed>) = deeds.iter().partition(|deed| deed.at >= 208);
        for (number, op) in ops.iter().enumerate() {
            self.apply(*op);
            for deed in first.iter().filter(|deed| usize::from(deed.at) * ops.len() / 208 == number) {
                self.deed(**deed);
            }
        }
        if ops.len().is_multiple_of(4) {
            for node in 1..NODES {
                self.sync(node, 0, 0);
            }
            for node in 1..NODES {
                self.sync(0, node, 0);
            }
        }
        for deed in last {
            self.deed(*deed);
        }
    }

    fn apply(&mut self, op: Op) {
        let node = pick(op.node, NODES);
        self.act(node, op);
        for node in &mut self.nodes {
            node.follow(self.now);
        }
    }

    fn act(&mut self, node: usize, op: Op) {
        match op.what {
            0..=11 => self.propose(node, op, |world, op| world.addition(op)),
            12..=19 => self.propose(node, op, |world, op| {
                let whom = world.anybody(op.a);
                Some(ActBody::Remove { member: whom.member, cuts: world.cuts(node, whom, op.b) })
            }),
            20..=24 => self.propose(node, op, |world, op| {
                let (whom, role) = (world.anybody(op.a), Role::ALL[pick(op.b, 3)]);
                let cuts = if role == Role::Observer { world.cuts(node, whom, op.b / 3) } else { Vec::new() };
                Some(ActBody::SetRole { member: whom.member, role, cuts })
            }),
            25..=27 => self.propose(node, op, |world, op| world.rules(op)),
            28..=35 => self.own(node, op),
            36..=37 => self.seat(node, op),
            38..=39 => self.propose(node, op, |world, op| {
                let number = Self::number(world.sides, pick(op.a, PEOPLE));
                let card = Box::new(spare().anew[number].card.clone());
                let cuts = world.cuts(node, person(number), op.b);
                Some(ActBody::Rebind { member: person(number).member, card, cuts })
            }),
            40..=74 => self.decide(node, op),
            75..=94 => {
                let other = pick(op.a, NODES);
                let half = |node: usize| node < NODES / 2;
                if !self.cut || half(node) == half(other) {
                    self.sync(node, other, op.b);
                    self.sync(other, node, op.b.rotate_left(3));
                }
            }
            95..=97 => self.cut = !self.cut,
            98..=102 => self.now = self.now.saturating_add(u64::from(op.a) * HOUR / 4),
            103..=104 => self.propose(node, op, |_, _| Some(ActBody::Tie)),
            _ => self.forge(node, op),
        }
    }

    fn addition(&self, op: Op) -> Option<ActBody> {
        let whom = self.anybody(op.a);
        let card = match op.b % 16 {
            // The same member under another name; a member under somebody else's name.
            13 => whom.card("Other name", whom.card.side.as_str()),
            14 => {
                let name = self.anybody(op.a.wrapping_add(7)).card.name.as_str();
                whom.card(name, whom.card.side.as_str())
            }
            _ => whom.card.clone(),
        };
        let role = if op.b.is_multiple_of(3) { Role::Publisher } else { Role::Steward };
        Some(ActBody::Add { card: Box::new(card), role })
    }

    fn rules(&self, op: Op) -> Option<ActBody> {
        let base = CircleRules::for_sides(self.sides);
        let retention_ms = (100 + u64::from(op.a % 4)) * DAY_MS;
        let consent = Consent { stewards: 1 + u16::from(op.b.is_multiple_of(8)), ..base.consent };
        Some(ActBody::SetRules { rules: CircleRules { retention_ms, consent, ..base } })
    }

    fn propose(&mut self, node: usize, op: Op, body: impl Fn(&Self, Op) -> Option<ActBody>) {
        let stewards = self.stewards(node);
        if stewards.is_empty() {
            return;
        }
        let by = stewards[pick(op.node / 4, stewards.len())];
        let Some(body) = body(self, op) else { return };
        let log = &mut self.nodes[node].log;
        if let Ok(act) = log.propose(by.member, &by.identity.steward, body, "", self.now) {
            put(log, act, self.now).unwrap();
        }
    }

    fn own_body(&self, node: usize, op: Op, number: u32, by: &Person) -> ActBody {
        let key = spare().keys[pick(op.b, 12)].public();
        let scopes = [Scopes::PUBLISH, Scopes::STEWARD, Scopes::DAEMON][pick(op.b, 3)];
        match op.a % 8 {
            0..=2 => {
                // A key that it has for longer, for less, or for something else.
                let key = if op.b % 16 == 15 { by.identity.publisher.public() } else { key };
                let scopes = if op.b >= 128 { Scopes::PUBLISH } else { scopes };
                let from = if op.b % 8 < 4 { DAY } else { self.now };
                let until = after(if op.b % 8 == 7 { 3 } else { 700 } * DAY_MS);
                let delegation = Delegation::sign(&by.identity.organisation, key, scopes, from, until);
                ActBody::Delegate { number, delegation }
            }
            3..=4 => {
                let own = &by.identity;
                let keys = [key, own.publisher.public(), own.steward.public(), own.daemon.public()];
                let key = keys[pick(op.b, 4)];
                ActBody::Revoke { number, key, last: self.last(node, &key, op.b / 4) }
            }
            5 | 6 => ActBody::Rotate { number, sealing: spare().sealing[pick(op.b, 12)].clone() },
            _ => ActBody::Leave { number, cuts: self.cuts(node, by, op.b) },
        }
    }

    fn own(&mut self, node: usize, op: Op) {
        let by = self.anybody(op.node / 4);
        let body = self.own_body(node, op, self.nodes[node].log.next_number(&by.member), by);
        let log = &mut self.nodes[node].log;
        if let Ok(act) = log.propose_own(by.member, &by.identity.organisation, body, self.now) {
            let _ = put(log, act, self.now);
        }
    }

    fn seat(&mut self, node: usize, op: Op) {
        let founder = Self::who(self.sides, pick(op.node / 4, FOUNDERS));
        let new = self.anybody(op.a);
        let old = self.anybody(op.b);
        let removes = op.b.is_multiple_of(2).then_some(old.member);
        let cuts = if removes.is_some() { self.cuts(node, old, op.a) } else { Vec::new() };
        let log = &mut self.nodes[node].log;
        let seat = log.propose_seat(
            &founder.card.side,
            &founder.identity.recovery,
            new.card.clone(),
            removes,
            cuts,
            "",
            self.now,
        );
        if let Ok(act) = seat {
            put(log, act, self.now).unwrap();
        }
    }

    fn decide(&mut self, node: usize, op: Op) {
        let stewards = self.stewards(node);
        if stewards.is_empty() {
            return;
        }
        let by = stewards[pick(op.node / 4, stewards.len())];
        let log = &mut self.nodes[node].log;
        let mut acts: Vec<_> = log.pending(self.now).iter().map(|pending| pending.act).collect();
        // What lost its effect can be confirmed.
        let voided = |id: &_| log.act_state(id, self.now).is_some_and(|state| state.as_str() == "voided");
        acts.extend(log.acts().map(|(id, _)| *id).filter(voided));
        if acts.is_empty() {
            return;
        }
        let act = acts[pick(op.a, acts.len())];
        let decision = if op.b.is_multiple_of(16) { Decision::Refuse } else { Decision::Approve };
        let key = &by.identity.steward;
        if let Ok(approval) = log.approve_anyway(&act, by.member, key, decision, self.now) {
            put(log, approval, self.now).unwrap();
        }
    }

    /// `to` hears what `from` has: all of it, a first part, only acts or only approvals.
    fn sync(&mut self, from: usize, to: usize, part: u8) {
        let items: Vec<Item> = self.nodes[from].log.items().collect();
        let most = if part % 8 == 1 { usize::from(part) % items.len().max(1) } else { items.len() };
        let skip = |item: &Item| match part % 16 {
            2 => matches!(item, Item::Act(_)),
            3 => matches!(item, Item::Approval(_)),
            _ => false,
        };
        for item in items.into_iter().take(most).filter(|item| !skip(item)) {
            let _ = self.nodes[to].log.insert_trusted(item, self.now);
        }
        let headers: Vec<_> = self.nodes[from].ring.headers().map(|(_, header)| Arc::clone(header)).collect();
        let records = self.nodes[from].here.clone();
        let node = &mut self.nodes[to];
        node.follow(self.now);
        for header in headers.iter().filter(|_| part % 8 != 5) {
            node.header(header, self.now);
        }
        for (id, record) in records.iter().filter(|_| part % 8 != 6) {
            node.offer(*id, record);
        }
    }

    /// Items that an insider could send and that must change nothing, or nothing that was not agreed to.
    fn forge(&mut self, node: usize, op: Op) {
        let log = &self.nodes[node].log;
        let acts: Vec<SignedAct> = log.acts().map(|(_, act)| act.clone()).collect();
        let by = self.anybody(op.node / 4);
        let key = &by.identity.steward;
        let root = vec![log.root()];
        let heads: Vec<_> = log.heads().copied().collect();
        let act = acts.get(pick(op.a, acts.len())).cloned();
        let other = acts.get(pick(op.b, acts.len())).map_or(log.root(), SignedAct::id);
        let item: Option<Item> = match op.b % 12 {
            // A yes dated back to what it knew first, or standing on any one act; another's yes; another key.
            0 => act.map(|act| forged_yes(log, by, act.id(), root, act.act.created).into()),
            1 => act
                .filter(|act| act.id() != other)
                .map(|act| forged_yes(log, by, act.id(), vec![other], self.now).into()),
            2 => act.map(|act| {
                let mut yes = forged_yes(log, by, act.id(), root, self.now);
                yes.approval.approver = self.anybody(op.a).member;
                yes.into()
            }),
            // An act dated back, on one parent only, or on all.
            3 | 4 => act.map(|act| forged(log, by, key, root, act.act.body, act.act.created).into()),
            5 => act.map(|act| forged(log, by, key, vec![other], act.act.body, self.now).into()),
            6 => act.map(|act| forged(log, by, key, heads, act.act.body, self.now).into()),
            // Two own acts for one number, on anything.
            7..=9 => {
                let number = u32::from(op.a % 3) + 1;
                let body = self.own_body(node, Op { a: op.a / 3, ..op }, number, by);
                let parents = if op.b.is_multiple_of(2) { vec![other] } else { heads };
                Some(forged(log, by, &by.identity.organisation, parents, body, self.now).into())
            }
            // Removals that contradict one another, dated back.
            10 => Some(forged(log, by, key, root, remove(self.anybody(op.a)), after(HOUR)).into()),
            _ => act.map(|act| {
                let mut broken = act;
                broken.act.reason.push('!');
                broken.into()
            }),
        };
        if let Some(item) = item {
            // A node that does not check passes it on.
            let _ = self.nodes[node].log.insert(item.clone(), self.now);
            self.forged.push(item);
        }
    }

    /// Everything that anybody has or sent.
    pub fn items(&self) -> Vec<Item> {
        all_items(self.nodes.iter().map(|node| &node.log), &self.forged)
    }
}
