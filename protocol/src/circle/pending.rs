//! What waits for a decision, and where every act stands: for the people who decide.

use alloc::string::String;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;

use super::act::SignedAct;
use super::approval::SignedApproval;
use super::body::ActBody;
use super::consent::Tally;
use super::history::Node;
use super::log::ActLog;
use super::merge::claims;
use super::own;
use super::roster::{Entry, MemberState, Roster};

/// Where an act stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActState {
    /// It waits for approvals.
    Open,
    /// A side that it needs has refused, and nobody of that side has approved.
    Refused,
    /// The time for approvals is over.
    Expired,
    /// Whom it would add, or somebody with the same name or key, is a member by another act.
    Overtaken,
    /// It came into force, and another act that did not know of it did too and won: it has no effect.
    Overruled,
    /// It is in force, and without effect: a removal that did not know it took out its author or those who agreed to
    /// it. Another steward of a side that lacks a voice can confirm it.
    Voided,
    /// It waits for approvals, and no side can decide on it before one that has no steward has seated one.
    Blocked,
    /// It is in force.
    InForce,
    /// It is of a newer version than this program, which therefore cannot follow what comes after it.
    Unknown,
}

impl ActState {
    /// The lower case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Overtaken => "overtaken",
            Self::Overruled => "overruled",
            Self::Voided => "voided",
            Self::Blocked => "blocked",
            Self::InForce => "in-force",
            Self::Unknown => "unknown",
        }
    }
}

/// An act that is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The act.
    pub act: ActId,
    /// What it does: [`ActBody::kind`].
    pub kind: &'static str,
    /// Whom it is about.
    pub member: Option<MemberId>,
    /// That member's name.
    pub name: Option<Name>,
    /// Who proposed it.
    pub by: MemberId,
    /// Why.
    pub reason: String,
    /// The sides that have not approved.
    pub missing_sides: Vec<Side>,
    /// The last moment at which an approval can be signed.
    pub expires: UnixMillis,
    /// Where it stands.
    pub state: ActState,
}

impl ActLog {
    /// Every act that is not in force, oldest first, expired ones too until they are pruned.
    #[must_use]
    pub fn pending(&self, now: UnixMillis) -> Vec<Pending> {
        let nodes = self.state().history.open();
        let mut pending: Vec<_> =
            nodes.map(|(id, node)| (node.act.act.created, self.describe(*id, node, now))).collect();
        pending.sort_by_key(|(created, pending)| (*created, pending.act));
        pending.into_iter().map(|(_, pending)| pending).collect()
    }

    /// The acts in force that lost their effect by a removal and that another voice can still confirm, oldest first.
    #[must_use]
    pub fn confirmable(&self, now: UnixMillis) -> Vec<Pending> {
        let history = &self.state().history;
        let void = history.touched().void.iter().filter_map(|id| Some((id, history.node(id)?)));
        let void = void.filter(|(id, node)| self.is_confirmable(id) && now <= node.act.act.expires());
        let mut found: Vec<_> =
            void.map(|(id, node)| (node.act.act.created, self.describe(*id, node, now))).collect();
        found.sort_by_key(|(created, pending)| (*created, pending.act));
        found.into_iter().map(|(_, pending)| pending).collect()
    }

    /// Whether an act has lost its effect and another voice can give it back.
    pub(super) fn is_confirmable(&self, act: &ActId) -> bool {
        self.void_tally(act).is_some()
    }

    fn void_tally(&self, act: &ActId) -> Option<Tally> {
        let history = &self.state().history;
        history.touched().tally(history, history.founded()?, act)
    }

    /// Where an act stands; nothing if it is not here.
    #[must_use]
    pub fn act_state(&self, act: &ActId, now: UnixMillis) -> Option<ActState> {
        self.state().history.node(act).map(|node| self.state_of(act, node, now))
    }

    /// The sides that have not approved an act; empty once it is in force, nothing if the act is not here. Of one that
    /// lost its effect, those that lack a voice again.
    #[must_use]
    pub fn missing_sides(&self, act: &ActId) -> Option<Vec<Side>> {
        let history = &self.state().history;
        if let Some(tally) = self.void_tally(act) {
            return Some(tally.missing);
        }
        history.node(act).and_then(|node| history.tally(node)).map(|tally| tally.missing)
    }

    /// All acts beside the founding, by id.
    pub fn acts(&self) -> impl Iterator<Item = (&ActId, &SignedAct)> {
        self.state().history.nodes().map(|(id, node)| (id, node.act.as_ref()))
    }

    /// An act.
    #[must_use]
    pub fn act(&self, act: &ActId) -> Option<&SignedAct> {
        self.state().history.node(act).map(|node| node.act.as_ref())
    }

    /// The decisions on an act that count.
    pub fn approvals(&self, act: &ActId) -> impl Iterator<Item = &SignedApproval> {
        let voices = self.state().history.node(act).map(|node| node.voices.values());
        voices.into_iter().flatten().map(|voice| voice.approval.as_ref())
    }

    /// The members that open proposals would add, each with the state invited.
    #[must_use]
    pub fn invited(&self, now: UnixMillis) -> Vec<Entry> {
        let nodes = self.state().history.open();
        let open = nodes.filter(|(id, node)| self.state_of(id, node, now) == ActState::Open);
        open.filter_map(|(id, node)| match &node.act.act.body {
            ActBody::Add { card, role } => Some(Entry::new(card, *role, *id, MemberState::Invited)),
            _ => None,
        })
        .collect()
    }

    /// Whether somebody else in the present roster has this card's member id, its name or one of its keys.
    #[must_use]
    pub fn is_taken(&self, card: &Card) -> bool {
        let taken = |roster: &Roster| {
            self.state().history.is_taken(&roster.frontier, roster, &claims(card), &card.member())
        };
        self.roster().is_some_and(|roster| taken(roster))
    }

    fn describe(&self, id: ActId, node: &Node, now: UnixMillis) -> Pending {
        let act = &node.act.act;
        let member = act.body.subject();
        let known = member.and_then(|member| self.roster()?.known(&member).map(|entry| entry.name.clone()));
        Pending {
            act: id,
            kind: act.body.kind(),
            member,
            name: act.body.card().map(|card| card.name.clone()).or(known),
            by: act.author,
            reason: act.reason.clone(),
            missing_sides: self.missing_sides(&id).unwrap_or_default(),
            expires: act.expires(),
            state: self.state_of(&id, node, now),
        }
    }

    fn state_of(&self, id: &ActId, node: &Node, now: UnixMillis) -> ActState {
        let act = &node.act.act;
        if matches!(act.body, ActBody::Unknown { .. }) {
            return ActState::Unknown;
        }
        let history = &self.state().history;
        if node.in_force() {
            return if history.touched().void.contains(id) {
                ActState::Voided
            } else if self.is_overruled(id, node) {
                ActState::Overruled
            } else {
                ActState::InForce
            };
        }
        if self.is_overtaken(&act.body) {
            return ActState::Overtaken;
        }
        let tally = history.tally(node);
        if tally.as_ref().is_some_and(|tally| !tally.refused.is_empty()) {
            return ActState::Refused;
        }
        if now > act.expires() {
            return ActState::Expired;
        }
        let vacant = self.roster().map(|roster| roster.vacant()).unwrap_or_default();
        let blocked = tally.is_some_and(|tally| tally.missing.iter().any(|side| vacant.contains(&side)));
        if blocked { ActState::Blocked } else { ActState::Open }
    }

    /// Whether an act in force, beside one that did not know it either, lost against it.
    fn is_overruled(&self, id: &ActId, node: &Node) -> bool {
        let history = &self.state().history;
        let body = &node.act.act.body;
        if let Some(number) = body.number() {
            let author = &node.act.act.author;
            let effective = history.slots(author).map(|slots| own::effective(history, slots, |_| true));
            let place = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
            return effective.is_none_or(|chain| chain.get(place) != Some(id));
        }
        if let Some(entry) = &node.entry {
            let known = self.roster().and_then(|roster| roster.known(&entry.member));
            return known.is_none_or(|known| known.act != *id && history.are_concurrent(&known.act, id));
        }
        let rank = |id: &ActId, body: &ActBody| match body {
            ActBody::SetRole { member, role, .. } => Some((Some(*member), Some(*role), *id)),
            ActBody::SetRules { .. } => Some((None, None, *id)),
            _ => None,
        };
        let Some(own) = rank(id, body) else { return false };
        history.nodes().filter(|(_, other)| other.in_force()).any(|(other, node)| {
            rank(other, &node.act.act.body).is_some_and(|rank| {
                rank.0 == own.0
                    && rank < own
                    && !history.touched().void.contains(other)
                    && history.are_concurrent(other, id)
            })
        })
    }

    /// Whether there is nothing left to decide: whom it would bring in is in, whom it would take out is out, what it
    /// would set is set.
    fn is_overtaken(&self, body: &ActBody) -> bool {
        let Some(roster) = self.roster() else { return false };
        let seated = |member: &MemberId| roster.member(member).is_some_and(|entry| entry.is_steward());
        match body {
            ActBody::Add { card, .. } => roster.is_member(&card.member()) || self.is_taken(card),
            ActBody::Remove { member, .. } => !roster.is_member(member),
            ActBody::SetRole { member, role, .. } => {
                roster.member(member).is_none_or(|entry| entry.role == *role)
            }
            ActBody::SetRules { rules } => *rules == roster.rules,
            ActBody::Seat { card, removes, .. } => {
                seated(&card.member()) && removes.is_none_or(|removed| !seated(&removed))
            }
            ActBody::Rebind { member, card, .. } => {
                !roster.is_member(member) || roster.known(&card.member()).is_some()
            }
            _ => false,
        }
    }
}
