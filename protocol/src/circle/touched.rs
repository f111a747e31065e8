//! Which acts lose their effect because of a removal that did not know them.
//!
//! A removal, and whatever ends a steward's office, cuts off what that steward did outside the removal's past. An act
//! beside it is touched, whoever agreed to it: which stewards did is in no act's hash, so nodes could differ on it. A
//! touched act keeps its effect when its author is not cut off, and the consent is met by voices that acts or the
//! frontier name by their hash, without those of the cut off. Nodes name them by themselves, so that this costs nothing
//! but a longer frontier. Whom a void act brought in or made a steward is cut off in turn, so the void acts are the
//! smallest set that is closed under this; it is a function of the acts and the voices, and of no order.
//!
//! What takes away is never void: a removal, a lower role, the removing part of a seat or of a new binding. A member's
//! own acts void nothing, or an organisation could date its own revocation back and undo what it agreed to, alone.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::approval::Decision;
use super::body::ActBody;
use super::consent::{self, Tally};
use super::history::{Founded, History, Node, Voice};
use super::item::ItemId;
use super::reach::Past;
use super::role::Role;

/// Whom this ends as a steward, or as a member.
pub(super) const fn cuts_off(body: &ActBody) -> Option<&MemberId> {
    match body {
        ActBody::Remove { member, .. } | ActBody::Rebind { member, .. } => Some(member),
        ActBody::Seat { removes, .. } => removes.as_ref(),
        ActBody::SetRole { member, role: Role::Observer | Role::Publisher, .. } => Some(member),
        _ => None,
    }
}

/// Whether a part of this act can lose its effect.
pub(super) const fn is_voidable(body: &ActBody) -> bool {
    matches!(
        body,
        ActBody::Add { .. }
            | ActBody::SetRole { role: Role::Steward, .. }
            | ActBody::SetRules { .. }
            | ActBody::Seat { .. }
            | ActBody::Rebind { .. }
    )
}

/// Whom this brings in.
fn brings(node: &Node) -> Option<MemberId> {
    node.entry.as_ref().map(|entry| entry.member)
}

/// Whom this makes a steward.
fn seats(node: &Node) -> Option<MemberId> {
    match &node.act.act.body {
        ActBody::SetRole { member, role: Role::Steward, .. } => Some(*member),
        ActBody::Seat { card, .. } => Some(card.member()),
        _ => node.entry.as_ref().filter(|entry| entry.is_steward()).map(|entry| entry.member),
    }
}

/// The acts of a past that are touched, and those among them that have no effect.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    /// Each act that is touched, with those who are cut off as far as it is concerned.
    cut_off: BTreeMap<ActId, BTreeSet<MemberId>>,
    /// Those that have no effect.
    pub(super) void: BTreeSet<ActId>,
    /// For each touched act with an effect the voices that it stands on and that no act names.
    voices: BTreeMap<ActId, Vec<ItemId>>,
}

impl Touched {
    /// Nothing.
    pub(super) const fn new() -> Self {
        Self { cut_off: BTreeMap::new(), void: BTreeSet::new(), voices: BTreeMap::new() }
    }

    /// Whether nothing is touched.
    pub(super) fn is_empty(&self) -> bool {
        self.cut_off.is_empty()
    }

    /// The voices that the frontier has to name.
    pub(super) fn voices(&self) -> BTreeSet<ItemId> {
        self.voices.values().flatten().copied().collect()
    }

    /// As many of these voices as there is room for: all that one act needs, or none of them.
    fn fitting(&self, room: usize) -> BTreeSet<ItemId> {
        let mut fitting = BTreeSet::new();
        for voices in self.voices.values() {
            if fitting.len().saturating_add(voices.len()) <= room {
                fitting.extend(voices.iter().copied());
            }
        }
        fitting
    }

    /// Where an act without effect stands with the sides, less those who are cut off; nothing when no voice confirms it
    /// any more, because its author is cut off itself.
    pub(super) fn tally(&self, history: &History, founded: &Founded, act: &ActId) -> Option<Tally> {
        let cut_off = self.cut_off.get(act).filter(|_| self.void.contains(act))?;
        let node = history.node(act).filter(|node| !is_cut_off_author(node, cut_off))?;
        let voices = node.voices.iter().filter(|((member, _), _)| !cut_off.contains(member));
        Some(count(founded, node, voices))
    }

    /// Whether `act` is touched.
    pub(super) fn contains(&self, act: &ActId) -> bool {
        self.cut_off.contains_key(act)
    }
}

/// What is fixed while the void acts are searched for.
struct Search<'a> {
    history: &'a History,
    founded: &'a Founded,
    past: &'a Past,
    /// What stands beside an act that cuts off somebody who ever was a steward: the act, that other one, and whom.
    beside: Vec<(ActId, ActId, MemberId)>,
    /// What can be void.
    voidable: Vec<(&'a ActId, &'a Node)>,
    /// Who brought in or made a steward whom.
    brought: BTreeMap<MemberId, Vec<ActId>>,
    seated: BTreeMap<MemberId, Vec<ActId>>,
}

/// Which voices beside those that acts name may be used.
#[derive(Clone, Copy)]
enum Loose<'a> {
    /// Whatever is here.
    Any,
    /// These.
    These(&'a BTreeSet<ItemId>),
}

impl Loose<'_> {
    fn contains(self, voice: &ItemId) -> bool {
        match self {
            Self::Any => true,
            Self::These(these) => these.contains(voice),
        }
    }
}

/// What is touched in a past, by the voices that it names.
pub(super) fn touched(history: &History, founded: &Founded, past: &Past) -> Touched {
    Search::new(history, founded, past)
        .map_or_else(Touched::new, |search| search.run(Loose::These(&past.loose)))
}

/// What is touched in a past, by whatever voices are here, as far as a frontier has room to name them.
pub(super) fn touched_now(history: &History, founded: &Founded, past: &Past, room: usize) -> Touched {
    let Some(search) = Search::new(history, founded, past) else { return Touched::new() };
    let mut touched = search.run(Loose::Any);
    // Each time fewer are left: an act that is void for want of room may take others with it.
    loop {
        let fitting = touched.fitting(room);
        touched = search.run(Loose::These(&fitting));
        if touched.voices() == fitting {
            return touched;
        }
    }
}

impl<'a> Search<'a> {
    /// Nothing where no act stands beside one that cuts somebody off.
    fn new(history: &'a History, founded: &'a Founded, past: &'a Past) -> Option<Self> {
        let mut beside = Vec::new();
        for (end, acts) in history.beside().filter(|(end, _)| past.acts.contains(*end)) {
            let member = cuts_off(&history.node(end)?.act.act.body)?;
            let acts = acts.iter().filter(|act| past.acts.contains(*act));
            beside.extend(acts.map(|act| (*act, *end, *member)));
        }
        if beside.is_empty() {
            return None;
        }
        let mut search = Self {
            history,
            founded,
            past,
            beside,
            voidable: Vec::new(),
            brought: BTreeMap::new(),
            seated: BTreeMap::new(),
        };
        for id in &past.acts {
            let Some(node) = history.node(id) else { continue };
            if let Some(member) = brings(node) {
                search.brought.entry(member).or_default().push(*id);
            }
            if let Some(member) = seats(node) {
                search.seated.entry(member).or_default().push(*id);
            }
            if is_voidable(&node.act.act.body) {
                search.voidable.push((id, node));
            }
        }
        let Self { beside, seated, .. } = &mut search;
        // Who never was a steward agreed to nothing.
        beside.retain(|(_, _, member)| founded.founders.contains_key(member) || seated.contains_key(member));
        Some(search)
    }
    fn run(&self, loose: Loose<'_>) -> Touched {
        let mut touched = Touched::new();
        // By what each act is touched: the ends that did not know it and that it did not know.
        let mut causes: BTreeMap<ActId, BTreeSet<ActId>> = BTreeMap::new();
        for (id, end, member) in &self.beside {
            causes.entry(*id).or_default().insert(*end);
            touched.cut_off.entry(*id).or_default().insert(*member);
        }
        // What is void makes others touched, and these void, until nothing changes any more. Everything only grows.
        loop {
            let fresh: Vec<ActId> = touched
                .cut_off
                .iter()
                .filter(|(id, _)| !touched.void.contains(*id))
                .filter(|(id, cut_off)| !self.stands(id, cut_off, loose))
                .map(|(id, _)| *id)
                .collect();
            touched.void.extend(&fresh);
            if !self.spread(&mut touched, &mut causes) && fresh.is_empty() {
                break;
            }
        }
        let standing = touched.cut_off.iter().filter(|(id, _)| !touched.void.contains(*id));
        touched.voices = standing.map(|(id, cut_off)| (*id, self.chosen(id, cut_off, loose))).collect();
        touched
    }

    /// Cuts off those whom void acts brought in or made stewards; returns whether that changed anything.
    fn spread(&self, touched: &mut Touched, causes: &mut BTreeMap<ActId, BTreeSet<ActId>>) -> bool {
        let mut changed = false;
        for id in touched.void.clone() {
            let Some(node) = self.history.node(&id) else { continue };
            let why = causes.get(&id).cloned().unwrap_or_default();
            let whom: BTreeSet<MemberId> = brings(node).into_iter().chain(seats(node)).collect();
            for member in whom {
                for (other, _) in &self.voidable {
                    // Who proposed or approved it in the knowledge of what ended the office was not misled.
                    let unaware: Vec<ActId> =
                        why.iter().filter(|end| !self.history.precedes(end, other)).copied().collect();
                    if unaware.is_empty()
                        || **other == id
                        || self.history.precedes(other, &id)
                        || self.is_steward_anyway(&member, other, &touched.void)
                    {
                        continue;
                    }
                    changed |= touched.cut_off.entry(**other).or_default().insert(member);
                    let known = causes.entry(**other).or_default();
                    for end in unaware {
                        changed |= known.insert(end);
                    }
                }
            }
        }
        changed
    }

    /// Whether acts before `act` that are not void brought the member in and made it a steward.
    fn is_steward_anyway(&self, member: &MemberId, act: &ActId, void: &BTreeSet<ActId>) -> bool {
        let before = |acts: &BTreeMap<MemberId, Vec<ActId>>| {
            let acts = acts.get(member).into_iter().flatten();
            acts.filter(|id| !void.contains(*id)).any(|id| self.history.precedes(id, act))
        };
        self.founded.founders.contains_key(member) || (before(&self.brought) && before(&self.seated))
    }

    /// Whether a touched act keeps its effect.
    fn stands(&self, id: &ActId, cut_off: &BTreeSet<MemberId>, loose: Loose<'_>) -> bool {
        let Some(node) = self.history.node(id) else { return false };
        if is_cut_off_author(node, cut_off) {
            return false;
        }
        let voices = node.voices.iter().filter(|((member, _), voice)| {
            !cut_off.contains(member) && (self.past.named.contains(&voice.id) || loose.contains(&voice.id))
        });
        count(self.founded, node, voices).met
    }

    /// Of the voices that no act names, the fewest that the consent of this act needs, the lowest ids first.
    fn chosen(&self, id: &ActId, cut_off: &BTreeSet<MemberId>, loose: Loose<'_>) -> Vec<ItemId> {
        let Some(node) = self.history.node(id) else { return Vec::new() };
        let mut by_side: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((member, decision), voice) in &node.voices {
            let named = self.past.named.contains(&voice.id);
            if *decision == Decision::Approve
                && !cut_off.contains(member)
                && Some(*member) != node.author()
                && (named || loose.contains(&voice.id))
            {
                by_side.entry(&voice.side).or_default().push((!named, voice.id));
            }
        }
        let mut chosen = Vec::new();
        for (side, mut voices) in by_side {
            voices.sort_unstable();
            let own = usize::from(*side == node.author_side);
            let enough = node.needs.of(side).saturating_sub(own);
            chosen.extend(voices.into_iter().take(enough).filter(|(new, _)| *new).map(|(_, id)| id));
        }
        chosen
    }
}

/// Counts these voices for an act.
fn count<'a>(
    founded: &Founded,
    node: &Node,
    voices: impl Iterator<Item = (&'a (MemberId, Decision), &'a Voice)>,
) -> Tally {
    let voices = voices.map(|((member, decision), voice)| (*member, &voice.side, *decision));
    consent::tally(&founded.charter.sides, &node.needs, node.author(), &node.author_side, voices)
}

/// Whether its author is cut off. A seat is signed by its side's recovery key, which is nobody's office.
fn is_cut_off_author(node: &Node, cut_off: &BTreeSet<MemberId>) -> bool {
    node.author().is_some_and(|author| cut_off.contains(&author))
}
