//! Members that signed two acts that cannot both be meant, with the proof.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::body::ActBody;
use super::log::ActLog;
use super::own;

/// Two acts of one member, neither of which knew the other, that contradict one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Who signed both.
    pub member: MemberId,
    /// The act with the lower id.
    pub first: ActId,
    /// The other one.
    pub second: ActId,
}

impl ActLog {
    /// Members that signed two acts in force that contradict one another: for the same number, member, name or key, or
    /// with different values for one role or for the rules. Saying yes and later no is no contradiction.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let history = &self.state().history;
        let mut groups: Vec<BTreeSet<ActId>> = Vec::new();
        // What members claim by themselves is looked at by number only.
        let shared = |id: &&ActId| history.node(id).is_some_and(|node| !node.act.act.body.is_own());
        let claimed = history.claimed.values().filter(|acts| acts.len() > 1);
        groups.extend(claimed.map(|acts| acts.iter().filter(shared).copied().collect()));
        for (_, slots) in history.own_slots() {
            for number in slots.keys() {
                let (_, acts) = own::followers(history, slots, *number).unwrap_or_default();
                // Two prove it; of more not every node has the same.
                groups.push(acts.into_iter().take(2).collect());
            }
        }
        let mut set: BTreeMap<Option<MemberId>, BTreeSet<ActId>> = BTreeMap::new();
        for (id, node) in history.nodes().filter(|(_, node)| node.in_force()) {
            match &node.act.act.body {
                ActBody::SetRole { member, .. } => set.entry(Some(*member)).or_default().insert(*id),
                ActBody::SetRules { .. } => set.entry(None).or_default().insert(*id),
                _ => false,
            };
        }
        groups.extend(set.into_values());
        let found: BTreeSet<Contradiction> = groups.iter().flat_map(|group| self.clashes(group)).collect();
        found.into_iter().collect()
    }

    /// Pairs of one author's acts among these, neither of which comes before the other.
    fn clashes(&self, group: &BTreeSet<ActId>) -> Vec<Contradiction> {
        let history = &self.state().history;
        let mut by_author: BTreeMap<MemberId, Vec<(ActId, &ActBody)>> = BTreeMap::new();
        for id in group {
            if let Some(node) = history.node(id)
                && let Some(author) = node.author()
            {
                by_author.entry(author).or_default().push((*id, &node.act.act.body));
            }
        }
        let mut found = Vec::new();
        for (member, acts) in by_author {
            for (at, (first, one)) in acts.iter().enumerate() {
                for (second, other) in acts.iter().skip(at.saturating_add(1)) {
                    if one != other && history.are_concurrent(first, second) {
                        found.push(Contradiction { member, first: *first, second: *second });
                    }
                }
            }
        }
        found
    }
}
