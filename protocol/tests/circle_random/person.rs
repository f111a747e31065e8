//! The plain rules about one member at a time: in or out, role, keys, and where its records end.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_keys::card::Card;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_protocol::circle::{ActBody, Cut, KeyState, MemberState, Role};

use crate::plain::{One, Plain, Set, Who};

/// What was effective among the acts, before it is added up for each member.
struct Facts<'a, 'b> {
    plain: &'b Plain<'a>,
    acts: &'b Set,
    void: &'b Set,
    /// Acts that bring somebody in and have an effect.
    adds: BTreeMap<ActId, (Card, Role)>,
    /// The own acts with an effect, by member, in the order of their numbers.
    own: BTreeMap<MemberId, Vec<ActId>>,
    /// Those whose claim somebody else has.
    lost: Set,
}

impl Facts<'_, '_> {
    /// The acts that took a member out, and whether all sides did.
    fn outs(&self, member: &MemberId) -> BTreeMap<ActId, bool> {
        let removed = self.acts.iter().filter(|id| self.plain.ends_membership(id) == Some(*member));
        let left = self.own.get(member).into_iter().flatten();
        let left = left.filter(|id| matches!(self.plain.body(id), Some(ActBody::Leave { .. })));
        removed.map(|id| (*id, true)).chain(left.map(|id| (*id, false))).collect()
    }

    fn outlasts(&self, member: &MemberId, act: &ActId) -> bool {
        self.outs(member).keys().all(|out| self.plain.comes_before(out, act))
    }

    /// The member that it was before it was ever bound anew.
    fn line(&self, member: &MemberId) -> MemberId {
        let bound =
            self.acts.iter().filter(|id| !self.void.contains(*id)).find_map(|id| match self.plain.body(id) {
                Some(ActBody::Rebind { member: old, card, .. }) if card.member() == *member => Some(*old),
                _ => None,
            });
        bound.map_or(*member, |old| self.line(&old))
    }

    /// Acts that gave this member its roles, void ones left out.
    fn roles(&self, member: &MemberId) -> BTreeMap<ActId, Role> {
        let given = self.acts.iter().filter(|id| !self.void.contains(*id)).filter_map(|id| {
            match self.plain.body(id)? {
                ActBody::SetRole { member: whom, role, .. } if whom == member => Some((*id, *role)),
                ActBody::Seat { card, .. }
                    if card.member() == *member && self.plain.card_of(id).is_none() =>
                {
                    Some((*id, Role::Steward))
                }
                _ => None,
            }
        });
        given.collect()
    }

    fn adding(&self, member: &MemberId) -> BTreeMap<ActId, (Card, Role)> {
        let adds = self.adds.iter().filter(|(_, (card, _))| card.member() == *member);
        let mut adds: BTreeMap<_, _> = adds.map(|(id, add)| (*id, add.clone())).collect();
        if let Some(card) = self.plain.founding().founders.iter().find(|card| card.member() == *member) {
            adds.insert(self.plain.root(), (card.clone(), Role::Steward));
        }
        adds
    }

    /// Whom the acts let in, in the order of their ids, nobody with what another one has.
    fn let_in(&mut self) {
        let brought: Vec<(ActId, (Card, Role))> = self
            .acts
            .iter()
            .filter(|id| !self.void.contains(*id))
            .filter_map(|id| Some((*id, self.plain.card_of(id)?)))
            .collect();
        for (id, (card, role)) in brought {
            let (member, mine) = (card.member(), Plain::claims_of_card(&card));
            let clash = self.adds.values().any(|(other, _)| {
                self.line(&other.member()) != self.line(&member)
                    && !Plain::claims_of_card(other).is_disjoint(&mine)
            });
            let twice = self.outlasts(&member, &id)
                && self
                    .adds
                    .iter()
                    .any(|(other, (card, _))| card.member() == member && self.outlasts(&member, other));
            if !clash && !twice {
                self.adds.insert(id, (card, role));
            }
        }
    }

    fn settle_own_claims(&mut self) {
        let mut all: Vec<(ActId, MemberId)> = Vec::new();
        for (member, chain) in &self.own {
            all.extend(chain.iter().map(|id| (*id, *member)));
        }
        all.sort_unstable();
        let mut held: Vec<(String, MemberId)> = Vec::new();
        for (id, member) in all {
            let Some(claim) = self.plain.claim_of_own(&id) else { continue };
            let line = self.line(&member);
            let added = self.adds.values().any(|(card, _)| {
                self.line(&card.member()) != line && Plain::claims_of_card(card).contains(&claim)
            });
            let other = held.iter().any(|(other, by)| *other == claim && self.line(by) != line);
            if added || other {
                self.lost.insert(id);
            } else {
                held.push((claim, member));
            }
        }
    }

    /// When a key came: every act that named it as this member's, also one without effect.
    fn came(&self, member: &MemberId, key: &PublicKey) -> Vec<ActId> {
        let names = |id: &ActId| {
            let of_card = |card: &Card| {
                card.member() == *member && card.delegations.iter().any(|delegation| delegation.key == *key)
            };
            let by_card = self.plain.card_of(id).is_some_and(|(card, _)| of_card(&card));
            let by_itself = self.plain.author(id) == Some(*member)
                && matches!(self.plain.body(id), Some(ActBody::Delegate { delegation, .. }) if delegation.key == *key);
            by_card || by_itself
        };
        let founder = self.plain.founding().founders.iter().find(|card| card.member() == *member);
        let root = founder.filter(|card| card.delegations.iter().any(|delegation| delegation.key == *key));
        let named = self.acts.iter().filter(|id| names(id)).copied();
        named.chain(root.map(|_| self.plain.root())).collect()
    }

    fn keys(&self, member: &MemberId, base: &ActId) -> BTreeMap<PublicKey, KeyState> {
        let state =
            |d: &Delegation, revoked| KeyState { scopes: d.scopes, from: d.from, until: d.until, revoked };
        let mut keys = BTreeMap::new();
        for (id, (card, _)) in self.adding(member) {
            for delegation in card.delegations.iter().filter(|_| id != *base) {
                keys.insert(delegation.key, state(delegation, true));
            }
        }
        if let Some((card, _)) = self.adding(member).get(base) {
            for delegation in &card.delegations {
                keys.insert(delegation.key, state(delegation, false));
            }
        }
        let own = self.own.get(member).cloned().unwrap_or_default();
        for id in own.iter().filter(|id| !self.lost.contains(*id)) {
            if let Some(ActBody::Delegate { delegation, .. }) = self.plain.body(id) {
                if self.plain.comes_before(base, id) {
                    keys.insert(delegation.key, state(delegation, false));
                } else {
                    keys.entry(delegation.key).or_insert(state(delegation, true));
                }
            }
        }
        for id in &own {
            if let Some(ActBody::Revoke { key, .. }) = self.plain.body(id)
                && let Some(state) = keys.get_mut(key)
            {
                state.revoked = true;
            }
        }
        keys
    }

    /// What its cards and its own acts delegated.
    fn delegated(&self, member: &MemberId) -> Vec<(PublicKey, KeyState)> {
        let state =
            |d: &Delegation| KeyState { scopes: d.scopes, from: d.from, until: d.until, revoked: false };
        let cards = self.adding(member).into_values();
        let mut all: Vec<Delegation> = cards.flat_map(|(card, _)| card.delegations).collect();
        for id in self.own.get(member).into_iter().flatten().filter(|id| !self.lost.contains(*id)) {
            if let Some(ActBody::Delegate { delegation, .. }) = self.plain.body(id) {
                all.push(delegation.clone());
            }
        }
        all.iter().map(|delegation| (delegation.key, state(delegation))).collect()
    }

    fn one(&self, member: &MemberId, base: &ActId) -> One {
        let (card, first) = self.adding(member)[base].clone();
        let roles = self.roles(member);
        let since = roles.keys().copied().filter(|id| self.plain.comes_before(base, id));
        let role = self.plain.last_of(since).iter().map(|id| (roles[id], *id)).min();
        let mut sealing = card.sealing.clone();
        for id in self.own.get(member).into_iter().flatten() {
            if let Some(ActBody::Rotate { sealing: new, .. }) = self.plain.body(id)
                && self.plain.comes_before(base, id)
                && !self.lost.contains(id)
            {
                sealing = new.clone();
            }
        }
        let added = self.adding(member);
        let highest = added.values().map(|(_, role)| *role).chain(roles.values().copied()).max();
        One {
            name: card.name.clone(),
            side: card.side.clone(),
            role: role.map_or(first, |(role, _)| role),
            highest: highest.unwrap(),
            delegated: self.delegated(member),
            act: *base,
            sealing,
            keys: self.keys(member, base),
            card,
        }
    }

    /// Where this member's records end.
    fn cuts(&self, member: &MemberId, one: &One) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let observer =
            |id: &ActId| matches!(self.plain.body(id), Some(ActBody::SetRole { role: Role::Observer, .. }));
        let demoted = self.roles(member).into_keys().filter(observer).map(|id| (id, true));
        let out = self.outs(member).into_keys().map(|id| (id, false));
        for (end, only_reports) in out.chain(demoted) {
            let named = self.plain.body(&end).map(ActBody::cuts).unwrap_or_default();
            for (key, state) in &one.keys {
                let after = self.came(member, key).iter().all(|came| self.plain.comes_before(&end, came));
                match named.iter().find(|cut| cut.signer == *key) {
                    Some(cut) => cuts.push(*cut),
                    None if after || (only_reports && !state.scopes.contains(Scopes::PUBLISH)) => {}
                    None => cuts.push(Cut { signer: *key, last: None }),
                }
            }
        }
        for id in self.own.get(member).into_iter().flatten() {
            if let Some(ActBody::Revoke { key, last, .. }) = self.plain.body(id)
                && one.keys.contains_key(key)
            {
                cuts.push(Cut { signer: *key, last: *last });
            }
        }
        cuts
    }

    /// Keys that came with an act that has no effect.
    fn idle_keys(&self) -> BTreeSet<PublicKey> {
        let mut keys = BTreeSet::new();
        for id in self.acts {
            if let Some((card, _)) = self.plain.card_of(id)
                && !self.adds.contains_key(id)
            {
                keys.extend(card.delegations.iter().map(|delegation| delegation.key));
            }
            if let Some(ActBody::Delegate { delegation, .. }) = self.plain.body(id) {
                keys.insert(delegation.key);
            }
        }
        keys
    }
}

/// Adds up what a past says of everybody.
pub fn fill(plain: &Plain<'_>, acts: &Set, void: &Set, who: &mut Who) {
    let mut facts =
        Facts { plain, acts, void, adds: BTreeMap::new(), own: BTreeMap::new(), lost: Set::new() };
    let authors: BTreeSet<MemberId> = acts.iter().filter_map(|id| plain.author(id)).collect();
    facts.own = authors.into_iter().map(|member| (member, plain.own_chain(&member, acts))).collect();
    facts.let_in();
    facts.settle_own_claims();
    let founders = plain.founding().founders.iter().map(Card::member);
    let added = facts.adds.values().map(|(card, _)| card.member());
    let everybody: BTreeSet<MemberId> = founders.chain(added).collect();
    let mut cuts: Vec<Cut> = Vec::new();
    for member in everybody {
        let adding = facts.adding(&member);
        let outs = facts.outs(&member);
        let present = adding.keys().find(|id| facts.outlasts(&member, id));
        let last = plain.last_of(adding.keys().copied());
        let base = *present.unwrap_or_else(|| last.first().unwrap());
        let one = facts.one(&member, &base);
        cuts.extend(facts.cuts(&member, &one));
        if present.is_some() {
            who.members.insert(member, one);
            continue;
        }
        let ending: Vec<(ActId, bool)> =
            outs.into_iter().filter(|(id, _)| !plain.comes_before(id, &base)).collect();
        let removed = ending.iter().find(|(_, all)| *all);
        let (act, all) = *removed.unwrap_or(&ending[0]);
        let state = if all { MemberState::Removed } else { MemberState::Left };
        let successor = ending.iter().find_map(|(id, _)| match plain.body(id) {
            Some(ActBody::Rebind { card, .. }) if facts.adds.contains_key(id) => Some(card.member()),
            _ => None,
        });
        who.former.insert(member, (one, state, act, successor));
    }
    let owned: BTreeSet<PublicKey> = who
        .members
        .values()
        .chain(who.former.values().map(|former| &former.0))
        .flat_map(|one| one.keys.keys().copied())
        .collect();
    cuts.extend(facts.idle_keys().difference(&owned).map(|key| Cut { signer: *key, last: None }));
    for cut in cuts {
        let held = who.cuts.entry(cut.signer).or_insert(cut);
        held.last = held.last.min(cut.last);
    }
}
