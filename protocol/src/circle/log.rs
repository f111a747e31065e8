//! A circle's history at one node: takes items in any order, and says who is in.
//!
//! The answer is a function of the set of items that were taken, never of the order in which they came. The log asks
//! nobody for anything: it says what is missing, and the caller asks its peers.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::epoch::Header;
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::time::UnixMillis;

use super::act::{SignedAct, root_act};
use super::admit::State;
use super::approval::SignedApproval;
use super::aside::{Aside, Loose};
use super::charter::Charter;
use super::draft::Draft;
use super::history::History;
use super::item::{Item, ItemId};
use super::roster::{Entry, Roster};
use crate::limits::{MAX_FUTURE_MS, MAX_OPEN_PROPOSALS, PROPOSAL_GRACE_MS};
use crate::rules::Rule;

/// What became of an item that broke no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// The item is part of the history now.
    Fresh {
        /// The item, and others that had been set aside for want of it, in an order in which another log can take
        /// them: this is what to write to disk.
        admitted: Vec<ItemId>,
        /// Whether another act is in force, and the roster's frontier with it.
        roster_changed: bool,
    },
    /// It was here before, or says nothing new.
    Known,
    /// It is set aside until these acts are here and in force; ask for them.
    Waiting(
        /// Acts, each with its approvals.
        Vec<ActId>,
    ),
}

/// The founding, the acts and the approvals of one circle. Cheap to clone: clones share until one of them changes.
#[derive(Clone, Debug)]
pub struct ActLog {
    circle: CircleId,
    state: Arc<State>,
}

impl ActLog {
    /// An empty log. It knows nobody before the founding is in it.
    #[must_use]
    pub fn new(circle: CircleId) -> Self {
        let state = State { history: History::new(circle), aside: Aside::default(), wanted: BTreeSet::new() };
        Self { circle, state: Arc::new(state) }
    }

    /// The log of items that this very program let in before and kept sealed: signatures are not checked again, and
    /// what does not fit is left out.
    #[must_use]
    pub fn restore(circle: CircleId, items: impl Iterator<Item = Item>, now: UnixMillis) -> Self {
        let mut log = Self::new(circle);
        for item in items {
            // What was let in once breaks no rule; should the disk say otherwise, the log does without it.
            let _ = log.insert_trusted(item, now);
        }
        log
    }

    /// Takes an item whose signatures this very program has checked before.
    ///
    /// # Errors
    /// As [`ActLog::insert`].
    pub fn insert_trusted(&mut self, item: Item, now: UnixMillis) -> Result<Inserted, Rule> {
        match item {
            Item::Founding(draft) => self.insert_founding(draft, now),
            Item::Act(act) => self.insert_loose(Loose::Act(act.id(), act), now, true),
            Item::Approval(approval) => self.insert_loose(Loose::Approval(approval), now, true),
            Item::Header(_) => Err(Rule::ItemUnknown),
        }
    }

    /// The circle.
    #[must_use]
    pub const fn circle(&self) -> &CircleId {
        &self.circle
    }

    /// Takes an item. A header is not for the log: see [`Keyring`](super::Keyring).
    ///
    /// # Errors
    /// The rule that the item breaks; nothing changed then.
    pub fn insert(&mut self, item: Item, now: UnixMillis) -> Result<Inserted, Rule> {
        match item {
            Item::Founding(draft) => self.insert_founding(draft, now),
            Item::Act(act) => self.insert_act(act, now),
            Item::Approval(approval) => self.insert_approval(approval, now),
            Item::Header(_) => Err(Rule::ItemUnknown),
        }
    }

    /// Takes the founding.
    ///
    /// # Errors
    /// [`Rule::FoundingWrongCircle`], [`Rule::FoundingMalformed`], [`Rule::FoundingNotAFounder`],
    /// [`Rule::FoundingSignature`].
    pub fn insert_founding(&mut self, draft: Arc<Draft>, now: UnixMillis) -> Result<Inserted, Rule> {
        if draft.circle() != self.circle {
            return Err(Rule::FoundingWrongCircle);
        }
        if self.is_founded() {
            return Ok(Inserted::Known);
        }
        draft.check_complete()?;
        let admitted = Arc::make_mut(&mut self.state).found(draft, now);
        Ok(Inserted::Fresh { admitted, roster_changed: true })
    }

    /// Takes an act.
    ///
    /// # Errors
    /// [`Rule::ActWrongCircle`], [`Rule::ActVersion`], [`Rule::ActMalformed`], [`Rule::ActFuture`],
    /// [`Rule::ActSignature`], [`Rule::ActSigner`], [`Rule::ActBody`], [`Rule::ActContradiction`].
    pub fn insert_act(&mut self, act: Arc<SignedAct>, now: UnixMillis) -> Result<Inserted, Rule> {
        act.check_shape(&self.circle)?;
        if act.act.created > now.saturating_add(MAX_FUTURE_MS) {
            return Err(Rule::ActFuture);
        }
        let id = act.id();
        self.insert_loose(Loose::Act(id, act), now, false)
    }

    /// Takes an approval.
    ///
    /// # Errors
    /// [`Rule::ApprovalWrongCircle`], [`Rule::ApprovalVersion`], [`Rule::ApprovalMalformed`],
    /// [`Rule::ApprovalFuture`], [`Rule::ApprovalSignature`], [`Rule::ApprovalSigner`], [`Rule::ApprovalLate`].
    pub fn insert_approval(
        &mut self,
        approval: Arc<SignedApproval>,
        now: UnixMillis,
    ) -> Result<Inserted, Rule> {
        approval.check_shape(&self.circle)?;
        if approval.approval.created > now.saturating_add(MAX_FUTURE_MS) {
            return Err(Rule::ApprovalFuture);
        }
        self.insert_loose(Loose::Approval(approval), now, false)
    }

    fn insert_loose(&mut self, loose: Loose, now: UnixMillis, trusted: bool) -> Result<Inserted, Rule> {
        if self.contains(&loose.id()) {
            return Ok(Inserted::Known);
        }
        let key = loose.key();
        let held = self.state.aside.held(&ActId::from_bytes(key)).is_some();
        if let Some(waits) = self.state.aside.waits(&key).filter(|_| !held) {
            return Ok(Inserted::Waiting(waits.to_vec()));
        }
        // Only what is signed is remembered in any way, so a forgery cannot stand in the way of the original.
        if !trusted {
            loose.check_signature()?;
        }
        let before = self.state.history.version();
        let state = Arc::make_mut(&mut self.state);
        let admitted = state.take(loose, now, trusted)?;
        if let Some(waits) = state.aside.waits(&key) {
            return Ok(Inserted::Waiting(waits.to_vec()));
        }
        if admitted.is_empty() {
            return Ok(Inserted::Known);
        }
        let roster_changed = before != self.state.history.version();
        Ok(Inserted::Fresh { admitted, roster_changed })
    }

    /// Whether the founding is here.
    #[must_use]
    pub fn is_founded(&self) -> bool {
        self.state.history.founded().is_some()
    }

    /// The founding.
    #[must_use]
    pub fn founding(&self) -> Option<&Arc<Draft>> {
        self.state.history.founded().map(|founded| &founded.draft)
    }

    /// The charter.
    #[must_use]
    pub fn charter(&self) -> Option<&Arc<Charter>> {
        self.state.history.founded().map(|founded| &founded.charter)
    }

    /// What all acts in force together say; nothing before the founding is here.
    #[must_use]
    pub fn roster(&self) -> Option<&Arc<Roster>> {
        self.state.history.roster()
    }

    /// The roster at an earlier frontier; nothing while not all of the frontier is in force here. Costs a walk over
    /// the history unless the frontier is the present one.
    #[must_use]
    pub fn roster_at(&self, frontier: &[ActId]) -> Option<Arc<Roster>> {
        self.state.history.roster_at(frontier)
    }

    /// The same, and has it at hand, with a few others that were asked for last, when it is asked for again; not while
    /// another log shares this one's memory.
    pub fn recall(&mut self, frontier: &[ActId]) -> Option<Arc<Roster>> {
        match Arc::get_mut(&mut self.state) {
            Some(state) => state.history.recall(frontier),
            None => self.roster_at(frontier),
        }
    }

    /// One member of the roster at an earlier frontier; costs what the roster does.
    #[must_use]
    pub fn entry_at(&self, frontier: &[ActId], member: &MemberId) -> Option<Arc<Entry>> {
        self.state.history.entry_at(frontier, member)
    }

    /// The heads of the history: the acts in force that no other one follows. Sorted.
    pub fn heads(&self) -> impl Iterator<Item = &ActId> {
        self.state.history.heads().iter()
    }

    /// Those of these acts that are not in force here.
    #[must_use]
    pub fn lacking(&self, acts: &[ActId]) -> Vec<ActId> {
        self.state.history.lacking(acts)
    }

    /// How many acts are in force to which the sides agreed; what members do alone is not counted.
    #[must_use]
    pub fn agreed(&self) -> usize {
        let nodes = self.state.history.nodes();
        nodes.filter(|(_, node)| node.in_force() && !node.act.act.body.is_own()).count()
    }

    /// The latest date that one of these acts bears, the founding's being the charter's.
    #[must_use]
    pub fn dated(&self, acts: &[ActId]) -> UnixMillis {
        let founding = self.charter().map(|charter| charter.created);
        let dates = acts.iter().filter_map(|id| Some(self.state.history.node(id)?.act.act.created));
        dates.chain(founding).max().unwrap_or_default()
    }

    /// Whether the item is part of the history.
    #[must_use]
    pub fn contains(&self, id: &ItemId) -> bool {
        self.state.history.contains(id)
    }

    /// An item of the history.
    #[must_use]
    pub fn get(&self, id: &ItemId) -> Option<Item> {
        self.state.history.get(id)
    }

    /// The ids of the history's items, each after what it needs.
    pub fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.state.history.ids()
    }

    /// The items of the history, each after what it needs: another log that takes them in this order sets nothing
    /// aside.
    pub fn items(&self) -> impl Iterator<Item = Item> {
        self.ids().filter_map(|id| self.get(&id))
    }

    /// An act with the decisions on it, or the founding: the answer to a peer that asks for an act.
    #[must_use]
    pub fn bundle(&self, act: &ActId) -> Vec<Item> {
        let mut items: Vec<Item> = self.get(act.as_bytes()).into_iter().collect();
        if let Some(node) = self.state.history.node(act) {
            items.extend(node.voices.values().map(|voice| Item::Approval(Arc::clone(&voice.approval))));
        }
        items
    }

    /// Says which epoch headers wait for acts that are not here. Of one who signed several own acts for one number a log
    /// passes over what nothing stands on; an epoch that a steward dealt in that knowledge stands on it.
    pub fn want<'a>(&mut self, waiting: impl Iterator<Item = &'a Header>) {
        let history = &self.state.history;
        // Also by one whose office came to nothing: what was sealed meanwhile is for those who were there.
        let by_steward = waiting.filter(|header| {
            history.was_steward(&header.dealer)
                && history.was_stewards_key(&header.dealer, &header.signer, header.created)
        });
        let frontiers = by_steward.flat_map(|header| header.frontier.iter());
        let wanted: BTreeSet<ActId> = frontiers.filter(|act| !history.in_force(act)).copied().collect();
        if wanted != self.state.wanted {
            Arc::make_mut(&mut self.state).wanted = wanted;
        }
    }

    /// Bytes of the acts and approvals that are set aside; at most [`MAX_ASIDE_BYTES`](crate::limits::MAX_ASIDE_BYTES).
    #[must_use]
    pub fn aside_bytes(&self) -> usize {
        self.state.aside.bytes()
    }

    /// The acts that what is set aside waits for and that are not in force here, lowest id first: what to ask peers
    /// for. At most `most`.
    #[must_use]
    pub fn missing(&self, most: usize) -> Vec<ActId> {
        let needs: BTreeSet<&ActId> = self.state.aside.needs().chain(&self.state.wanted).collect();
        let needs = needs.into_iter();
        needs.filter(|id| !self.state.history.in_force(id)).take(most).copied().collect()
    }

    /// How many items are set aside.
    #[must_use]
    pub fn set_aside(&self) -> usize {
        self.state.aside.len()
    }

    /// Forgets proposals that expired more than 14 days ago and never came into force, and of each member's expired
    /// ones all but those with the lowest 32 ids; returns the ids of what went.
    ///
    /// Should an approval that was signed in time turn up later after all, the act is asked for again and counts.
    pub fn prune(&mut self, now: UnixMillis) -> Vec<ItemId> {
        let mut kept: BTreeMap<MemberId, usize> = BTreeMap::new();
        let mut old = Vec::new();
        // By author, and of each author the lowest id first.
        for (id, node) in self.state.history.open() {
            let act = &node.act.act;
            if now <= act.expires() {
                continue;
            }
            let kept = kept.entry(act.author).or_default();
            if now > act.expires().saturating_add(PROPOSAL_GRACE_MS) || *kept >= MAX_OPEN_PROPOSALS {
                old.push(*id);
            } else {
                *kept = kept.saturating_add(1);
            }
        }
        if old.is_empty() {
            return Vec::new();
        }
        let history = &mut Arc::make_mut(&mut self.state).history;
        let mut gone = Vec::new();
        for id in old {
            if let Some(node) = history.withdraw(&id) {
                gone.push(*id.as_bytes());
                gone.extend(node.voices.values().map(|voice| voice.id));
            }
        }
        gone
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Goes on with another history that says the same; what waits here goes on waiting.
    pub(super) fn renew(&mut self, other: Self) {
        let version = self.state.history.version().saturating_add(1);
        let mut state = Arc::unwrap_or_clone(other.state);
        let before = Arc::make_mut(&mut self.state);
        state.aside = core::mem::take(&mut before.aside);
        state.wanted = core::mem::take(&mut before.wanted);
        state.history.version = version;
        self.state = Arc::new(state);
    }

    /// The id under which the founding stands in the history.
    #[must_use]
    pub const fn root(&self) -> ActId {
        root_act(&self.circle)
    }
}
