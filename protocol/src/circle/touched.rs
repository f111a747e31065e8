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

use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::approval::Decision;
use super::bits::Bits;
use super::body::ActBody;
use super::consent::{self, Tally};
use super::history::{Founded, History, Node, Voice};
use super::item::ItemId;
use super::merge::Claim;
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
pub(super) fn seats(node: &Node) -> Option<MemberId> {
    match &node.act.act.body {
        ActBody::SetRole { member, role: Role::Steward, .. } => Some(*member),
        ActBody::Seat { card, .. } => Some(card.member()),
        _ => node.entry.as_ref().filter(|entry| entry.is_steward()).map(|entry| entry.member),
    }
}

/// The acts of a past that are touched, and those among them that have no effect.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    /// Each act that is touched.
    acts: BTreeSet<ActId>,
    /// Those that have no effect.
    pub(super) void: BTreeSet<ActId>,
    /// For each touched act with an effect the voices that it stands on and that no act names.
    voices: BTreeMap<ActId, Vec<ItemId>>,
    /// For each act without effect who is cut off as far as it is concerned, by their numbers.
    cut_off: BTreeMap<ActId, Bits>,
    members: BTreeMap<MemberId, u32>,
    /// Whether no act is void for want of room in the frontier.
    whole: bool,
}

impl Touched {
    /// Nothing.
    pub(super) const fn new() -> Self {
        Self {
            acts: BTreeSet::new(),
            void: BTreeSet::new(),
            voices: BTreeMap::new(),
            cut_off: BTreeMap::new(),
            members: BTreeMap::new(),
            whole: true,
        }
    }

    /// Whether no act is void for want of room in the frontier.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
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
        let cut_off = cut_off(&self.members, self.cut_off.get(act)?);
        let node = history.node(act).filter(|node| !is_by(node, &cut_off))?;
        let voices = node.voices.iter().filter(|((member, _), _)| !cut_off(member));
        Some(count(founded, node, voices))
    }

    /// Whether `act` is touched.
    pub(super) fn contains(&self, act: &ActId) -> bool {
        self.acts.contains(act)
    }
}

/// What is fixed while the void acts are searched for.
struct Search<'a> {
    history: &'a History,
    founded: &'a Founded,
    past: &'a Past,
    /// What stands beside an act that cuts off somebody who ever was a steward: the act, that end's number, and whom.
    beside: Vec<(u32, u32, MemberId)>,
    /// What can be void.
    voidable: Bits,
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

/// One touched act in a search.
struct Case<'a> {
    id: ActId,
    node: &'a Node,
    /// Who is cut off as far as it is concerned, by their numbers in the search.
    cut_off: Bits,
    /// By what it is touched: the ends that did not know it and that it did not know.
    why: Bits,
    void: bool,
    /// Whether something changed since it was last asked whether it is void.
    ask: bool,
    /// Whether something changed since others were last cut off by it.
    spread: bool,
    /// Whether others kept whom it brought in because of acts that may become void yet.
    spared: bool,
}

/// What a search has found so far. It only ever grows.
struct Found<'a> {
    cases: BTreeMap<u32, Case<'a>>,
    void: Bits,
    /// The numbers of those who are cut off anywhere.
    members: BTreeMap<MemberId, u32>,
    /// What comes before touched acts, 64 of them at a time, and where to look for one.
    before: Vec<Vec<u64>>,
    looked_up: BTreeMap<u32, (usize, u32)>,
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
    let mut whole = true;
    // Each time fewer are left: an act that is void for want of room may take others with it.
    loop {
        let fitting = touched.fitting(room);
        if touched.voices() == fitting {
            return Touched { whole, ..touched };
        }
        whole = false;
        touched = search.run(Loose::These(&fitting));
    }
}

impl<'a> Search<'a> {
    /// Nothing where no act stands beside one that cuts off somebody who was a steward: who never was one agreed to
    /// nothing.
    fn new(history: &'a History, founded: &'a Founded, past: &'a Past) -> Option<Self> {
        let mut search = Self { history, founded, past, beside: Vec::new(), voidable: Bits::new() };
        for (number, end) in (0_u32..).zip(history.graph.ends()) {
            if past.acts.contains(end.act)
                && !end.beside.is_empty()
                && (founded.founders.contains_key(&end.member) || search.seated(&end.member).next().is_some())
            {
                let acts = end.beside.shared(&past.acts);
                search.beside.extend(acts.iter().map(|act| (act, number, end.member)));
            }
        }
        if search.beside.is_empty() {
            return None;
        }
        search.voidable = history.graph.voidable().shared(&past.acts);
        Some(search)
    }

    /// The acts of the past that made somebody a steward.
    fn seated(&self, member: &MemberId) -> impl Iterator<Item = u32> {
        let acts = self.history.seats.get(member).into_iter().flat_map(Bits::iter);
        acts.filter(|act| self.past.acts.contains(*act))
    }

    /// The acts of the past that brought somebody in.
    fn brought(&self, member: &MemberId) -> impl Iterator<Item = u32> {
        let acts = self.history.claimed.get(&Claim::Member(*member)).into_iter().flatten();
        acts.filter_map(|id| self.history.place(id)).filter(|act| self.past.acts.contains(*act))
    }

    fn run(&self, loose: Loose<'_>) -> Touched {
        let mut found = Found {
            cases: BTreeMap::new(),
            void: Bits::new(),
            members: BTreeMap::new(),
            before: Vec::new(),
            looked_up: BTreeMap::new(),
        };
        for (act, end, member) in &self.beside {
            let member = found.number(member);
            if let Some(case) = found.case(self, *act) {
                case.cut_off.insert(member);
                case.why.insert(*end);
            }
        }
        // What is void makes others touched, and these void, until nothing changes any more.
        loop {
            let mut grew = false;
            for (act, case) in &mut found.cases {
                if core::mem::take(&mut case.ask)
                    && !case.void
                    && !self.stands(case.node, &cut_off(&found.members, &case.cut_off), loose)
                {
                    (case.void, case.spread, grew) = (true, true, true);
                    found.void.insert(*act);
                }
            }
            let spread =
                |case: &mut Case<'_>| core::mem::take(&mut case.spread) || (case.void && case.spared && grew);
            let todo: Vec<u32> =
                found.cases.iter_mut().filter_map(|(act, case)| spread(case).then_some(*act)).collect();
            if todo.is_empty() {
                break;
            }
            for act in todo {
                self.spread(act, &mut found);
            }
        }
        let mut touched = Touched::new();
        for (_, case) in core::mem::take(&mut found.cases) {
            touched.acts.insert(case.id);
            if case.void {
                touched.void.insert(case.id);
                touched.cut_off.insert(case.id, case.cut_off);
            } else {
                let cut_off = cut_off(&found.members, &case.cut_off);
                touched.voices.insert(case.id, self.chosen(case.node, &cut_off, loose));
            }
        }
        touched.members = found.members;
        touched
    }

    /// Cuts off those whom a void act brought in or made stewards, as far as others are concerned.
    fn spread(&self, act: u32, found: &mut Found<'a>) {
        let (group, bit) = found.look_up(self, act);
        let Some(case) = found.cases.get_mut(&act) else { return };
        case.spared = false;
        let why = case.why.clone();
        let node = case.node;
        let whom: BTreeSet<MemberId> = brings(node).into_iter().chain(seats(node)).collect();
        for member in whom {
            if self.founded.founders.contains_key(&member) {
                continue;
            }
            let number = found.number(&member);
            let brought: Vec<u32> = self.brought(&member).filter(|act| !found.void.contains(*act)).collect();
            let seated: Vec<u32> = self.seated(&member).filter(|act| !found.void.contains(*act)).collect();
            let before =
                |acts: &[u32], other| acts.iter().any(|act| self.history.graph.precedes(*act, other));
            let earlier = found.before.get(group).map_or(&[][..], Vec::as_slice);
            let is_before = |other: &u32| earlier.get(*other as usize).is_some_and(|of| of >> bit & 1 != 0);
            // Who proposed or approved it in the knowledge of what ended the office was not misled.
            let is_aware =
                |other: &u32| self.history.graph.known_ends(*other).is_none_or(|known| why.is_within(known));
            let others = self.voidable.iter().filter(|other| !is_before(other) && !is_aware(other));
            for other in others.collect::<Vec<u32>>() {
                // Nor is cut off whom acts before it that are not void brought in and made a steward.
                if before(&brought, other) && before(&seated, other) {
                    if let Some(case) = found.cases.get_mut(&act) {
                        case.spared = true;
                    }
                    continue;
                }
                let known = self.history.graph.known_ends(other);
                let unaware = known.map(|known| why.without(known)).unwrap_or_default();
                if let Some(case) = found.case(self, other) {
                    case.ask |= case.cut_off.insert(number);
                    case.spread |= case.why.extend(&unaware) && case.void;
                }
            }
        }
    }

    /// Whether a touched act keeps its effect.
    fn stands(&self, node: &Node, cut_off: &impl Fn(&MemberId) -> bool, loose: Loose<'_>) -> bool {
        if is_by(node, cut_off) {
            return false;
        }
        let voices = node.voices.iter().filter(|((member, _), voice)| {
            !cut_off(member) && (self.past.named.contains(&voice.id) || loose.contains(&voice.id))
        });
        count(self.founded, node, voices).met
    }

    /// Of the voices that no act names, the fewest that the consent of this act needs, the lowest ids first.
    fn chosen(&self, node: &Node, cut_off: &impl Fn(&MemberId) -> bool, loose: Loose<'_>) -> Vec<ItemId> {
        let mut by_side: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((member, decision), voice) in &node.voices {
            let named = self.past.named.contains(&voice.id);
            if *decision == Decision::Approve
                && !cut_off(member)
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

impl<'a> Found<'a> {
    fn number(&mut self, member: &MemberId) -> u32 {
        let next = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        *self.members.entry(*member).or_insert(next)
    }

    /// What is known of a touched act.
    fn case(&mut self, search: &Search<'a>, act: u32) -> Option<&mut Case<'a>> {
        match self.cases.entry(act) {
            Entry::Occupied(case) => Some(case.into_mut()),
            Entry::Vacant(new) => {
                let id = search.history.graph.id(act)?;
                let node = search.history.node(&id)?;
                let (cut_off, why) = (Bits::new(), Bits::new());
                let case =
                    Case { id, node, cut_off, why, void: false, ask: true, spread: false, spared: false };
                Some(new.insert(case))
            }
        }
    }

    /// Where to look what is a touched act or comes before it: in which group, at which bit.
    fn look_up(&mut self, search: &Search<'_>, touched: u32) -> (usize, u32) {
        if let Some(place) = self.looked_up.get(&touched) {
            return *place;
        }
        let others = self.cases.keys().filter(|other| **other != touched);
        let others = others.filter(|other| !self.looked_up.contains_key(*other));
        let group: Vec<u32> = [touched].into_iter().chain(others.copied()).take(u64::BITS as usize).collect();
        let number = self.before.len();
        self.before.push(search.history.graph.before_each(&group));
        self.looked_up.extend(group.into_iter().zip(0_u32..).map(|(act, bit)| (act, (number, bit))));
        (number, 0)
    }
}

/// Whether a member is among those who are cut off.
fn cut_off(members: &BTreeMap<MemberId, u32>, cut_off: &Bits) -> impl Fn(&MemberId) -> bool {
    move |member| members.get(member).is_some_and(|number| cut_off.contains(*number))
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

/// Whether its author is one of these. A seat is signed by its side's recovery key, which is nobody's office.
fn is_by(node: &Node, these: &impl Fn(&MemberId) -> bool) -> bool {
    node.author().is_some_and(|author| these(&author))
}
