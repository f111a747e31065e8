//! How acts in force become one roster, in whatever order they arrived.
//!
//! Two acts contradict when they claim the same member, name or key. One that contradicts its own past is refused when
//! it arrives, so mostly acts that did not know of one another meet here: what all sides agreed to goes before what a
//! member did alone, then the act with the lower id wins, and the other has no effect. What former members claimed
//! stays theirs. The result is a function of the set of acts and of nothing else.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::sealing::SealingPublic;

use super::body::ActBody;
use super::circle_rules::CircleRules;
use super::cut::{self, Cut};
use super::former::Former;
use super::history::{Founded, History, Node};
use super::own::{self, Slots};
use super::person::{Out, Person};
use super::reach::Past;
use super::role::Role;
use super::roster::Entry;
use super::text::folded;

/// Something that only one member of a circle can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    Member(MemberId),
    Name(String),
    Key(PublicKey),
    Sealing(SealingPublic),
}

/// Everything that a card claims.
pub(super) fn claims(card: &Card) -> Vec<Claim> {
    let mut claims = alloc::vec![
        Claim::Member(card.member()),
        Claim::Name(folded(card.name.as_str())),
        Claim::Key(card.organisation),
        Claim::Key(card.recovery),
        Claim::Sealing(card.sealing.clone()),
    ];
    claims.extend(card.delegations.iter().map(|delegation| Claim::Key(delegation.key)));
    claims
}

/// What an own act claims.
pub(super) fn own_claim(body: &ActBody) -> Option<Claim> {
    match body {
        ActBody::Delegate { delegation, .. } => Some(Claim::Key(delegation.key)),
        ActBody::Rotate { sealing, .. } => Some(Claim::Sealing(sealing.clone())),
        _ => None,
    }
}

/// What acts say together.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) rules: CircleRules,
    pub(super) members: BTreeMap<MemberId, Arc<Entry>>,
    pub(super) former: BTreeMap<MemberId, Arc<Former>>,
    pub(super) cuts: BTreeMap<PublicKey, Cut>,
}

impl Standing {
    /// What the founding says alone.
    pub(super) fn founded(founded: &Founded) -> Self {
        Self {
            rules: founded.charter.rules,
            members: founded.founders.clone(),
            former: BTreeMap::new(),
            cuts: BTreeMap::new(),
        }
    }

    fn knows(&self, member: &MemberId, key: &PublicKey) -> bool {
        let former = || self.former.get(member).map(|former| &former.entry);
        self.members.get(member).or_else(former).is_some_and(|entry| entry.keys.contains_key(key))
    }
}

/// What the founding and a past say together; `void` are the acts among them that have no effect.
pub(super) fn fold(history: &History, founded: &Founded, past: &Past, void: &BTreeSet<ActId>) -> Standing {
    let mut standing = Standing::founded(founded);
    let mut merge = Merge::new(history, past, void);
    merge.bring_in(&mut standing);
    merge.settle_own_claims();
    merge.add_founders(founded);
    let Merge { people, rules, mut orphans, .. } = merge;
    if let Some(rules) = rules {
        standing.rules = rules;
    }
    for (member, person) in &people {
        standing.members.remove(member);
        let settled = person.settle(history);
        orphans.extend(settled.orphans);
        for cut in settled.cuts {
            cut::lower(&mut standing.cuts, cut);
        }
        if let Some(entry) = settled.entry {
            standing.members.insert(*member, entry);
        } else if let Some(former) = settled.former {
            standing.former.insert(*member, former);
        }
    }
    // A key that came with an act without effect signs for nobody, and what it signed in the meantime is void, unless
    // it is the key of somebody who is there by other acts.
    for key in orphans {
        let owners = history.claimed.get(&Claim::Key(key)).into_iter().flatten();
        let mut owners = owners.filter_map(|act| history.node(act)).map(Node::claimant);
        let founder = || founded.founders.values().any(|entry| entry.keys.contains_key(&key));
        if !founder() && !owners.any(|member| standing.knows(&member, &key)) {
            cut::lower(&mut standing.cuts, Cut { signer: key, last: None });
        }
    }
    standing
}

/// A merge under way.
struct Merge<'a> {
    history: &'a History,
    /// Everybody about whom there is more to say than that one act brought it in.
    people: BTreeMap<MemberId, Person<'a>>,
    /// The acts that bring somebody in and are not void, by id.
    adding: Vec<(ActId, &'a Node)>,
    /// What contested acts claim, for whom.
    taken: BTreeMap<Claim, BTreeSet<MemberId>>,
    /// Which member a new binding replaced.
    before: BTreeMap<MemberId, MemberId>,
    rules: Option<CircleRules>,
    orphans: Vec<PublicKey>,
}

impl<'a> Merge<'a> {
    /// Sorts the acts by whom they are about.
    fn new(history: &'a History, past: &'a Past, void: &BTreeSet<ActId>) -> Self {
        let mut merge = Self {
            history,
            people: BTreeMap::new(),
            adding: Vec::new(),
            taken: BTreeMap::new(),
            before: BTreeMap::new(),
            rules: None,
            orphans: Vec::new(),
        };
        let mut rules: Vec<(ActId, &CircleRules)> = Vec::new();
        let mut own: BTreeMap<MemberId, Slots> = BTreeMap::new();
        for (id, node) in history.acts_of(past) {
            let body = &node.act.act.body;
            if let Some(number) = body.number() {
                own.entry(node.act.act.author).or_default().entry(number).or_default().insert(*id);
            }
            let void = void.contains(id);
            match body {
                ActBody::SetRules { rules: new } if !void => rules.push((*id, new)),
                ActBody::SetRole { member, role, cuts } if !void => {
                    merge.person(member).role(*id, *role, cuts)
                }
                ActBody::Seat { card, .. } if !void && node.entry.is_none() => {
                    merge.person(&card.member()).role(*id, Role::Steward, &[]);
                }
                _ => {}
            }
            if let Some(member) = body.removes() {
                merge.person(member).out(Out { act: *id, left: false, cuts: body.cuts(), successor: None });
            }
            if let Some(entry) = &node.entry {
                if void {
                    merge.came_to_nothing(*id, entry);
                } else {
                    merge.adding.push((*id, node));
                }
            }
        }
        merge.rules = history
            .latest(rules.iter().map(|(id, _)| *id))
            .iter()
            .min()
            .and_then(|lowest| rules.iter().find(|(id, _)| id == lowest).map(|(_, rules)| **rules));
        for (member, slots) in own {
            let chain = own::effective(history, &slots, |_| true);
            let person = merge.person(&member);
            for id in chain {
                if let Some(node) = history.node(&id) {
                    person.own(id, &node.act.act.body);
                }
            }
            let idle = slots.values().flatten().filter(|id| !person.has_own(id));
            let idle: Vec<(ActId, PublicKey)> =
                idle.filter_map(|id| Some((*id, delegated(history.node(id)?)?))).collect();
            for (id, key) in &idle {
                person.named(*id, *key);
            }
            merge.orphans.extend(idle.into_iter().map(|(_, key)| key));
        }
        merge
    }

    /// Notes an act that brings nobody in, and the keys that it named.
    fn came_to_nothing(&mut self, id: ActId, entry: &Entry) {
        for key in entry.keys.keys() {
            self.person(&entry.member).named(id, *key);
            self.orphans.push(*key);
        }
    }

    fn person(&mut self, member: &MemberId) -> &mut Person<'a> {
        self.people.entry(*member).or_insert_with(|| Person::new(*member))
    }

    /// Lets those in whom acts bring in, as far as nobody else has what they claim.
    fn bring_in(&mut self, standing: &mut Standing) {
        let adding = core::mem::take(&mut self.adding);
        let mut plain: Vec<(MemberId, Arc<Entry>)> = Vec::new();
        for (_, node) in &adding {
            if let (ActBody::Rebind { member, .. }, Some(entry)) = (&node.act.act.body, &node.entry) {
                self.before.entry(entry.member).or_insert(*member);
            }
        }
        // In the order of their ids: of two that contradict, the lower one comes first and keeps what it claims.
        for (id, node) in adding {
            let Some(entry) = &node.entry else { continue };
            let member = entry.member;
            if node.contested {
                let claims = claims(&entry.card);
                let again = self
                    .people
                    .get(&member)
                    .is_some_and(|person| person.is_in(self.history) && person.outlasts(self.history, &id));
                if again || claims.iter().any(|claim| self.is_taken(claim, &member)) {
                    self.came_to_nothing(id, entry);
                    continue;
                }
                for claim in claims {
                    self.taken.entry(claim).or_default().insert(member);
                }
                self.person(&member).bring(id, entry);
            } else if let Some(person) = self.people.get_mut(&member) {
                person.bring(id, entry);
            } else {
                plain.push((member, Arc::clone(entry)));
            }
            if let ActBody::Rebind { member: old, .. } = &node.act.act.body {
                self.person(old).succeeded(&id, member);
            }
        }
        // All at once, which is far less work than one by one where there are many.
        let mut plain: BTreeMap<MemberId, Arc<Entry>> = plain.into_iter().collect();
        standing.members.append(&mut plain);
    }

    /// Gives keys that members claimed by themselves to the lowest act, unless an act of all sides gave them away.
    fn settle_own_claims(&mut self) {
        let mut contested: Vec<(ActId, MemberId, Claim)> = Vec::new();
        for person in self.people.values() {
            for (id, body) in person.own_acts() {
                if self.history.node(id).is_some_and(|node| node.contested)
                    && let Some(claim) = own_claim(body)
                {
                    contested.push((*id, person.member(), claim));
                }
            }
        }
        contested.sort_unstable_by_key(|(id, _, _)| *id);
        for (id, member, claim) in contested {
            if self.is_taken(&claim, &member) {
                self.person(&member).loses(id);
                if let Claim::Key(key) = claim {
                    self.orphans.push(key);
                }
            } else {
                self.taken.entry(claim).or_default().insert(member);
            }
        }
    }

    /// Founders about whom there is more to say came in by the founding.
    fn add_founders(&mut self, founded: &'a Founded) {
        let root = self.history.root();
        for (member, entry) in &founded.founders {
            if let Some(person) = self.people.get_mut(member) {
                person.bring(root, entry);
            }
        }
    }

    /// Whether somebody else has this. A member and what it was bound to anew are no two.
    fn is_taken(&self, claim: &Claim, by: &MemberId) -> bool {
        let holders = self.taken.get(claim).into_iter().flatten();
        let line = self.line(by);
        holders.into_iter().any(|holder| self.line(holder) != line)
    }

    /// The first of the members that were bound anew until it was this one.
    fn line(&self, member: &MemberId) -> MemberId {
        let mut first = *member;
        for _ in 0..self.before.len() {
            match self.before.get(&first) {
                Some(before) => first = *before,
                None => break,
            }
        }
        first
    }
}

fn delegated(node: &Node) -> Option<PublicKey> {
    match &node.act.act.body {
        ActBody::Delegate { delegation, .. } => Some(delegation.key),
        _ => None,
    }
}
