//! What was true at an earlier frontier: who was in, who had what.
//!
//! Everything here is asked of acts in force only, and follows from the frontier alone: acts name their parents by
//! hash, so a frontier stands for all that came before it.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::act::root_act;
use super::history::History;
use super::merge::{Claim, fold};
use super::roster::{Entry, Roster};

impl History {
    /// The members of `frontier` and of everything before it. All of it must be in force.
    fn closure(&self, frontier: &[ActId]) -> BTreeSet<ActId> {
        let mut seen = BTreeSet::new();
        let mut todo: Vec<ActId> = frontier.to_vec();
        while let Some(id) = todo.pop() {
            if seen.insert(id)
                && let Some(node) = self.node(&id)
            {
                todo.extend(node.act.act.parents.iter().filter(|id| !seen.contains(id)));
            }
        }
        seen
    }

    /// Whether `act` is one of `frontier` or comes before one of them.
    fn includes(&self, frontier: &[ActId], act: &ActId) -> bool {
        let depth = self.depth(act);
        let mut seen = BTreeSet::new();
        let mut todo: Vec<ActId> = frontier.to_vec();
        while let Some(id) = todo.pop() {
            if id == *act {
                return true;
            }
            if self.depth(&id) > depth
                && seen.insert(id)
                && let Some(node) = self.node(&id)
            {
                todo.extend_from_slice(&node.act.act.parents);
            }
        }
        false
    }

    fn is_current(&self, frontier: &[ActId]) -> bool {
        frontier.iter().eq(self.heads().iter())
    }

    /// The roster at a frontier, or nothing while not all of it is in force here.
    pub(super) fn roster_at(&self, frontier: &[ActId]) -> Option<Arc<Roster>> {
        let founded = self.founded()?;
        if frontier.is_empty() || !self.lacking(frontier).is_empty() {
            return None;
        }
        if self.is_current(frontier) {
            return self.roster().cloned();
        }
        let acts = self.closure(frontier);
        let inner: BTreeSet<ActId> = acts
            .iter()
            .filter_map(|id| self.node(id))
            .flat_map(|node| node.act.act.parents.iter().copied())
            .collect();
        let heads = acts.difference(&inner).copied().collect();
        let standing = fold(self, founded, &acts);
        Some(Arc::new(Roster::new(*self.circle(), Arc::clone(&founded.charter), standing, heads)))
    }

    /// One member of the roster at a frontier that is in force here, without computing the rest where that can be
    /// avoided.
    pub(super) fn entry_at(&self, frontier: &[ActId], member: &MemberId) -> Option<Arc<Entry>> {
        let founded = self.founded()?;
        // Nothing can contradict the founding: it is in every act's past.
        if let Some(entry) = founded.founders.get(member) {
            return Some(Arc::clone(entry));
        }
        if self.is_current(frontier) {
            return self.roster()?.member(member).cloned();
        }
        let adding = self.claimed.get(&Claim::Member(*member))?;
        let contested = |id: &ActId| self.node(id).is_none_or(|node| node.contested);
        if adding.iter().any(contested) {
            return self.roster_at(frontier)?.member(member).cloned();
        }
        let act = adding.iter().find(|act| self.includes(frontier, act))?;
        self.node(act)?.entry.clone()
    }

    /// Whether somebody in the roster at `frontier` has what `claims` claim.
    pub(super) fn is_taken(&self, frontier: &[ActId], claims: &[Claim]) -> bool {
        let rivals: Vec<&ActId> =
            claims.iter().filter_map(|claim| self.claimed.get(claim)).flatten().collect();
        if rivals.is_empty() {
            return false;
        }
        let Some(roster) = self.roster_at(frontier) else { return false };
        rivals.into_iter().any(|act| {
            if *act == root_act(self.circle()) {
                return true;
            }
            let entry = self.node(act).and_then(|node| node.entry.as_ref());
            entry.and_then(|entry| roster.member(&entry.member)).is_some_and(|entry| entry.act == *act)
        })
    }
}
