//! Which acts lose their effect, and who is a member by which acts.

use std::collections::BTreeSet;

use watchfire_keys::ids::{ActId, MemberId};
use watchfire_protocol::circle::{ActBody, Role};

use super::{Plain, Set, Yes, can_lose, ends};

impl Plain<'_> {
    /// The own acts of a member that have an effect among `acts`.
    pub(super) fn effective(&self, member: &MemberId, acts: &Set) -> Vec<ActId> {
        let mut chain: Vec<ActId> = Vec::new();
        loop {
            let number = u32::try_from(chain.len() + 1).unwrap();
            let next = acts.iter().find(|id| {
                self.acts.get(*id).is_some_and(|act| {
                    act.author == *member
                        && act.body.number() == Some(number)
                        && chain.last().is_none_or(|last| self.is_before(last, id))
                })
            });
            match next {
                Some(next) => chain.push(*next),
                None => return chain,
            }
        }
    }

    pub(super) fn brings(&self, id: &ActId) -> Option<MemberId> {
        self.in_force.get(id)?.brings.as_ref().map(|(card, _)| card.member())
    }

    pub(super) fn makes_steward(&self, id: &ActId) -> Option<MemberId> {
        match &self.acts.get(id)?.body {
            ActBody::SetRole { member, role: Role::Steward, .. } => Some(*member),
            ActBody::Seat { card, .. } => Some(card.member()),
            _ => self
                .in_force
                .get(id)?
                .brings
                .as_ref()
                .filter(|(_, role)| *role == Role::Steward)
                .map(|(card, _)| card.member()),
        }
    }

    pub(super) fn is_founder(&self, member: &MemberId) -> bool {
        self.charter.founders.iter().any(|card| card.member() == *member)
    }

    /// The void acts of a past, whoever is cut off as far as each is concerned, and the voices to be named.
    pub(super) fn void(
        &self,
        acts: &Set,
        voices: &BTreeSet<[u8; 32]>,
        named: &BTreeSet<[u8; 32]>,
    ) -> (Set, BTreeSet<[u8; 32]>) {
        // Who is cut off for which act, because of which end.
        let mut table: BTreeSet<(ActId, MemberId, ActId)> = BTreeSet::new();
        let mut void = Set::new();
        let ever = |member: &MemberId| {
            self.is_founder(member) || acts.iter().any(|id| self.makes_steward(id) == Some(*member))
        };
        let losing: Vec<ActId> = acts
            .iter()
            .filter(|id| self.acts.get(*id).is_some_and(|act| can_lose(&act.body)))
            .copied()
            .collect();
        for end in acts.iter().filter(|id| **id != self.root) {
            let Some(member) = ends(&self.acts[end].body).filter(|member| ever(member)) else { continue };
            for act in losing.iter().filter(|act| self.beside(act, end)) {
                table.insert((*act, member, *end));
            }
        }
        loop {
            let size = (table.len(), void.len());
            for act in &losing {
                let cut: BTreeSet<MemberId> =
                    table.iter().filter(|row| row.0 == *act).map(|row| row.1).collect();
                if cut.is_empty() {
                    continue;
                }
                let voices: Vec<Yes> = voices
                    .iter()
                    .filter_map(|id| self.yes.get(id))
                    .filter(|yes| yes.act == *act && !cut.contains(&yes.member))
                    .cloned()
                    .collect();
                let body = self.acts[act];
                let seat = matches!(body.body, ActBody::Seat { .. });
                if (!seat && cut.contains(&body.author)) || !self.agreed(body, &self.in_force[act], &voices) {
                    void.insert(*act);
                }
            }
            for grant in &void {
                let why: BTreeSet<ActId> =
                    table.iter().filter(|row| row.0 == *grant).map(|row| row.2).collect();
                for member in self.brings(grant).into_iter().chain(self.makes_steward(grant)) {
                    for act in losing.iter().filter(|act| *act != grant && !self.is_before(act, grant)) {
                        let by_others = |by: &dyn Fn(&ActId) -> Option<MemberId>| {
                            acts.iter().any(|other| {
                                by(other) == Some(member)
                                    && !void.contains(other)
                                    && self.is_before(other, act)
                            })
                        };
                        let anyway = self.is_founder(&member)
                            || (by_others(&|id| self.brings(id)) && by_others(&|id| self.makes_steward(id)));
                        for end in why.iter().filter(|end| !anyway && !self.is_before(end, act)) {
                            table.insert((*act, member, *end));
                        }
                    }
                }
            }
            if size == (table.len(), void.len()) {
                break;
            }
        }
        // What stands although somebody is cut off names the voices that it stands on, as few as possible.
        let mut needed = BTreeSet::new();
        for act in losing.iter().filter(|act| !void.contains(*act)) {
            let cut: BTreeSet<MemberId> = table.iter().filter(|row| row.0 == *act).map(|row| row.1).collect();
            if cut.is_empty() {
                continue;
            }
            let ground = &self.in_force[act];
            let author = self.acts[act].author;
            let seat = matches!(self.acts[act].body, ActBody::Seat { .. });
            for side in &self.charter.sides {
                let asked = usize::from(ground.consent.stewards).min(ground.seated[side]).max(1);
                let asked = asked - usize::from(*side == ground.side);
                let mine = self.yes.iter().filter(|(id, yes)| {
                    voices.contains(*id)
                        && yes.act == *act
                        && yes.side == *side
                        && !cut.contains(&yes.member)
                        && (seat || yes.member != author)
                });
                let (old, new): (Vec<_>, Vec<_>) = mine.map(|(id, _)| *id).partition(|id| named.contains(id));
                needed.extend(new.into_iter().take(asked.saturating_sub(old.len())));
            }
        }
        (void, needed)
    }
}
