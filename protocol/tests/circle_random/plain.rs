//! The rules of membership a second time, as sentences over sets: every question is asked of all acts anew, nothing is
//! kept up to date, and nothing depends on when something arrived.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use watchfire_keys::card::Card;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::hash::hash;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::labels::HASH_READERS;
use watchfire_keys::name::{Name, Side};
use watchfire_keys::sealing::SealingPublic;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    Act, ActBody, Approval, Charter, CircleRules, Cut, Decision, Item, KeyState, MemberState, Role,
};

use crate::circle_support::HOUR;

pub mod epochs;
pub mod records;
mod void;

pub type Set = BTreeSet<ActId>;

/// A member, or one who was.
#[derive(Clone, Debug)]
pub struct One {
    pub name: Name,
    pub side: Side,
    pub role: Role,
    /// The most that it could do at any time.
    pub highest: Role,
    pub act: ActId,
    pub sealing: SealingPublic,
    pub keys: BTreeMap<PublicKey, KeyState>,
    /// Every delegation there ever was, also of one key twice.
    pub delegated: Vec<(PublicKey, KeyState)>,
    pub card: Card,
}

/// What a frontier says.
#[derive(Debug)]
pub struct Who {
    pub members: BTreeMap<MemberId, One>,
    pub former: BTreeMap<MemberId, (One, MemberState, ActId, Option<MemberId>)>,
    pub cuts: BTreeMap<PublicKey, Cut>,
    pub rules: CircleRules,
    pub frontier: Vec<ActId>,
    pub void: Set,
}

/// A yes that counts.
#[derive(Clone, Debug)]
struct Yes {
    act: ActId,
    member: MemberId,
    side: Side,
}

/// What an act in force was agreed to by.
#[derive(Clone, Debug)]
struct Ground {
    side: Side,
    consent: watchfire_protocol::circle::Consent,
    seated: BTreeMap<Side, usize>,
    brings: Option<(Card, Role)>,
}

pub struct Plain<'a> {
    charter: &'a Charter,
    root: ActId,
    acts: BTreeMap<ActId, &'a Act>,
    approvals: Vec<([u8; 32], &'a Approval)>,
    /// In force, with the reasons.
    in_force: BTreeMap<ActId, Ground>,
    yes: BTreeMap<[u8; 32], Yes>,
    /// What comes before each act in force.
    before: BTreeMap<ActId, Set>,
    /// Frontiers whose roster was asked for: all of them mean one thing for ever.
    asked: RefCell<BTreeMap<Vec<ActId>, Rc<Who>>>,
}

fn ends(body: &ActBody) -> Option<MemberId> {
    match body {
        ActBody::Remove { member, .. } | ActBody::Rebind { member, .. } => Some(*member),
        ActBody::Seat { removes, .. } => *removes,
        ActBody::SetRole { member, role, .. } if *role != Role::Steward => Some(*member),
        _ => None,
    }
}

fn takes_out(body: &ActBody) -> Option<MemberId> {
    match body {
        ActBody::SetRole { .. } => None,
        other => ends(other),
    }
}

fn can_lose(body: &ActBody) -> bool {
    match body {
        ActBody::Add { .. } | ActBody::SetRules { .. } | ActBody::Seat { .. } | ActBody::Rebind { .. } => {
            true
        }
        ActBody::SetRole { role, .. } => *role == Role::Steward,
        _ => false,
    }
}

/// Everything that a card claims, as texts.
fn claims(card: &Card) -> BTreeSet<String> {
    let mut claims = BTreeSet::from([
        format!("member {}", card.member()),
        format!("name {}", card.name.as_str().to_ascii_lowercase()),
        format!("key {}", card.organisation),
        format!("key {}", card.recovery),
        format!("sealing {:?}", hash(HASH_READERS, &[card.sealing.as_bytes()])),
    ]);
    claims.extend(card.delegations.iter().map(|delegation| format!("key {}", delegation.key)));
    claims
}

fn own_claim(body: &ActBody) -> Option<String> {
    match body {
        ActBody::Delegate { delegation, .. } => Some(format!("key {}", delegation.key)),
        ActBody::Rotate { sealing, .. } => {
            Some(format!("sealing {:?}", hash(HASH_READERS, &[sealing.as_bytes()])))
        }
        _ => None,
    }
}

impl<'a> Plain<'a> {
    /// By these items, whose signatures hold.
    pub fn of(charter: &'a Charter, items: &'a [Item]) -> Self {
        let circle = charter.circle();
        let root = ActId::from_bytes(*circle.as_bytes());
        let mut acts = BTreeMap::new();
        let mut approvals = Vec::new();
        for item in items {
            match item {
                Item::Act(act) => _ = acts.insert(act.id(), &act.act),
                Item::Approval(yes) => approvals.push((yes.approval.id(), &yes.approval)),
                Item::Founding(_) | Item::Header(_) => {}
            }
        }
        let mut plain = Self {
            charter,
            root,
            acts,
            approvals,
            in_force: BTreeMap::new(),
            yes: BTreeMap::new(),
            before: BTreeMap::from([(root, Set::new())]),
            asked: RefCell::default(),
        };
        // An act whose author was entitled to it can be decided on; it is in force once enough have agreed.
        let mut entitled: BTreeMap<ActId, Ground> = BTreeMap::new();
        loop {
            let mut changed = false;
            let ids: Vec<ActId> = plain.acts.keys().copied().collect();
            for id in &ids {
                let act = plain.acts[id];
                if !entitled.contains_key(id) && act.parents.iter().all(|id| plain.stands(id)) {
                    if let Some(ground) = plain.entitled(act) {
                        entitled.insert(*id, ground);
                        changed = true;
                    } else {
                        // It never will be: what its parents mean never changes.
                        plain.acts.remove(id);
                    }
                }
            }
            for (id, approval) in plain.approvals.clone() {
                if plain.yes.contains_key(&id) || approval.decision != Decision::Approve {
                    continue;
                }
                let Some(about) = plain.acts.get(&approval.act).copied() else { continue };
                if !entitled.contains_key(&approval.act)
                    || !approval.frontier.iter().all(|id| plain.stands(id))
                {
                    continue;
                }
                if let Some(side) = plain.counts(approval, about) {
                    let yes = Yes { act: approval.act, member: approval.approver, side };
                    plain.yes.insert(id, yes);
                    changed = true;
                }
            }
            for (id, ground) in &entitled {
                let act = plain.acts[id];
                if !plain.in_force.contains_key(id) {
                    let everybody = plain.yes.values().filter(|yes| yes.act == *id);
                    let everybody: Vec<Yes> = everybody.cloned().collect();
                    if act.body.is_own() || plain.agreed(act, ground, &everybody) {
                        plain.put_in_force(*id, ground.clone());
                        changed = true;
                    }
                }
            }
            if !changed {
                return plain;
            }
        }
    }

    fn put_in_force(&mut self, id: ActId, ground: Ground) {
        let mut before = Set::new();
        for parent in &self.acts[&id].parents {
            if let Some(earlier) = self.before.get(parent) {
                before.extend(earlier);
                before.insert(*parent);
            }
        }
        self.before.insert(id, before);
        self.in_force.insert(id, ground);
    }

    /// Whether a frontier may name it: an act in force, or a yes to one.
    fn stands(&self, id: &ActId) -> bool {
        *id == self.root
            || self.in_force.contains_key(id)
            || self.yes.get(id.as_bytes()).is_some_and(|yes| self.in_force.contains_key(&yes.act))
    }

    fn is_before(&self, first: &ActId, then: &ActId) -> bool {
        self.before.get(then).is_some_and(|before| before.contains(first))
    }

    fn beside(&self, one: &ActId, other: &ActId) -> bool {
        one != other && !self.is_before(one, other) && !self.is_before(other, one)
    }

    fn agreed(&self, act: &Act, ground: &Ground, voices: &[Yes]) -> bool {
        let seat = matches!(act.body, ActBody::Seat { .. });
        let sides = self.charter.sides.iter().filter(|side| {
            let mut members: BTreeSet<MemberId> =
                voices.iter().filter(|yes| yes.side == **side).map(|yes| yes.member).collect();
            if **side == ground.side && !seat {
                members.insert(act.author);
            }
            let asked = usize::from(ground.consent.stewards);
            (seat && **side == ground.side) || members.len() >= asked.min(ground.seated[*side]).max(1)
        });
        sides.count() >= usize::from(ground.consent.sides)
    }

    fn key_signs(one: &One, key: &PublicKey, scope: Scopes, at: UnixMillis) -> bool {
        one.keys.get(key).is_some_and(|state| {
            !state.revoked && state.scopes.contains(scope) && state.from <= at && at < state.until
        })
    }

    fn is_steward(who: &Who, member: &MemberId, key: &PublicKey, at: UnixMillis) -> bool {
        who.members
            .get(member)
            .is_some_and(|one| one.role == Role::Steward && Self::key_signs(one, key, Scopes::STEWARD, at))
    }

    fn counts(&self, approval: &Approval, about: &Act) -> Option<Side> {
        if about.body.is_own()
            || approval.created > about.expires()
            || approval.frontier.contains(&approval.act)
        {
            return None;
        }
        let known: BTreeSet<ActId> = approval.frontier.iter().chain(&about.parents).copied().collect();
        let who = self.who(&known.into_iter().collect::<Vec<_>>())?;
        Self::is_steward(&who, &approval.approver, &approval.signer, approval.created)
            .then(|| who.members[&approval.approver].side.clone())
    }

    fn entitled(&self, act: &Act) -> Option<Ground> {
        let who = self.who(&act.parents)?;
        let seats = |side: &Side| {
            who.members.values().filter(|one| one.role == Role::Steward && one.side == *side).count()
        };
        let seated: BTreeMap<Side, usize> =
            self.charter.sides.iter().map(|side| (side.clone(), seats(side))).collect();
        let side = if let Some(number) = act.body.number() {
            let one = who.members.get(&act.author)?;
            let since = act.created.ms_since(self.charter.created) / (6 * HOUR);
            let earlier = |id: &ActId| {
                self.acts.get(id).is_some_and(|other| {
                    other.author == act.author && other.body.number() == Some(number - 1)
                })
            };
            let past = self.closure(&act.parents);
            let follows = number == 1 || past.iter().any(earlier);
            if act.signer != one.card.organisation || u64::from(number) > 16 + since || !follows {
                return None;
            }
            one.side.clone()
        } else if let ActBody::Seat { side, .. } = &act.body {
            let founder = self.charter.founders.iter().find(|card| card.member() == act.author)?;
            if founder.recovery != act.signer || self.charter.recovery.get(side) != Some(&act.signer) {
                return None;
            }
            side.clone()
        } else {
            if !Self::is_steward(&who, &act.author, &act.signer, act.created)
                || seated.values().any(|n| *n == 0)
            {
                return None;
            }
            who.members[&act.author].side.clone()
        };
        let brings = self.allowed(act, &who)?;
        Some(Ground { side, consent: who.rules.consent, seated, brings })
    }

    /// Whether the past allows it; whom it brings in.
    #[allow(clippy::option_option)]
    fn allowed(&self, act: &Act, who: &Who) -> Option<Option<(Card, Role)>> {
        let parents = &act.parents;
        let last = |member: &MemberId| {
            let one = &who.members[member];
            let others = who.members.iter().filter(|(other, _)| *other != member);
            let others = others.filter(|(_, other)| other.side == one.side && other.role == Role::Steward);
            one.role == Role::Steward && others.count() == 0
        };
        let own_cuts = |member: &MemberId| {
            act.body.cuts().iter().all(|cut| who.members[member].keys.contains_key(&cut.signer))
        };
        let sound = match &act.body {
            ActBody::Add { card, role } => {
                let good = card.verify().is_ok() && self.charter.sides.contains(&card.side);
                return (good && self.is_new(card, parents, who))
                    .then(|| Some((card.as_ref().clone(), *role)));
            }
            ActBody::Remove { member, .. } => {
                who.members.contains_key(member) && own_cuts(member) && !last(member)
            }
            ActBody::SetRole { member, role, cuts } => {
                who.members.get(member).is_some_and(|one| one.role != *role)
                    && (*role == Role::Observer || cuts.is_empty())
                    && own_cuts(member)
                    && !last(member)
            }
            ActBody::SetRules { rules } => {
                let fewest = self.charter.sides.iter().map(|side| {
                    let of = who.members.values();
                    of.filter(|one| one.role == Role::Steward && one.side == *side).count()
                });
                // The test's own rules are within all other bounds.
                *rules != who.rules && usize::from(rules.consent.stewards) <= fewest.min().unwrap()
            }
            ActBody::Leave { .. } => own_cuts(&act.author),
            ActBody::Delegate { delegation, .. } => {
                let one = &who.members[&act.author];
                let live = one.keys.iter().filter(|(key, state)| {
                    **key != delegation.key && !state.revoked && act.created < state.until
                });
                delegation.verify(&one.card.organisation).is_ok()
                    && !one.keys.get(&delegation.key).is_some_and(|state| state.revoked)
                    && delegation.key != one.card.organisation
                    && delegation.key != one.card.recovery
                    && live.count() < 16
                    && !self.is_taken(&own_claim(&act.body).unwrap(), parents, who, &act.author)
            }
            ActBody::Revoke { key, .. } => who.members[&act.author].keys.contains_key(key),
            ActBody::Rotate { sealing, .. } => {
                sealing.check().is_ok()
                    && who.members[&act.author].sealing != *sealing
                    && !self.is_taken(&own_claim(&act.body).unwrap(), parents, who, &act.author)
            }
            ActBody::Seat { side, card, removes, .. } => {
                let seated = card.member();
                let goes = removes.is_none_or(|old| {
                    who.members.get(&old).is_some_and(|one| {
                        one.side == *side && one.role == Role::Steward && old != seated && own_cuts(&old)
                    })
                });
                if card.verify().is_err() || card.side != *side || !goes {
                    return None;
                }
                match who.members.get(&seated) {
                    None => {
                        return self
                            .is_new(card, parents, who)
                            .then(|| Some((card.as_ref().clone(), Role::Steward)));
                    }
                    Some(one) => one.side == *side && (one.role != Role::Steward || removes.is_some()),
                }
            }
            ActBody::Rebind { member, card, .. } => {
                let old = who.members.get(member)?;
                let anew = card.member();
                let free = claims(card)
                    .iter()
                    .filter(|claim| !claim.starts_with("name "))
                    .all(|claim| !self.is_taken(claim, parents, who, &anew));
                let good = card.verify().is_ok()
                    && card.name == old.name
                    && card.side == old.side
                    && own_cuts(member)
                    && !who.members.contains_key(&anew)
                    && !who.former.contains_key(&anew);
                return (good && free).then(|| Some((card.as_ref().clone(), old.role)));
            }
            ActBody::Tie => true,
            ActBody::Unknown { .. } => false,
        };
        sound.then_some(None)
    }

    fn is_new(&self, card: &Card, parents: &[ActId], who: &Who) -> bool {
        let member = card.member();
        !who.members.contains_key(&member)
            && who.former.get(&member).is_none_or(|former| former.3.is_none())
            && claims(card).iter().all(|claim| !self.is_taken(claim, parents, who, &member))
    }

    /// Whether an act before gave this to somebody else, who has it or had it.
    fn is_taken(&self, claim: &str, parents: &[ActId], who: &Who, by: &MemberId) -> bool {
        let founder =
            self.charter.founders.iter().any(|card| card.member() != *by && claims(card).contains(claim));
        let past = self.closure(parents);
        let known = |member: &MemberId| {
            who.members.get(member).or_else(|| who.former.get(member).map(|former| &former.0))
        };
        founder
            || past.iter().filter(|id| **id != self.root).any(|id| {
                let act = self.acts[id];
                if let Some((card, _)) = &self.in_force[id].brings {
                    let holder = card.member();
                    return holder != *by
                        && claims(card).contains(claim)
                        && known(&holder).is_some_and(|one| one.act == *id || !self.beside(&one.act, id));
                }
                own_claim(&act.body).as_deref() == Some(claim)
                    && act.author != *by
                    && known(&act.author).is_some_and(|one| match &act.body {
                        ActBody::Delegate { delegation, .. } => one.keys.contains_key(&delegation.key),
                        _ => true,
                    })
            })
    }

    /// The acts of a frontier and before it.
    pub fn closure(&self, frontier: &[ActId]) -> Set {
        let mut acts = Set::new();
        for id in frontier.iter().filter(|id| self.before.contains_key(*id)) {
            acts.insert(*id);
            acts.extend(&self.before[id]);
        }
        acts
    }

    /// The frontier of everything, with every voice that may be named.
    pub fn now(&self) -> Rc<Who> {
        let all: Set = self.before.keys().copied().collect();
        let mut idle = Set::new();
        for (id, act) in &self.acts {
            if act.body.is_own()
                && self.in_force.contains_key(id)
                && !self.effective(&act.author, &all).contains(id)
            {
                idle.insert(*id);
            }
        }
        let kept: Vec<ActId> = all.difference(&idle).copied().collect();
        let mut frontier = kept;
        frontier.extend(
            self.yes
                .iter()
                .filter(|(_, yes)| self.in_force.contains_key(&yes.act))
                .map(|(id, _)| ActId::from_bytes(*id)),
        );
        Rc::new(self.sum(&frontier))
    }

    /// What a frontier says, if all of it is here.
    pub fn who(&self, frontier: &[ActId]) -> Option<Rc<Who>> {
        if !frontier.iter().any(|id| self.before.contains_key(id)) {
            return None;
        }
        if let Some(known) = self.asked.borrow().get(frontier) {
            return Some(Rc::clone(known));
        }
        let who = Rc::new(self.sum(frontier));
        self.asked.borrow_mut().insert(frontier.to_vec(), Rc::clone(&who));
        Some(who)
    }

    fn latest(&self, acts: impl Iterator<Item = ActId>) -> Set {
        let acts: Set = acts.collect();
        acts.iter().filter(|id| !acts.iter().any(|other| self.is_before(id, other))).copied().collect()
    }

    fn sum(&self, frontier: &[ActId]) -> Who {
        let acts = self.closure(frontier);
        let named: BTreeSet<[u8; 32]> = acts
            .iter()
            .filter_map(|id| self.acts.get(id))
            .flat_map(|act| act.parents.iter().map(|id| *id.as_bytes()))
            .filter(|id| self.yes.contains_key(id))
            .collect();
        let mut voices = named.clone();
        voices.extend(frontier.iter().map(|id| *id.as_bytes()).filter(|id| self.yes.contains_key(id)));
        let (void, needed) = self.void(&acts, &voices, &named);
        let mut heads: BTreeSet<ActId> = self.latest(acts.iter().copied());
        heads.extend(needed.iter().map(|id| ActId::from_bytes(*id)));
        let rules = self
            .latest(acts.iter().copied().filter(|id| {
                !void.contains(id)
                    && self.acts.get(id).is_some_and(|act| matches!(act.body, ActBody::SetRules { .. }))
            }))
            .first()
            .and_then(|id| match &self.acts[id].body {
                ActBody::SetRules { rules } => Some(*rules),
                _ => None,
            });
        let mut who = Who {
            members: BTreeMap::new(),
            former: BTreeMap::new(),
            cuts: BTreeMap::new(),
            rules: rules.unwrap_or(self.charter.rules),
            frontier: heads.into_iter().collect(),
            void: void.clone(),
        };
        crate::person::fill(self, &acts, &void, &mut who);
        who
    }

    // What `person.rs` asks.

    pub fn body(&self, id: &ActId) -> Option<&'a ActBody> {
        self.acts.get(id).map(|act| &act.body)
    }

    pub fn author(&self, id: &ActId) -> Option<MemberId> {
        self.acts.get(id).map(|act| act.author)
    }

    pub fn card_of(&self, id: &ActId) -> Option<(Card, Role)> {
        self.in_force.get(id)?.brings.clone()
    }

    pub const fn root(&self) -> ActId {
        self.root
    }

    pub const fn founding(&self) -> &Charter {
        self.charter
    }

    pub fn comes_before(&self, first: &ActId, then: &ActId) -> bool {
        self.is_before(first, then)
    }

    pub fn own_chain(&self, member: &MemberId, acts: &Set) -> Vec<ActId> {
        self.effective(member, acts)
    }

    pub fn last_of(&self, acts: impl Iterator<Item = ActId>) -> Set {
        self.latest(acts)
    }

    pub fn ends_membership(&self, id: &ActId) -> Option<MemberId> {
        takes_out(self.body(id)?)
    }

    pub fn claims_of_card(card: &Card) -> BTreeSet<String> {
        claims(card)
    }

    pub fn claim_of_own(&self, id: &ActId) -> Option<String> {
        own_claim(self.body(id)?)
    }
}
