//! What all acts in force say about one member: whether it is in, what it may do, which keys are its, and where its
//! records end.
//!
//! A member is in by an act that knew everything that ever took it out; so a removal beats an addition beside it. What
//! it did itself counts from the act by which it is in. A key that was ended, or came with an earlier membership, never
//! signs again.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};

use super::body::ActBody;
use super::cut::Cut;
use super::former::Former;
use super::history::History;
use super::role::Role;
use super::roster::{Delegated, Entry, KeyState, MemberState};

/// An act that takes the member out.
#[derive(Clone, Debug)]
pub(super) struct Out<'a> {
    pub(super) act: ActId,
    pub(super) left: bool,
    pub(super) cuts: &'a [Cut],
    pub(super) successor: Option<MemberId>,
}

/// A member, and the acts about it that have an effect.
#[derive(Clone, Debug)]
pub(super) struct Person<'a> {
    member: MemberId,
    adding: Vec<(ActId, &'a Arc<Entry>)>,
    outs: Vec<Out<'a>>,
    roles: Vec<(ActId, Role, &'a [Cut])>,
    /// Its own acts, in the order of their numbers.
    own: Vec<(ActId, &'a ActBody)>,
    /// Those of them that claim what somebody else has.
    lost: BTreeSet<ActId>,
    /// Keys named as its by acts that have no effect in the end. They had one when it was taken out, perhaps.
    named: Vec<(ActId, PublicKey)>,
}

/// Where a member stands in the end.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The member, if it is one.
    pub(super) entry: Option<Arc<Entry>>,
    /// The one who was a member.
    pub(super) former: Option<Arc<Former>>,
    /// Where its records end.
    pub(super) cuts: Vec<Cut>,
    /// Keys that it delegated without ever having been a member.
    pub(super) orphans: Vec<PublicKey>,
}

impl<'a> Person<'a> {
    pub(super) const fn new(member: MemberId) -> Self {
        Self {
            member,
            adding: Vec::new(),
            outs: Vec::new(),
            roles: Vec::new(),
            own: Vec::new(),
            lost: BTreeSet::new(),
            named: Vec::new(),
        }
    }

    pub(super) const fn member(&self) -> MemberId {
        self.member
    }

    /// Notes an act that brings it in.
    pub(super) fn bring(&mut self, act: ActId, entry: &'a Arc<Entry>) {
        self.adding.push((act, entry));
        self.adding.sort_unstable_by_key(|(act, _)| *act);
    }

    /// Notes an act that takes it out.
    pub(super) fn out(&mut self, out: Out<'a>) {
        self.outs.push(out);
    }

    /// Notes an act that sets its role.
    pub(super) fn role(&mut self, act: ActId, role: Role, cuts: &'a [Cut]) {
        self.roles.push((act, role, cuts));
    }

    /// Notes the next one of its own acts.
    pub(super) fn own(&mut self, act: ActId, body: &'a ActBody) {
        if let ActBody::Leave { cuts, .. } = body {
            self.outs.push(Out { act, left: true, cuts, successor: None });
        }
        self.own.push((act, body));
    }

    /// Notes a key that an act without effect named as its.
    pub(super) fn named(&mut self, act: ActId, key: PublicKey) {
        self.named.push((act, key));
    }

    /// Notes that the act that took it out bound it to another organisation key.
    pub(super) fn succeeded(&mut self, act: &ActId, successor: MemberId) {
        for out in self.outs.iter_mut().filter(|out| out.act == *act) {
            out.successor = Some(successor);
        }
    }

    /// Notes that one of its own acts claims what somebody else has.
    pub(super) fn loses(&mut self, act: ActId) {
        self.lost.insert(act);
    }

    pub(super) fn own_acts(&self) -> impl Iterator<Item = &(ActId, &'a ActBody)> {
        self.own.iter()
    }

    /// Whether this act of its own has an effect.
    pub(super) fn has_own(&self, act: &ActId) -> bool {
        self.own.iter().any(|(own, _)| own == act)
    }

    /// Whether an act that is noted brings it in in the knowledge of all that took it out.
    pub(super) fn is_in(&self, history: &History) -> bool {
        self.adding.iter().any(|(act, _)| self.outlasts(history, act))
    }

    /// Whether an act knew everything that took the member out.
    pub(super) fn outlasts(&self, history: &History, act: &ActId) -> bool {
        self.outs.iter().all(|out| history.precedes(&out.act, act))
    }

    /// Adds up what was noted.
    pub(super) fn settle(&self, history: &History) -> Settled {
        let present = self.adding.iter().find(|(act, _)| self.outlasts(history, act));
        let latest = || {
            let last = history.latest(self.adding.iter().map(|(act, _)| *act)).into_iter().min()?;
            self.adding.iter().find(|(act, _)| *act == last)
        };
        let Some((base, entry)) = present.or_else(latest) else {
            return Settled { orphans: self.delegated().collect(), ..Settled::default() };
        };
        let mut entry = Entry::clone(entry);
        entry.act = *base;
        self.settle_role(history, base, &mut entry);
        self.settle_keys(history, base, &mut entry);
        let cuts = self.cuts(history, &entry);
        if present.is_some() {
            return Settled { entry: Some(Arc::new(entry)), cuts, ..Settled::default() };
        }
        let former = self.part(history, base, entry).map(Arc::new);
        Settled { former, cuts, ..Settled::default() }
    }

    fn delegated(&self) -> impl Iterator<Item = PublicKey> {
        self.own.iter().filter_map(|(_, body)| match body {
            ActBody::Delegate { delegation, .. } => Some(delegation.key),
            _ => None,
        })
    }

    /// The role is what the last act says; of several beside one another the one that allows least.
    fn settle_role(&self, history: &History, base: &ActId, entry: &mut Entry) {
        let since = self.roles.iter().filter(|(act, ..)| history.precedes(base, act));
        let last = history.latest(since.map(|(act, ..)| *act));
        let last = self.roles.iter().filter(|(act, ..)| last.contains(act));
        if let Some((_, role)) =
            last.map(|(act, role, _)| (*act, *role)).min_by_key(|(act, role)| (*role, *act))
        {
            entry.role = role;
        }
        let granted = self.roles.iter().map(|(_, role, _)| *role);
        entry.highest =
            self.adding.iter().map(|(_, entry)| entry.role).chain(granted).max().unwrap_or(entry.role);
    }

    fn settle_keys(&self, history: &History, base: &ActId, entry: &mut Entry) {
        let mut keys: BTreeMap<PublicKey, KeyState> = BTreeMap::new();
        for (act, brought) in self.adding.iter().filter(|(act, _)| act != base) {
            debug_assert_ne!(act, base);
            keys.extend(brought.keys.iter().map(|(key, state)| (*key, KeyState { revoked: true, ..*state })));
        }
        keys.extend(entry.keys.iter().map(|(key, state)| (*key, *state)));
        for (act, body) in &self.own {
            let counts = history.precedes(base, act) && !self.lost.contains(act);
            match body {
                ActBody::Delegate { delegation, .. } if counts => {
                    keys.insert(delegation.key, KeyState::of(delegation));
                }
                ActBody::Delegate { delegation, .. } if !self.lost.contains(act) => {
                    keys.entry(delegation.key)
                        .or_insert(KeyState { revoked: true, ..KeyState::of(delegation) });
                }
                ActBody::Rotate { sealing, .. } if counts => entry.receive_under(sealing),
                _ => {}
            }
        }
        for (_, body) in &self.own {
            if let ActBody::Revoke { key, .. } = body
                && let Some(state) = keys.get_mut(key)
            {
                state.revoked = true;
            }
        }
        let current: BTreeSet<Delegated> = keys.iter().map(|(key, state)| state.delegated(*key)).collect();
        entry.earlier = self.ever_delegated().filter(|delegated| !current.contains(delegated)).collect();
        entry.keys = keys;
    }

    /// Everything that its cards and its own acts ever said of its keys.
    fn ever_delegated(&self) -> impl Iterator<Item = Delegated> {
        let cards = self.adding.iter().flat_map(|(_, entry)| &entry.keys);
        let cards = cards.map(|(key, state)| state.delegated(*key));
        let own = self.own.iter().filter_map(|(act, body)| match body {
            ActBody::Delegate { delegation, .. } if !self.lost.contains(act) => {
                Some(KeyState::of(delegation).delegated(delegation.key))
            }
            _ => None,
        });
        cards.chain(own)
    }

    /// Where records end, of several ends of one signer the caller takes the lowest.
    fn cuts(&self, history: &History, entry: &Entry) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for out in &self.outs {
            self.end(
                history,
                entry,
                &out.act,
                out.cuts,
                Scopes::PUBLISH | Scopes::DAEMON | Scopes::STEWARD,
                &mut cuts,
            );
        }
        for (act, role, ends) in &self.roles {
            if *role == Role::Observer {
                self.end(history, entry, act, ends, Scopes::PUBLISH, &mut cuts);
            }
        }
        for (_, body) in &self.own {
            if let ActBody::Revoke { key, last, .. } = body
                && entry.keys.contains_key(key)
            {
                cuts.push(Cut { signer: *key, last: *last });
            }
        }
        cuts
    }

    /// Ends the records of every key with one of these scopes that came without knowledge of `act`: where the act says,
    /// and of a key that it does not name none stands.
    fn end(
        &self,
        history: &History,
        entry: &Entry,
        act: &ActId,
        named: &[Cut],
        scopes: Scopes,
        cuts: &mut Vec<Cut>,
    ) {
        for (key, state) in &entry.keys {
            if let Some(cut) = named.iter().find(|cut| cut.signer == *key) {
                cuts.push(*cut);
            } else if state.scopes.bits() & scopes.bits() != 0 && !self.comes_after(history, key, act) {
                cuts.push(Cut { signer: *key, last: None });
            }
        }
    }

    /// Whether every act that ever named this key as the member's knew `act`. One that has no effect in the end counts too:
    /// whoever wrote `act` may have seen the key by it, and meant it.
    fn comes_after(&self, history: &History, key: &PublicKey, act: &ActId) -> bool {
        let brought =
            self.adding.iter().filter(|(_, entry)| entry.keys.contains_key(key)).map(|(act, _)| act);
        let delegated = self.own.iter().filter(
            |(_, body)| matches!(body, ActBody::Delegate { delegation, .. } if delegation.key == *key),
        );
        let named = self.named.iter().filter(|(_, named)| named == key);
        let mut came = brought.chain(delegated.map(|(act, _)| act)).chain(named.map(|(act, _)| act));
        came.all(|by| history.precedes(act, by))
    }

    /// As one who was a member.
    fn part(&self, history: &History, base: &ActId, mut entry: Entry) -> Option<Former> {
        let ending: Vec<&Out<'_>> =
            self.outs.iter().filter(|out| !history.precedes(&out.act, base)).collect();
        let removed = ending.iter().filter(|out| !out.left).map(|out| out.act).min();
        let act = removed.or_else(|| ending.iter().map(|out| out.act).min())?;
        entry.state = if removed.is_some() { MemberState::Removed } else { MemberState::Left };
        let bound = ending.iter().filter_map(|out| Some((out.act, out.successor?))).min();
        Some(Former { entry: Arc::new(entry), act, successor: bound.map(|(_, successor)| successor) })
    }
}
