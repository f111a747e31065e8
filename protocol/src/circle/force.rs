//! What changes when an act comes into force: as little as can be shown to be enough, or everything is added up again.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::time::UnixMillis;

use super::act::Act;
use super::body::ActBody;
use super::cut::{self, Cut};
use super::history::{History, Node};
use super::merge::{Claim, claims, own_claim};
use super::own;
use super::reach::Past;
use super::roster::{Entry, KeyState, Roster};
use super::step::{is_plain, step};
use super::touched::{Touched, cuts_off, is_voidable, seats, touched_now};
use crate::limits::MAX_FRONTIER;

/// All that is in force, as far as the heads stand for it, and what is touched in it.
struct View {
    heads: BTreeSet<ActId>,
    past: Past,
    touched: Touched,
}

impl History {
    /// Puts an act in force.
    pub(super) fn enforce(&mut self, id: ActId) {
        let Some(node) = self.node(&id) else { return };
        let act = Arc::clone(&node.act);
        let act = &act.act;
        let entry = node.entry.clone();
        let seated = seats(node);
        let on_all = self.heads.iter().all(|head| act.parents.contains(head));
        let named = act.parents.iter().filter(|parent| self.is_voice(parent));
        let named: Vec<_> = named.map(|voice| *voice.as_bytes()).collect();
        let on: Vec<u32> = act.parents.iter().filter_map(|parent| self.place(parent)).collect();
        let on_summed = on.iter().all(|parent| self.summed.contains(*parent));
        let names_voices = !named.is_empty();
        let place = self.graph.place(id, on, named);
        if let Some(node) = self.node_mut(&id) {
            node.place = Some(place);
        }
        for parent in &act.parents {
            self.heads.remove(parent);
        }
        // Nothing can follow an act before it is in force, so a new one is always a head.
        self.heads.insert(id);
        self.close(&id, &act.author);
        let contested = self.claim(id, entry.as_deref(), &act.body);
        let reseats = seated.is_some_and(|member| self.seat(place, member));
        let touches = self.compare(place, &act.body, on_all);
        if let Some(number) = act.body.number() {
            let rivals = self.own.entry(act.author).or_default().entry(number).or_default();
            rivals.insert(id);
            self.doubled |= rivals.len() > 1;
        }
        self.version = self.version.saturating_add(1);
        let plain = on_all && is_plain(&act.body);
        if !on_summed || contested {
            self.refold();
            return;
        }
        // What is touched stays as it is when no act beside an end came or got a voice, and nobody became a steward by
        // whose end something is touched.
        if names_voices || reseats || touches || !self.has_room() {
            let Some(view) = self.view() else { return };
            let void = view.touched.void.iter().filter(|void| **void != id);
            if !void.eq(&self.touched.void) {
                self.fold(view);
                return;
            }
            self.touched = view.touched;
        }
        if !self.follow(id, place, act, entry, plain) {
            self.refold();
        }
    }

    /// Looks again at what is touched, after a voice for an act that is.
    pub(super) fn reconsider(&mut self) {
        let Some(view) = self.view() else { return };
        self.version = self.version.saturating_add(1);
        if view.touched.void == self.touched.void {
            self.touched = view.touched;
            let frontier = self.frontier();
            if let Some(roster) = &mut self.roster {
                Arc::make_mut(roster).frontier = frontier;
            }
        } else {
            self.fold(view);
        }
    }

    /// Whether the frontier has room for every voice that it has to name. Otherwise what it has no room for may have
    /// some after the next act.
    fn has_room(&self) -> bool {
        let voices = self.touched.voices().len();
        self.touched.is_whole() && (voices == 0 || self.heads.len().saturating_add(voices) <= MAX_FRONTIER)
    }

    /// The heads and the voices that are named with them.
    fn frontier(&self) -> Vec<ActId> {
        let voices = self.touched.voices().into_iter().map(ActId::from_bytes);
        let mut frontier: Vec<ActId> = self.heads.iter().copied().chain(voices).collect();
        frontier.sort_unstable();
        frontier
    }

    /// Takes an act that changes nothing but what it says itself into the roster, `plain` if it knew all others; returns
    /// whether it can be. Nothing else claims what it claims, and no other act is void for it or was.
    fn follow(&mut self, id: ActId, place: u32, act: &Act, entry: Option<Arc<Entry>>, plain: bool) -> bool {
        let void = self.touched.void.contains(&id);
        let Some(roster) = &self.roster else { return false };
        let can = match &act.body {
            ActBody::Add { .. } => true,
            ActBody::Tie => !void,
            ActBody::SetRules { .. } | ActBody::SetRole { .. } if void => true,
            _ => plain && !void && self.is_stepped(&id, act, roster),
        };
        if !can {
            return false;
        }
        self.summed.insert(place);
        let frontier = self.frontier();
        if let Some(roster) = &mut self.roster {
            let roster = Arc::make_mut(roster);
            if void {
                // Its keys sign for nobody, whose they are by no other act.
                for key in entry.iter().flat_map(|entry| entry.keys.keys()) {
                    cut::lower(&mut roster.cuts, Cut { signer: *key, last: None });
                }
            } else {
                step(roster, id, &act.author, &act.body, entry);
            }
            roster.frontier = frontier;
        }
        true
    }

    /// Whether [`step`] makes of the roster before an act the one after it: whom it is about is there, came in by one
    /// act only, and did not sign twice.
    pub(super) fn is_stepped(&self, id: &ActId, act: &Act, before: &Roster) -> bool {
        let body = &act.body;
        let member = if body.is_own() { Some(act.author) } else { body.subject() };
        let there = |member: &MemberId| match body {
            ActBody::Add { .. } => !before.is_member(member),
            _ => before.is_member(member),
        };
        let acts = member.and_then(|member| self.claimed.get(&Claim::Member(member)));
        member.is_none_or(|member| there(&member))
            && acts.is_none_or(|acts| acts.len() < 2)
            && body.number().is_none_or(|number| self.is_only(id, &act.author, number))
    }

    /// Whether a member's own act is the only one for its number, has an effect, and the member never signed twice.
    fn is_only(&self, id: &ActId, author: &MemberId, number: u32) -> bool {
        let Some(slots) = self.slots(author) else { return false };
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        slots.values().all(|rivals| rivals.len() == 1)
            && place.and_then(|place| own::effective(self, slots, |_| true).get(place).copied()) == Some(*id)
    }

    /// Computes the roster from all that is in force.
    fn refold(&mut self) {
        if let Some(view) = self.view() {
            self.fold(view);
        }
    }

    /// What the roster is to be the sum of.
    fn view(&self) -> Option<View> {
        let founded = self.founded()?;
        let heads = if self.doubled { self.effective_heads() } else { self.heads.clone() };
        let past = self.closure(&heads.iter().copied().collect::<Vec<ActId>>());
        let touched = touched_now(self, founded, &past, MAX_FRONTIER.saturating_sub(heads.len()));
        Some(View { heads, past, touched })
    }

    fn fold(&mut self, view: View) {
        let Some(founded) = self.founded() else { return };
        let View { heads, past, touched } = view;
        let roster = self.sum(founded, &past, &touched, heads.iter().copied());
        self.heads = heads;
        self.touched = touched;
        self.summed = past.acts;
        self.roster = Some(Arc::new(roster));
    }

    /// The heads where somebody signed two own acts for one number: those without effect that nothing stands on are
    /// none, so that nodes that kept different ones have the same heads.
    fn effective_heads(&self) -> BTreeSet<ActId> {
        let mut idle: BTreeSet<ActId> = BTreeSet::new();
        for (_, slots) in self.own_slots() {
            let effective: BTreeSet<ActId> = own::effective(self, slots, |_| true).into_iter().collect();
            idle.extend(slots.values().flatten().filter(|id| !effective.contains(id)));
        }
        let shared = self.nodes().filter(|(id, node)| node.in_force() && !idle.contains(*id));
        // What comes before an act that is not among them may still come before another one through it.
        self.latest(shared.map(|(id, _)| *id).chain([self.root()]))
    }

    /// Notes which acts stand beside one that cuts somebody off who was a steward once; returns whether there are any.
    /// Who never was one agreed to nothing.
    fn compare(&mut self, place: u32, body: &ActBody, on_all: bool) -> bool {
        let mut touches = false;
        if is_voidable(body) {
            let cut_off = self.graph.note_voidable(place, on_all);
            touches |= cut_off.iter().any(|member| self.was_steward(member));
        }
        if let Some(member) = cuts_off(body) {
            touches |= self.graph.note_end(place, *member, on_all) && self.was_steward(member);
        }
        touches
    }

    /// Whether an act in force, or the founding, ever made somebody a steward.
    pub(super) fn was_steward(&self, member: &MemberId) -> bool {
        let founder = self.founded().is_some_and(|founded| founded.founders.contains_key(member));
        founder || self.seats.contains_key(member)
    }

    /// Whether an act in force, or the founding, ever named a key as this member's, for the acts of a steward at that time.
    pub(super) fn was_stewards_key(&self, member: &MemberId, key: &PublicKey, at: UnixMillis) -> bool {
        let signs = |state: KeyState| state.was_delegated(Scopes::STEWARD, at);
        let of_entry = |entry: &Entry| entry.keys.get(key).is_some_and(|state| signs(*state));
        let founder = self.founded().and_then(|founded| founded.founders.get(member));
        let acts = self.claimed.get(&Claim::Key(*key)).into_iter().flatten();
        let mut nodes = acts.filter_map(|act| self.node(act)).filter(|node| node.claimant() == *member);
        founder.is_some_and(|entry| of_entry(entry))
            || nodes.any(|node| match &node.act.act.body {
                ActBody::Delegate { delegation, .. } => signs(KeyState::of(delegation)),
                _ => node.entry.as_ref().is_some_and(|entry| of_entry(entry)),
            })
    }

    /// Notes whom an act in force makes a steward; returns whether it is the first that does, and an end of that office
    /// stands beside others.
    fn seat(&mut self, place: u32, member: MemberId) -> bool {
        let first = !self.was_steward(&member);
        self.seats.entry(member).or_default().insert(place);
        first && self.is_ended(&member)
    }

    /// Whether an act in force that cuts this member off stands beside one that can lose its effect.
    pub(super) fn is_ended(&self, member: &MemberId) -> bool {
        self.graph.ends().iter().any(|end| end.member == *member && !end.beside.is_empty())
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
            if let Some(node) = self.node_mut(&rival) {
                node.contested = true;
            }
        }
        contested
    }

    /// Whether the roster at this one act is that at its parents and a step: see [`step`].
    pub(super) fn steps_alone(&self, id: &ActId, node: &Node, before: &Roster) -> bool {
        let act = &node.act.act;
        !node.contested
            && is_plain(&act.body)
            && seats(node).is_none_or(|member| !self.is_ended(&member))
            && self.is_stepped(id, act, before)
    }
}
