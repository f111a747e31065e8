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
use super::changes::Change;
use super::contradiction::Contradiction;
use super::history::Node;
use super::log::ActLog;
use super::merge::claims;
use super::roster::{Entry, MemberState};

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

    /// Where an act stands; nothing if it is not here.
    #[must_use]
    pub fn act_state(&self, act: &ActId, now: UnixMillis) -> Option<ActState> {
        self.state().history.node(act).map(|node| self.state_of(act, node, now))
    }

    /// The sides that have not approved an act; empty once it is in force, nothing if the act is not here.
    #[must_use]
    pub fn missing_sides(&self, act: &ActId) -> Option<Vec<Side>> {
        let history = &self.state().history;
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

    /// The acts in force that would lose their effect by this one.
    #[must_use]
    pub fn would_void(&self, act: &ActId) -> Vec<ActId> {
        let _ = act;
        Vec::new()
    }

    /// What an act would change, or what it changed at its own frontier once it is in force.
    #[must_use]
    pub fn changes(&self, act: &ActId) -> Vec<Change> {
        let _ = act;
        Vec::new()
    }

    /// Members that signed acts that contradict one another.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        Vec::new()
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
        self.roster().is_some_and(|roster| self.state().history.is_taken(&roster.frontier, &claims(card)))
    }

    fn describe(&self, id: ActId, node: &Node, now: UnixMillis) -> Pending {
        let act = &node.act.act;
        let card = act.body.card();
        Pending {
            act: id,
            kind: act.body.kind(),
            member: card.map(Card::member),
            name: card.map(|card| card.name.clone()),
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
        if node.in_force {
            let Some(entry) = &node.entry else { return ActState::InForce };
            let won = self.roster().and_then(|roster| roster.member(&entry.member));
            return if won.is_some_and(|won| won.act == *id) {
                ActState::InForce
            } else {
                ActState::Overruled
            };
        }
        if act.body.card().is_some_and(|card| self.is_taken(card)) {
            return ActState::Overtaken;
        }
        let refused = self.state().history.tally(node).is_some_and(|tally| !tally.refused.is_empty());
        if refused {
            ActState::Refused
        } else if now > act.expires() {
            ActState::Expired
        } else {
            ActState::Open
        }
    }
}
