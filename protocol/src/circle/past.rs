//! What was true at an earlier frontier: who was in, who had what.
//!
//! Everything here is asked of acts in force only, and follows from the frontier alone: acts name their parents by
//! hash, so a frontier stands for all that came before it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::history::{Founded, History};
use super::merge::{Claim, fold, own_claim};
use super::reach::Past;
use super::roster::{Entry, Roster};
use super::step::step;
use super::touched::{Touched, touched};

impl History {
    fn is_current(&self, frontier: &[ActId]) -> bool {
        self.roster().is_some_and(|roster| roster.frontier == frontier)
    }

    /// The roster at a frontier, or nothing while not all of it is in force here, or when it names no act.
    pub(super) fn roster_at(&self, frontier: &[ActId]) -> Option<Arc<Roster>> {
        let founded = self.founded()?;
        if !self.lacking(frontier).is_empty() || frontier.iter().all(|id| self.is_voice(id)) {
            return None;
        }
        if let Some(roster) = self.remembered(frontier) {
            return Some(Arc::clone(roster));
        }
        if let Some(stepped) = self.stepped(frontier) {
            return Some(Arc::new(stepped));
        }
        let past = self.closure(frontier);
        let touched = touched(self, founded, &past);
        let tips = frontier.iter().filter(|id| !self.is_voice(id));
        let tips = self.latest(tips.copied()).into_iter();
        Some(Arc::new(self.sum(founded, &past, &touched, tips)))
    }

    /// The same, and has it at hand when it is asked for again.
    pub(super) fn recall(&mut self, frontier: &[ActId]) -> Option<Arc<Roster>> {
        let roster = self.roster_at(frontier)?;
        if !self.is_current(frontier) {
            self.recent.put(frontier, &roster);
        }
        Some(roster)
    }

    /// A roster that is at hand.
    fn remembered(&self, frontier: &[ActId]) -> Option<&Arc<Roster>> {
        if self.is_current(frontier) { self.roster() } else { self.recent.get(frontier) }
    }

    /// The roster at a single act whose parents' roster is at hand, as long as the act changes it by what it says alone.
    fn stepped(&self, frontier: &[ActId]) -> Option<Roster> {
        let [id] = frontier else { return None };
        let node = self.node(id)?;
        let act = &node.act.act;
        let before = self.remembered(&act.parents)?;
        if !self.steps_alone(id, node, before) {
            return None;
        }
        let mut roster = Roster::clone(before);
        step(&mut roster, *id, &act.author, &act.body, node.entry.clone());
        Some(roster)
    }

    /// The roster of a past.
    pub(super) fn sum(
        &self,
        founded: &Founded,
        past: &Past,
        touched: &Touched,
        tips: impl Iterator<Item = ActId>,
    ) -> Roster {
        let mut frontier: Vec<ActId> =
            tips.chain(touched.voices().into_iter().map(ActId::from_bytes)).collect();
        frontier.sort_unstable();
        let standing = fold(self, founded, past, &touched.void);
        Roster::new(*self.circle(), Arc::clone(&founded.charter), standing, frontier)
    }

    /// One member of the roster at a frontier that is in force here.
    pub(super) fn entry_at(&self, frontier: &[ActId], member: &MemberId) -> Option<Arc<Entry>> {
        self.roster_at(frontier)?.member(member).cloned()
    }

    /// Whether somebody else has, by the roster at `frontier`, or had, what `claims` claim for `by`.
    pub(super) fn is_taken(
        &self,
        frontier: &[ActId],
        roster: &Roster,
        claims: &[Claim],
        by: &MemberId,
    ) -> bool {
        claims.iter().any(|claim| {
            let rivals = self.claimed.get(claim).into_iter().flatten();
            rivals.into_iter().any(|act| self.holds(frontier, roster, act, claim, by))
        })
    }

    /// Whether the act gave what is claimed to somebody else.
    fn holds(&self, frontier: &[ActId], roster: &Roster, act: &ActId, claim: &Claim, by: &MemberId) -> bool {
        let Some(node) = self.node(act) else {
            // The founding: what founders have stays theirs.
            let founders = self.founded().map(|founded| founded.founders.values());
            let holder = founders
                .into_iter()
                .flatten()
                .find(|entry| super::merge::claims(&entry.card).contains(claim));
            return holder.is_some_and(|entry| entry.member != *by);
        };
        let holder = node.claimant();
        if holder == *by || !self.includes(frontier, act) {
            return false;
        }
        let Some(known) = roster.known(&holder) else { return false };
        match own_claim(&node.act.act.body) {
            Some(Claim::Key(key)) => known.keys.contains_key(&key),
            Some(_) => true,
            // Not what lost against the act by which the holder is in, and so has no effect.
            None => !self.are_concurrent(act, &known.act),
        }
    }
}
