//! The acts that are here with their past, and which of them are in force.
//!
//! An act is in force when its parents are and the consent that the rules ask for is met, a member's own act when its
//! parents are; nothing that arrives later takes that back, though a removal beside it may take away its effect. This
//! file keeps the graph and answers questions about it; it decides neither what is let in (`admit.rs`) nor
//! what the acts say together (`merge.rs`).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::Side;

use super::act::{SignedAct, root_act};
use super::approval::{Decision, SignedApproval};
use super::bits::Bits;
use super::body::ActBody;
use super::charter::Charter;
use super::consent::{self, Needs, Tally};
use super::draft::Draft;
use super::entitle::Grounds;
use super::graph::Graph;
use super::item::{Item, ItemId};
use super::merge::{Claim, Standing, claims};
use super::own::Slots;
use super::recent::Recent;
use super::role::Role;
use super::roster::{Entry, MemberState, Roster};
use super::touched::Touched;

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
    pub(super) needs: Needs,
    pub(super) voices: BTreeMap<(MemberId, Decision), Voice>,
    /// Its number in the graph, once it is in force.
    pub(super) place: Option<u32>,
    /// Whom it brings in, if it brings in anybody.
    pub(super) entry: Option<Arc<Entry>>,
    /// Whether another act in force claims something that this one claims.
    pub(super) contested: bool,
    order: u64,
}

impl Node {
    pub(super) const fn in_force(&self) -> bool {
        self.place.is_some()
    }

    /// Who proposed it; nobody where a side's recovery key speaks, which is no office of whom it belongs to.
    pub(super) fn author(&self) -> Option<MemberId> {
        let seat = matches!(self.act.act.body, ActBody::Seat { .. });
        if seat { None } else { Some(self.act.act.author) }
    }

    /// For whom it claims what it claims.
    pub(super) fn claimant(&self) -> MemberId {
        self.entry.as_ref().map_or(self.act.act.author, |entry| entry.member)
    }
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
    pub(super) heads: BTreeSet<ActId>,
    /// The acts that are not in force, by author.
    open: BTreeMap<MemberId, BTreeSet<ActId>>,
    /// The own acts in force.
    pub(super) own: BTreeMap<MemberId, Slots>,
    /// Whether somebody signed two of its own acts for one number.
    pub(super) doubled: bool,
    /// Which act in force comes before which.
    pub(super) graph: Graph,
    /// The acts in force that made somebody a steward, by whom.
    pub(super) seats: BTreeMap<MemberId, Bits>,
    /// What the acts in force that cut somebody off touch today.
    pub(super) touched: Touched,
    /// The acts that the roster is the sum of.
    pub(super) summed: Bits,
    pub(super) roster: Option<Arc<Roster>>,
    /// Rosters at earlier frontiers that were asked for.
    pub(super) recent: Recent,
    /// How often the roster changed.
    pub(super) version: u64,
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
            own: BTreeMap::new(),
            doubled: false,
            graph: Graph::new(),
            seats: BTreeMap::new(),
            touched: Touched::new(),
            summed: Bits::new(),
            roster: None,
            recent: Recent::new(),
            version: 0,
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

    pub(super) fn node_mut(&mut self, id: &ActId) -> Option<&mut Node> {
        self.nodes.get_mut(id)
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

    /// The own acts in force of one member that bear this number.
    pub(super) fn own_acts(&self, member: &MemberId, number: u32) -> Option<&BTreeSet<ActId>> {
        self.own.get(member)?.get(&number)
    }

    /// All of them of one member.
    pub(super) fn slots(&self, member: &MemberId) -> Option<&Slots> {
        self.own.get(member)
    }

    /// All of them of everybody.
    pub(super) fn own_slots(&self) -> impl Iterator<Item = (&MemberId, &Slots)> {
        self.own.iter()
    }

    /// What is touched today.
    pub(super) const fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Changes whenever the roster does.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    /// The founding's id.
    pub(super) const fn root(&self) -> ActId {
        root_act(&self.circle)
    }

    /// Whether a frontier names a voice by this.
    pub(super) fn is_voice(&self, id: &ActId) -> bool {
        !self.nodes.contains_key(id) && self.voices.contains_key(id.as_bytes())
    }

    /// The number of an act in force.
    pub(super) fn place(&self, id: &ActId) -> Option<u32> {
        self.nodes.get(id)?.place
    }

    pub(super) const fn heads(&self) -> &BTreeSet<ActId> {
        &self.heads
    }

    /// Whether this can be stood on: an act in force, or a voice for one.
    pub(super) fn in_force(&self, id: &ActId) -> bool {
        if *id == self.root() {
            return self.founded.is_some();
        }
        let act = match self.voices.get(id.as_bytes()) {
            Some((act, _, Decision::Approve)) => act,
            _ => id,
        };
        self.nodes.get(act).is_some_and(|node| node.in_force())
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

    /// Where an act stands with the sides, by everybody's decisions and the rules at its past.
    pub(super) fn tally(&self, node: &Node) -> Option<Tally> {
        let charter = &self.founded.as_ref()?.charter;
        let voices =
            node.voices.iter().map(|((approver, decision), voice)| (*approver, &voice.side, *decision));
        Some(consent::tally(&charter.sides, &node.needs, node.author(), &node.author_side, voices))
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
        self.version = self.version.saturating_add(1);
        self.founded = Some(founded);
        self.note(*self.circle.as_bytes());
    }

    /// Takes an act whose parents are in force and whose author was entitled to it. Returns whether it is in force at
    /// once.
    pub(super) fn admit(&mut self, id: ActId, act: Arc<SignedAct>, grounds: Grounds) -> bool {
        let order = self.note(*id.as_bytes());
        self.open.entry(act.act.author).or_default().insert(id);
        let node = Node {
            act,
            author_side: grounds.side,
            needs: grounds.needs,
            voices: BTreeMap::new(),
            place: None,
            entry: grounds.entry,
            contested: false,
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
        let decided = self.decide(act);
        // A refusal takes nothing away.
        if !decided && key.1 == Decision::Approve && self.touched.contains(&act) {
            self.reconsider();
        }
        decided
    }

    /// The history as it would be if the act, which is not in force, were.
    pub(super) fn supposing(&self, act: &ActId) -> Option<Self> {
        let open = self.nodes.get(act).is_some_and(|node| !node.in_force());
        open.then(|| {
            let mut supposed = self.clone();
            supposed.enforce(*act);
            supposed
        })
    }

    /// Takes an act that is not in force out again, with the decisions on it.
    pub(super) fn withdraw(&mut self, id: &ActId) -> Option<Node> {
        if self.nodes.get(id).is_none_or(|node| node.in_force()) {
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

    /// Puts the act in force if it is not and whoever has to agrees to it. Returns whether it did.
    fn decide(&mut self, id: ActId) -> bool {
        let Some(node) = self.nodes.get(&id) else { return false };
        let body = &node.act.act.body;
        let agreed = match body {
            ActBody::Unknown { .. } => false,
            body if body.is_own() => true,
            _ => self.tally(node).is_some_and(|tally| tally.met),
        };
        if node.in_force() || !agreed {
            return false;
        }
        self.enforce(id);
        true
    }

    pub(super) fn close(&mut self, id: &ActId, author: &MemberId) {
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
