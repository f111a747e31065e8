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

use super::act::{Act, SignedAct, root_act};
use super::approval::{Decision, SignedApproval};
use super::body::ActBody;
use super::charter::Charter;
use super::consent::{self, Needs, Tally};
use super::draft::Draft;
use super::entitle::Grounds;
use super::item::{Item, ItemId};
use super::merge::{Claim, Standing, claims, own_claim};
use super::own::{self, Slots};
use super::role::Role;
use super::roster::{Entry, MemberState, Roster};
use super::step::{is_plain, step};
use super::touched::{Touched, cuts_off, is_voidable, touched_now};
use crate::limits::MAX_FRONTIER;

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
    pub(super) in_force: bool,
    /// Whom it brings in, if it brings in anybody.
    pub(super) entry: Option<Arc<Entry>>,
    /// Whether another act in force claims something that this one claims.
    pub(super) contested: bool,
    /// One more than the deepest parent: an ancestor is always less deep.
    pub(super) depth: u32,
    /// Which unbranched line of acts it is in, once it is in force.
    pub(super) chain: u32,
    order: u64,
}

impl Node {
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
    heads: BTreeSet<ActId>,
    /// The acts that are not in force, by author.
    open: BTreeMap<MemberId, BTreeSet<ActId>>,
    /// The own acts in force.
    own: BTreeMap<MemberId, Slots>,
    /// Whether somebody signed two of its own acts for one number.
    doubled: bool,
    /// For acts in force that cut somebody off those beside it that can lose their effect.
    beside: BTreeMap<ActId, BTreeSet<ActId>>,
    /// The acts in force that cut somebody off.
    ends: BTreeSet<ActId>,
    /// What the acts in force that cut somebody off touch today.
    touched: Touched,
    /// The last act of each unbranched line.
    chains: BTreeMap<u32, ActId>,
    roster: Option<Arc<Roster>>,
    /// How often the roster changed.
    version: u64,
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
            beside: BTreeMap::new(),
            ends: BTreeSet::new(),
            touched: Touched::new(),
            chains: BTreeMap::new(),
            roster: None,
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

    /// The acts that cut somebody off, each with those beside it that can lose their effect.
    pub(super) fn beside(&self) -> impl Iterator<Item = (&ActId, &BTreeSet<ActId>)> {
        self.beside.iter()
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

    /// In which unbranched line an act in force is, and how deep.
    pub(super) fn place(&self, id: &ActId) -> Option<(u32, u32)> {
        self.nodes.get(id).filter(|node| node.in_force).map(|node| (node.chain, node.depth))
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
        self.nodes.get(act).is_some_and(|node| node.in_force)
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
        self.version = self.version.saturating_add(1);
        self.founded = Some(founded);
        self.note(*self.circle.as_bytes());
    }

    /// Takes an act whose parents are in force and whose author was entitled to it. Returns whether it is in force at
    /// once.
    pub(super) fn admit(&mut self, id: ActId, act: Arc<SignedAct>, grounds: Grounds) -> bool {
        let depth = act.act.parents.iter().map(|parent| self.depth(parent)).max().unwrap_or(0);
        let order = self.note(*id.as_bytes());
        self.open.entry(act.act.author).or_default().insert(id);
        let node = Node {
            act,
            author_side: grounds.side,
            needs: grounds.needs,
            voices: BTreeMap::new(),
            in_force: false,
            entry: grounds.entry,
            contested: false,
            depth: depth.saturating_add(1),
            chain: 0,
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
        if !decided && self.touched.contains(&act) {
            self.version = self.version.saturating_add(1);
            self.refold();
        }
        decided
    }

    /// The history as it would be if the act, which is not in force, were.
    pub(super) fn supposing(&self, act: &ActId) -> Option<Self> {
        let open = self.nodes.get(act).is_some_and(|node| !node.in_force);
        open.then(|| {
            let mut supposed = self.clone();
            supposed.enforce(*act);
            supposed
        })
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

    /// Puts the act in force if it is not and whoever has to agrees to it. Returns whether it did.
    fn decide(&mut self, id: ActId) -> bool {
        let Some(node) = self.nodes.get(&id) else { return false };
        let body = &node.act.act.body;
        let agreed = match body {
            ActBody::Unknown { .. } => false,
            body if body.is_own() => true,
            _ => self.tally(node).is_some_and(|tally| tally.met),
        };
        if node.in_force || !agreed {
            return false;
        }
        self.enforce(id);
        true
    }

    fn enforce(&mut self, id: ActId) {
        let Some(node) = self.nodes.get(&id) else { return };
        let act = Arc::clone(&node.act);
        let entry = node.entry.clone();
        let follows_all = self.heads.iter().all(|head| act.act.parents.contains(head));
        let chain = self.extend_chain(&id, &act.act.parents);
        if let Some(node) = self.nodes.get_mut(&id) {
            node.in_force = true;
            node.chain = chain;
        }
        for parent in &act.act.parents {
            self.heads.remove(parent);
        }
        // Nothing can follow an act before it is in force, so a new one is always a head.
        self.heads.insert(id);
        self.close(&id, &act.act.author);
        let contested = self.claim(id, entry.as_deref(), &act.act.body);
        let beside = !follows_all && self.compare(id, &act.act.body);
        if let Some(number) = act.act.body.number() {
            let rivals = self.own.entry(act.act.author).or_default().entry(number).or_default();
            rivals.insert(id);
            self.doubled |= rivals.len() > 1;
        }
        if cuts_off(&act.act.body).is_some() {
            self.ends.insert(id);
        }
        self.version = self.version.saturating_add(1);
        if contested || beside || self.doubled || !self.touched.is_empty() {
            self.refold();
        } else if follows_all && is_plain(&act.act.body) && self.came_once(&act.act) {
            if let Some(roster) = &mut self.roster {
                step(Arc::make_mut(roster), id, &act.act.author, &act.act.body, entry);
            }
        } else if matches!(act.act.body, ActBody::Add { .. } | ActBody::Tie) {
            let frontier = self.heads.iter().copied().collect();
            if let Some(roster) = &mut self.roster {
                Arc::make_mut(roster).advance(entry, frontier);
            }
        } else {
            self.refold();
        }
    }

    /// Whether whom the act is about came in by one act only.
    fn came_once(&self, act: &Act) -> bool {
        let member = match &act.body {
            body if body.is_own() => Some(act.author),
            body => body.subject(),
        };
        let acts = member.and_then(|member| self.claimed.get(&Claim::Member(member)));
        acts.is_none_or(|acts| acts.len() < 2)
    }

    /// Computes the roster from all that is in force.
    fn refold(&mut self) {
        let Some(founded) = &self.founded else { return };
        if self.doubled {
            self.heads = self.effective_heads();
        }
        let heads: Vec<ActId> = self.heads.iter().copied().collect();
        let past = self.closure(&heads);
        let room = MAX_FRONTIER.saturating_sub(heads.len());
        let touched = touched_now(self, founded, &past, room);
        let roster = self.sum(founded, &past, &touched, heads.into_iter());
        self.touched = touched;
        self.roster = Some(Arc::new(roster));
    }

    /// The heads where somebody signed two own acts for one number: those without effect that nothing stands on are
    /// none, so that nodes that kept different ones have the same heads.
    fn effective_heads(&self) -> BTreeSet<ActId> {
        let mut idle: BTreeSet<ActId> = BTreeSet::new();
        for slots in self.own.values() {
            let effective = own::effective(self, slots, |_| true);
            idle.extend(slots.values().flatten().filter(|id| !effective.contains(id)));
        }
        let shared = self.nodes.iter().filter(|(id, node)| node.in_force && !idle.contains(*id));
        let mut heads: BTreeSet<ActId> = shared.map(|(id, _)| *id).chain([self.root()]).collect();
        for (_, node) in self.nodes.iter().filter(|(id, node)| node.in_force && !idle.contains(*id)) {
            for parent in &node.act.act.parents {
                heads.remove(parent);
            }
        }
        // What comes before an act that is not among them may still come before another one through it.
        self.latest(heads.into_iter())
    }

    /// Continues the line that ends in one of the parents, or begins a new one.
    fn extend_chain(&mut self, id: &ActId, parents: &[ActId]) -> u32 {
        let of = |parent: &ActId| {
            let (chain, _) = self.place(parent)?;
            (self.chains.get(&chain) == Some(parent)).then_some(chain)
        };
        let next = self.chains.last_key_value().map_or(0, |(last, _)| last.saturating_add(1));
        let chain = parents.iter().find_map(of).unwrap_or(next);
        self.chains.insert(chain, *id);
        chain
    }

    /// Notes which acts stand beside one that cuts somebody off; returns whether there are any.
    fn compare(&mut self, id: ActId, body: &ActBody) -> bool {
        let mut found: Vec<(ActId, ActId)> = Vec::new();
        if is_voidable(body) {
            found.extend(
                self.ends().filter(|end| **end != id && !self.precedes(end, &id)).map(|end| (*end, id)),
            );
        }
        if cuts_off(body).is_some() {
            let voidable = |node: &Node| node.in_force && is_voidable(&node.act.act.body);
            let others = self.nodes.iter().filter(|(other, node)| **other != id && voidable(node));
            found.extend(
                others.filter(|(other, _)| !self.precedes(other, &id)).map(|(other, _)| (id, *other)),
            );
        }
        for (end, other) in &found {
            self.beside.entry(*end).or_default().insert(*other);
        }
        !found.is_empty()
    }

    /// The acts in force that cut somebody off.
    fn ends(&self) -> impl Iterator<Item = &ActId> {
        self.ends.iter()
    }

    /// Notes what an act in force claims, and whether others claim it too.
    fn claim(&mut self, id: ActId, entry: Option<&Entry>, body: &ActBody) -> bool {
        let mut rivals = BTreeSet::new();
        for claim in entry.map(|entry| claims(&entry.card)).into_iter().flatten().chain(own_claim(body)) {
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
