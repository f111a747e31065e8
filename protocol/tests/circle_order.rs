//! Whatever order items arrive in, every node ends with the same circle; and with the one that the rules, written down
//! a second time and as simply as can be, say.
#![allow(clippy::unwrap_used)]

mod circle_support;

use std::collections::{BTreeMap, BTreeSet};

use circle_support::orders::{all_items, cases, copied, shuffled};
use circle_support::*;
use proptest::prelude::*;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    Act, ActBody, ActLog, ActState, Approval, Charter, Decision, Item, Role, SignedAct, SignedApproval,
};

/// Founders of two or three sides, some with a second steward.
const FOUNDERS: usize = 5;
/// Everybody who may ever be in it.
const PEOPLE: usize = 16;

/// One thing that happens at one node.
#[derive(Clone, Copy, Debug)]
struct Op {
    what: u8,
    node: u8,
    a: u8,
    b: u8,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = (0..20_u8, any::<u8>(), any::<u8>(), any::<u8>());
    prop::collection::vec(op.prop_map(|(what, node, a, b)| Op { what, node, a, b }), 20..160)
}

fn pick(index: u8, from: usize) -> usize {
    usize::from(index) % from.max(1)
}

/// Nodes of all the people, each with what it has heard so far.
struct World {
    sides: usize,
    logs: Vec<ActLog>,
    forged: Vec<Item>,
    now: UnixMillis,
}

impl World {
    fn new(sides: usize) -> Self {
        let founders: Vec<&Person> = (0..FOUNDERS).map(|n| Self::who(sides, n)).collect();
        let log = founded(&founders);
        Self { sides, logs: vec![log; PEOPLE], forged: Vec::new(), now: after(HOUR) }
    }

    /// The people of the first so many sides.
    fn who(sides: usize, number: usize) -> &'static Person {
        person(if sides == 3 { number } else { number / 2 * 3 + [0, 2][number % 2] })
    }

    fn person(&self, number: usize) -> &'static Person {
        Self::who(self.sides, number)
    }

    fn apply(&mut self, op: Op) {
        let stewards: Vec<usize> = (0..PEOPLE).filter(|node| self.is_steward(*node)).collect();
        let node = stewards[pick(op.node, stewards.len())];
        match op.what {
            // One who floods, now and then, so that its bound is reached.
            0 if op.b % 8 == 7 => self.flood(node, op.a),
            0..=3 => self.propose(node, op),
            4..=10 => self.decide(node, op),
            11..=15 => {
                let other = stewards[pick(op.a, stewards.len())];
                self.sync(node, other, usize::from(op.b));
                self.sync(other, node, usize::from(op.b / 2));
            }
            16 => self.now = self.now.saturating_add(u64::from(op.a) * HOUR / 4),
            _ => self.forge(node, op),
        }
    }

    /// Whether anybody holds this one for a steward; its node hears of it from there.
    fn is_steward(&mut self, node: usize) -> bool {
        let member = self.person(node).member;
        let steward =
            |log: &ActLog| log.roster().unwrap().member(&member).is_some_and(|entry| entry.is_steward());
        if steward(&self.logs[node]) {
            return true;
        }
        match (0..PEOPLE).find(|other| steward(&self.logs[*other])) {
            Some(teacher) => {
                self.sync(teacher, node, 1);
                true
            }
            None => false,
        }
    }

    fn propose(&mut self, node: usize, op: Op) {
        let by = self.person(node);
        let whom = self.person(FOUNDERS + pick(op.a, PEOPLE - FOUNDERS));
        let role = Role::ALL[pick(op.b, 3)];
        let body = match op.b % 16 {
            // A card of the same member under another name; a card with somebody else's name; a tie.
            13 => ActBody::Add { card: Box::new(whom.card("Other name", whom.card.side.as_str())), role },
            14 => {
                let name = self.person(pick(op.a.wrapping_add(7), PEOPLE)).card.name.as_str();
                ActBody::Add { card: Box::new(whom.card(name, whom.card.side.as_str())), role }
            }
            15 => ActBody::Tie,
            _ => whom.add(role),
        };
        let log = &mut self.logs[node];
        if let Ok(act) = log.propose(by.member, &by.identity.steward, body, "", self.now) {
            put(log, act, self.now).unwrap();
        }
    }

    /// Eighteen proposals to add the same member, which its own node would let nobody make.
    fn flood(&mut self, node: usize, from: u8) {
        let by = self.person(node);
        let whom = self.person(FOUNDERS + pick(from, PEOPLE - FOUNDERS));
        let log = &mut self.logs[node];
        for number in 0..18 {
            let act = Act {
                version: 1,
                circle: *log.circle(),
                parents: log.heads().copied().collect(),
                author: by.member,
                signer: by.identity.steward.public(),
                created: self.now,
                reason: format!("{from} {number}"),
                body: whom.add(Role::Publisher),
            };
            let item = Item::from(act.sign(&by.identity.steward));
            let _ = log.insert(item.clone(), self.now);
            self.forged.push(item);
        }
    }

    fn decide(&mut self, node: usize, op: Op) {
        let by = self.person(node);
        let log = &mut self.logs[node];
        let pending = log.pending(self.now);
        if pending.is_empty() {
            return;
        }
        let act = pending[pick(op.a, pending.len())].act;
        let decision = if op.b.is_multiple_of(8) { Decision::Refuse } else { Decision::Approve };
        if let Ok(approval) = log.approve(&act, by.member, &by.identity.steward, decision, self.now) {
            put(log, approval, self.now).unwrap();
        }
    }

    /// `to` hears what `from` has, or the first part of it.
    fn sync(&mut self, from: usize, to: usize, part: usize) {
        let items: Vec<Item> = self.logs[from].items().collect();
        let most = if part.is_multiple_of(4) { part % items.len().max(1) } else { items.len() };
        for item in items.into_iter().take(most) {
            self.logs[to].insert(item, self.now).unwrap();
        }
    }

    /// Items that an insider could send and that must change nothing, or nothing that the sides did not agree to.
    fn forge(&mut self, node: usize, op: Op) {
        let by = self.person(node);
        let log = &self.logs[node];
        let acts: Vec<(ActId, SignedAct)> = log.acts().map(|(id, act)| (*id, act.clone())).collect();
        if acts.is_empty() {
            return;
        }
        let (id, act) = acts[pick(op.a, acts.len())].clone();
        let other = acts[pick(op.b, acts.len())].0;
        let approval = Approval {
            version: 1,
            circle: *log.circle(),
            act: id,
            approver: by.member,
            signer: by.identity.steward.public(),
            frontier: vec![log.root()],
            created: self.now,
            decision: Decision::Approve,
        };
        let key = &by.identity.steward;
        let item: Item = match op.b % 10 {
            // In another's name, with another's key, by whoever it is, whatever it knew.
            0 => {
                let victim = self.person(pick(op.a, FOUNDERS));
                Approval { approver: victim.member, ..approval }.sign(key).into()
            }
            1 => Approval { signer: self.person(0).identity.steward.public(), ..approval }.sign(key).into(),
            2 => approval.sign(key).into(),
            3 if other != id => Approval { frontier: vec![other], ..approval }.sign(key).into(),
            4 => Approval { created: act.act.expires().saturating_add(1), ..approval }.sign(key).into(),
            // A signature moved to another act.
            5 => {
                let mut moved = approval.sign(key);
                moved.approval.act = other;
                moved.into()
            }
            // On parents that nobody has; on parents that may not be in force; a contradiction.
            6 => {
                let parents = vec![ActId::from_bytes([op.a; 32])];
                Act { parents, author: by.member, signer: key.public(), ..act.act }.sign(key).into()
            }
            7 => {
                let parents = vec![other];
                Act { parents, author: by.member, signer: key.public(), ..act.act }.sign(key).into()
            }
            8 => {
                let mut broken = act;
                broken.act.reason.push('!');
                broken.into()
            }
            _ => {
                let root = vec![log.root()];
                Act { parents: root, author: by.member, signer: key.public(), ..act.act }.sign(key).into()
            }
        };
        // A node of a member that does not check passes it on.
        let _ = self.logs[node].insert(item.clone(), self.now);
        self.forged.push(item);
    }

    /// Everything that anybody has or sent.
    fn items(&self) -> Vec<Item> {
        all_items(self.logs.iter(), &self.forged)
    }
}

/// Where every act stands and who decided on it.
fn states(log: &ActLog, now: UnixMillis) -> BTreeMap<ActId, (ActState, BTreeSet<(MemberId, Decision)>)> {
    let state = |id: &ActId| {
        let decisions = log.approvals(id).map(|signed| (signed.approval.approver, signed.approval.decision));
        (log.act_state(id, now).unwrap(), decisions.collect())
    };
    log.acts().map(|(id, _)| (*id, state(id))).collect()
}

/// The rules of membership, without caches, indices or arrival.
struct Plain<'a> {
    charter: &'a Charter,
    root: ActId,
    acts: BTreeMap<ActId, &'a SignedAct>,
    approvals: Vec<&'a SignedApproval>,
    in_force: BTreeSet<ActId>,
}

type Members = BTreeMap<MemberId, (Box<watchfire_keys::card::Card>, Role, ActId)>;

impl<'a> Plain<'a> {
    fn of(charter: &'a Charter, items: &'a [Item]) -> Self {
        let root = ActId::from_bytes(*charter.circle().as_bytes());
        let circle = charter.circle();
        let mut plain = Self {
            charter,
            root,
            acts: BTreeMap::new(),
            approvals: Vec::new(),
            in_force: BTreeSet::from([root]),
        };
        for item in items {
            match item {
                Item::Act(act) => {
                    let parts: [&[u8]; 2] = [circle.as_bytes(), &watchfire_keys::codec::encode(&act.act)];
                    let label = watchfire_keys::labels::SIGN_ACT;
                    if act.act.signer.verify(label, &parts, &act.signature).is_ok() {
                        plain.acts.insert(act.id(), act);
                    }
                }
                Item::Approval(approval) => {
                    let inner = &approval.approval;
                    let parts: [&[u8]; 3] =
                        [circle.as_bytes(), inner.act.as_bytes(), &watchfire_keys::codec::encode(inner)];
                    let label = watchfire_keys::labels::SIGN_APPROVAL;
                    if inner.signer.verify(label, &parts, &approval.signature).is_ok() {
                        plain.approvals.push(approval);
                    }
                }
                Item::Founding(_) | Item::Header(_) => {}
            }
        }
        while let Some(next) = plain.next() {
            plain.in_force.insert(next);
        }
        plain
    }

    fn next(&self) -> Option<ActId> {
        let new = self.acts.iter().filter(|(id, _)| !self.in_force.contains(id));
        new.into_iter().find(|(id, act)| self.is_agreed(id, &act.act)).map(|(id, _)| *id)
    }

    fn known(&self, frontier: &[ActId]) -> bool {
        frontier.iter().all(|id| self.in_force.contains(id))
    }

    fn past(&self, frontier: &[ActId]) -> BTreeSet<ActId> {
        let mut past = BTreeSet::new();
        for id in frontier {
            past.insert(*id);
            if let Some(act) = self.acts.get(id) {
                past.extend(self.past(&act.act.parents));
            }
        }
        past
    }

    fn clash(a: &watchfire_keys::card::Card, b: &watchfire_keys::card::Card) -> bool {
        let keys = |card: &watchfire_keys::card::Card| -> BTreeSet<_> {
            let own = [card.organisation, card.recovery];
            own.into_iter().chain(card.delegations.iter().map(|d| d.key)).collect()
        };
        a.member() == b.member()
            || a.name.as_str().eq_ignore_ascii_case(b.name.as_str())
            || a.sealing == b.sealing
            || !keys(a).is_disjoint(&keys(b))
    }

    fn members(&self, acts: &BTreeSet<ActId>) -> Members {
        let founder = |card: &watchfire_keys::card::Card| {
            (card.member(), (Box::new(card.clone()), Role::Steward, self.root))
        };
        let mut members: Members = self.charter.founders.iter().map(founder).collect();
        for id in acts {
            let Some(ActBody::Add { card, role }) = self.acts.get(id).map(|act| &act.act.body) else {
                continue;
            };
            if !members.values().any(|(other, _, _)| Self::clash(card, other)) {
                members.insert(card.member(), (card.clone(), *role, *id));
            }
        }
        members
    }

    fn is_steward(
        members: &Members,
        member: MemberId,
        key: &watchfire_keys::identity::PublicKey,
        at: UnixMillis,
    ) -> bool {
        members
            .get(&member)
            .is_some_and(|(card, role, _)| *role == Role::Steward && card.allows(key, Scopes::STEWARD, at))
    }

    fn is_agreed(&self, id: &ActId, act: &Act) -> bool {
        if !self.known(&act.parents) {
            return false;
        }
        let before = self.members(&self.past(&act.parents));
        if !Self::is_steward(&before, act.author, &act.signer, act.created) {
            return false;
        }
        if let ActBody::Add { card, .. } = &act.body
            && (card.verify().is_err() || before.values().any(|(other, _, _)| Self::clash(card, other)))
        {
            return false;
        }
        let mut sides = BTreeSet::from([before[&act.author].0.side.clone()]);
        for approval in self.approvals.iter().map(|approval| &approval.approval) {
            if approval.act != *id
                || approval.decision != Decision::Approve
                || approval.created > act.expires()
                || !self.known(&approval.frontier)
            {
                continue;
            }
            let knew = self.members(&self.past(&approval.frontier));
            if Self::is_steward(&knew, approval.approver, &approval.signer, approval.created) {
                sides.insert(knew[&approval.approver].0.side.clone());
            }
        }
        self.charter.sides.iter().all(|side| sides.contains(side))
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn order_of_arrival_does_not_matter(
        sides in 2..=3_usize,
        ops in ops(),
        seed in any::<u64>(),
        // Also long after every proposal has expired, as when a node catches up.
        late in prop::sample::select(vec![0, 60 * DAY_MS]),
    ) {
        let mut world = World::new(sides);
        for op in ops {
            world.apply(op);
        }
        let now = world.now.saturating_add(late);
        let items = world.items();
        let circle = *world.logs[0].circle();
        let charter = world.logs[0].charter().unwrap();

        let plain = Plain::of(charter, &items);
        let expected: BTreeMap<_, _> = plain
            .members(&plain.in_force)
            .into_iter()
            .map(|(id, (card, role, act))| (id, (card.name.clone(), card.side.clone(), role, act)))
            .collect();

        let mut first: Option<ActLog> = None;
        for order in 0..3_u64 {
            let mut log = ActLog::new(circle);
            for item in shuffled(&items, seed.wrapping_add(order)) {
                let _ = log.insert(item, now);
            }
            let roster = log.roster().unwrap();
            prop_assert_eq!(&outcome(roster).members, &expected);
            let in_force: BTreeSet<ActId> = log
                .acts()
                .filter(|(id, _)| {
                    matches!(log.act_state(id, now), Some(ActState::InForce | ActState::Overruled))
                })
                .map(|(id, _)| *id)
                .chain([log.root()])
                .collect();
            prop_assert_eq!(&in_force, &plain.in_force);
            // What is computed for a frontier is what was computed on the way there.
            prop_assert_eq!(
                outcome(&log.roster_at(&roster.frontier).unwrap()),
                outcome(roster)
            );
            for (id, act) in log.acts().filter(|(id, _)| plain.in_force.contains(id)) {
                let at = log.roster_at(&[*id]).unwrap();
                let past = plain.members(&plain.past(&[*id]));
                prop_assert!(at.members.keys().eq(past.keys()));
                prop_assert_eq!(&at.frontier, &vec![*id]);
                for member in past.keys() {
                    prop_assert_eq!(log.entry_at(&[*id], member), at.member(member).cloned());
                }
                let author = log.entry_at(&act.act.parents, &act.act.author);
                prop_assert!(author.is_some_and(|author| author.is_steward()));
            }
            if let Some(first) = &first {
                prop_assert_eq!(outcome(first.roster().unwrap()), outcome(roster));
                prop_assert_eq!(states(first, now), states(&log, now));
                let ids: BTreeSet<_> = first.ids().collect();
                prop_assert_eq!(ids, log.ids().collect::<BTreeSet<_>>());
            }
            first = Some(log);
        }
        copied(&first.unwrap(), now);
    }
}
