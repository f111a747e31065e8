//! The acts that are here with their past, and which of them are in force.
//!
//! An act is in force when its parents are and the charter's consent is met; nothing that arrives later takes that
//! back. This file keeps the graph and answers questions about it; it decides neither what is let in (`admit.rs`) nor
//! what the acts say together (`merge.rs`).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::Side;

use super::act::{SignedAct, root_act};
use super::approval::{Decision, SignedApproval};
use super::body::ActBody;
use super::charter::Charter;
use super::consent::{self, Tally};
use super::draft::Draft;
use super::item::{Item, ItemId};
use super::merge::{Claim, Standing, claims, fold};
use super::role::Role;
use super::roster::{Entry, MemberState, Roster};

/// The founding and what follows from it alone.
#[derive(Clone, Debug)]
pub(super) struct Founded {
    pub(super) draft: Arc<Draft>,
    pub(super) charter: Arc<Charter>,
    pub(super) founders: BTreeMap<MemberId, Arc<Entry>>,
}

/// A steward's decision that counts.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    pub(super) id: ItemId,
    pub(super) approval: Arc<SignedApproval>,
    pub(super) side: Side,
    order: u64,
}

/// An act whose author was entitled to it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) act: Arc<SignedAct>,
    pub(super) author_side: Side,
    pub(super) voices: BTreeMap<(MemberId, Decision), Voice>,
    pub(super) in_force: bool,
    /// Whom it adds, if it adds anybody.
    pub(super) entry: Option<Arc<Entry>>,
    /// Whether another act in force claims something that this one claims.
    pub(super) contested: bool,
    /// One more than the deepest parent: an ancestor is always less deep.
    depth: u32,
    order: u64,
}

/// The founding, every act with a known past, and every decision that counts.
#[derive(Clone, Debug)]
pub(super) struct History {
    circle: CircleId,
    founded: Option<Founded>,
    nodes: BTreeMap<ActId, Node>,
    voices: BTreeMap<ItemId, (ActId, MemberId, Decision)>,
    /// Who claims what, among the acts in force.
    pub(super) claimed: BTreeMap<Claim, BTreeSet<ActId>>,
    heads: BTreeSet<ActId>,
    /// The acts that are not in force, by author.
    open: BTreeMap<MemberId, BTreeSet<ActId>>,
    roster: Option<Arc<Roster>>,
    /// Items as they were let in: each one's needs come before it.
    order: BTreeMap<u64, ItemId>,
    next: u64,
}

impl History {
    pub(super) const fn new(circle: CircleId) -> Self {
        Self {
            circle,
            founded: None,
            nodes: BTreeMap::new(),
            voices: BTreeMap::new(),
            claimed: BTreeMap::new(),
            heads: BTreeSet::new(),
            open: BTreeMap::new(),
            roster: None,
            order: BTreeMap::new(),
            next: 1,
        }
    }

    pub(super) const fn circle(&self) -> &CircleId {
        &self.circle
    }

    pub(super) const fn founded(&self) -> Option<&Founded> {
        self.founded.as_ref()
    }

    pub(super) const fn roster(&self) -> Option<&Arc<Roster>> {
        self.roster.as_ref()
    }

    pub(super) fn node(&self, id: &ActId) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (&ActId, &Node)> {
        self.nodes.iter()
    }

    /// The acts that are not in force.
    pub(super) fn open(&self) -> impl Iterator<Item = (&ActId, &Node)> {
        self.open.values().flatten().filter_map(|id| Some((id, self.nodes.get(id)?)))
    }

    /// Those of one author, lowest id first.
    pub(super) fn open_of(&self, author: &MemberId) -> impl Iterator<Item = (&ActId, &Node)> {
        let open = self.open.get(author).into_iter().flatten();
        open.filter_map(|id| Some((id, self.nodes.get(id)?)))
    }

    pub(super) const fn heads(&self) -> &BTreeSet<ActId> {
        &self.heads
    }

    pub(super) fn in_force(&self, id: &ActId) -> bool {
        if *id == root_act(&self.circle) {
            self.founded.is_some()
        } else {
            self.nodes.get(id).is_some_and(|node| node.in_force)
        }
    }

    /// Those of `ids` that are not in force here.
    pub(super) fn lacking(&self, ids: &[ActId]) -> Vec<ActId> {
        ids.iter().filter(|id| !self.in_force(id)).copied().collect()
    }

    pub(super) fn contains(&self, id: &ItemId) -> bool {
        let act = ActId::from_bytes(*id);
        (act == root_act(&self.circle) && self.founded.is_some())
            || self.nodes.contains_key(&act)
            || self.voices.contains_key(id)
    }

    pub(super) fn get(&self, id: &ItemId) -> Option<Item> {
        let act = ActId::from_bytes(*id);
        if act == root_act(&self.circle) {
            return self.founded.as_ref().map(|founded| Item::Founding(Arc::clone(&founded.draft)));
        }
        if let Some(node) = self.nodes.get(&act) {
            return Some(Item::Act(Arc::clone(&node.act)));
        }
        let (act, approver, decision) = self.voices.get(id)?;
        let voice = self.nodes.get(act)?.voices.get(&(*approver, *decision))?;
        Some(Item::Approval(Arc::clone(&voice.approval)))
    }

    /// The ids of all items, each after what it needs.
    pub(super) fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.order.values().copied()
    }

    /// The act, its past and everybody's decisions, decided by the charter.
    pub(super) fn tally(&self, node: &Node) -> Option<Tally> {
        let charter = &self.founded.as_ref()?.charter;
        let voices =
            node.voices.iter().map(|((approver, decision), voice)| (*approver, &voice.side, *decision));
        Some(consent::tally(charter, node.act.act.author, &node.author_side, voices))
    }

    pub(super) fn depth(&self, id: &ActId) -> u32 {
        self.nodes.get(id).map_or(0, |node| node.depth)
    }

    /// Takes the founding, whose signatures have been checked.
    pub(super) fn found(&mut self, draft: Arc<Draft>) {
        let root = root_act(&self.circle);
        let charter = Arc::new(draft.charter().clone());
        let mut founders = BTreeMap::new();
        for card in &charter.founders {
            for claim in claims(card) {
                self.claimed.entry(claim).or_default().insert(root);
            }
            let entry = Entry::new(card, Role::Steward, root, MemberState::Active);
            founders.insert(entry.member, Arc::new(entry));
        }
        self.heads.insert(root);
        let founded = Founded { draft, charter, founders };
        let standing = Standing::founded(&founded);
        let roster = Roster::new(self.circle, Arc::clone(&founded.charter), standing, alloc::vec![root]);
        self.roster = Some(Arc::new(roster));
        self.founded = Some(founded);
        self.note(*self.circle.as_bytes());
    }

    /// Takes an act whose parents are in force and whose author was entitled to it. Returns whether it is in force at
    /// once.
    pub(super) fn admit(&mut self, id: ActId, act: Arc<SignedAct>, author_side: Side) -> bool {
        let entry = match &act.act.body {
            ActBody::Add { card, role } => Some(Arc::new(Entry::new(card, *role, id, MemberState::Active))),
            _ => None,
        };
        let depth = act.act.parents.iter().map(|parent| self.depth(parent)).max().unwrap_or(0);
        let order = self.note(*id.as_bytes());
        self.open.entry(act.act.author).or_default().insert(id);
        let node = Node {
            act,
            author_side,
            voices: BTreeMap::new(),
            in_force: false,
            entry,
            contested: false,
            depth: depth.saturating_add(1),
            order,
        };
        self.nodes.insert(id, node);
        self.decide(id)
    }

    /// Takes a steward's first decision of its kind on an act that is here; the steward was entitled to it. Returns
    /// whether the act came into force by it.
    pub(super) fn hear(&mut self, approval: Arc<SignedApproval>, side: Side) -> bool {
        let id = approval.id();
        let act = approval.approval.act;
        let key = (approval.approval.approver, approval.approval.decision);
        let order = self.note(id);
        let Some(node) = self.nodes.get_mut(&act) else { return false };
        node.voices.insert(key, Voice { id, approval, side, order });
        self.voices.insert(id, (act, key.0, key.1));
        self.decide(act)
    }

    /// Takes an act that is not in force out again, with the decisions on it.
    pub(super) fn withdraw(&mut self, id: &ActId) -> Option<Node> {
        if self.nodes.get(id).is_none_or(|node| node.in_force) {
            return None;
        }
        let node = self.nodes.remove(id)?;
        self.close(id, &node.act.act.author);
        self.order.remove(&node.order);
        for voice in node.voices.values() {
            self.voices.remove(&voice.id);
            self.order.remove(&voice.order);
        }
        Some(node)
    }

    /// Puts the act in force if it is not and the consent is met. Returns whether it did.
    fn decide(&mut self, id: ActId) -> bool {
        let Some(node) = self.nodes.get(&id) else { return false };
        let understood = !matches!(node.act.act.body, ActBody::Unknown { .. });
        if node.in_force || !understood || !self.tally(node).is_some_and(|tally| tally.met) {
            return false;
        }
        self.enforce(id);
        true
    }

    fn enforce(&mut self, id: ActId) {
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.in_force = true;
        let entry = node.entry.clone();
        let author = node.act.act.author;
        for parent in &node.act.act.parents {
            self.heads.remove(parent);
        }
        // Nothing can follow an act before it is in force, so a new one is always a head.
        self.heads.insert(id);
        self.close(&id, &author);
        let contested = entry.as_ref().is_some_and(|entry| self.claim(id, entry));
        let Some(founded) = &self.founded else { return };
        let frontier = self.heads.iter().copied().collect();
        if contested {
            let in_force = self.nodes.iter().filter(|(_, node)| node.in_force);
            let acts = in_force.map(|(id, _)| *id).collect();
            let standing = fold(self, founded, &acts);
            let charter = Arc::clone(&founded.charter);
            self.roster = Some(Arc::new(Roster::new(self.circle, charter, standing, frontier)));
        } else if let Some(roster) = &mut self.roster {
            Arc::make_mut(roster).advance(entry, frontier);
        }
    }

    /// Notes what an act in force claims, and whether others claim it too.
    fn claim(&mut self, id: ActId, entry: &Entry) -> bool {
        let mut rivals = BTreeSet::new();
        for claim in claims(&entry.card) {
            let holders = self.claimed.entry(claim).or_default();
            rivals.extend(holders.iter().copied());
            holders.insert(id);
        }
        let contested = !rivals.is_empty();
        if contested {
            rivals.insert(id);
        }
        for rival in rivals {
            if let Some(node) = self.nodes.get_mut(&rival) {
                node.contested = true;
            }
        }
        contested
    }

    fn close(&mut self, id: &ActId, author: &MemberId) {
        if let Some(open) = self.open.get_mut(author) {
            open.remove(id);
            if open.is_empty() {
                self.open.remove(author);
            }
        }
    }

    fn note(&mut self, id: ItemId) -> u64 {
        let order = self.next;
        self.next = self.next.saturating_add(1);
        self.order.insert(order, id);
        order
    }
}
