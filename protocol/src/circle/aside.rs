//! What arrived before what it needs: set aside, bounded, and taken up again when that comes.
//!
//! When there is no room the one that has waited longest goes. Nothing is lost by that: whoever has the whole history
//! offers it again, each item after what it needs.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};

use super::act::SignedAct;
use super::approval::SignedApproval;
use super::item::ItemId;
use crate::limits::{MAX_ASIDE_BYTES, MAX_ASIDE_ITEMS};
use crate::rules::Rule;

/// An act or an approval that is not in the history yet. Its signature holds for the key that it names.
#[derive(Clone, Debug)]
pub(super) enum Loose {
    Act(ActId, Arc<SignedAct>),
    Approval(Arc<SignedApproval>),
}

/// What tells loose items apart: the hash of all that is signed. Not an approval's id, under which one that never counts
/// could stand in the way of one that does.
pub(super) type Key = [u8; 32];

impl Loose {
    pub(super) fn id(&self) -> ItemId {
        match self {
            Self::Act(id, _) => *id.as_bytes(),
            Self::Approval(approval) => approval.id(),
        }
    }

    pub(super) fn key(&self) -> Key {
        match self {
            Self::Act(id, _) => *id.as_bytes(),
            Self::Approval(approval) => approval.approval.content(),
        }
    }

    /// Checks that the key that the item names signed it.
    pub(super) fn check_signature(&self) -> Result<(), Rule> {
        match self {
            Self::Act(_, act) => act.check_signature(),
            Self::Approval(approval) => approval.check_signature(),
        }
    }

    /// The acts that it stands on.
    fn stands_on(&self) -> &[ActId] {
        match self {
            Self::Act(_, act) => &act.act.parents,
            Self::Approval(approval) => &approval.approval.frontier,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Act(_, act) => act.to_bytes().len(),
            Self::Approval(approval) => approval.to_bytes().len(),
        }
    }
}

#[derive(Clone, Debug)]
struct Waiting {
    loose: Loose,
    waits: Vec<ActId>,
    bytes: usize,
    since: u64,
}

/// Items by what they wait for.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    items: BTreeMap<Key, Waiting>,
    by_need: BTreeMap<ActId, BTreeSet<Key>>,
    by_age: BTreeMap<u64, Key>,
    bytes: usize,
    next: u64,
}

impl Aside {
    /// What an item waits for, if it is here.
    pub(super) fn waits(&self, key: &Key) -> Option<&[ActId]> {
        self.items.get(key).map(|waiting| waiting.waits.as_slice())
    }

    /// Sets an item aside until one of `waits` changes.
    pub(super) fn put(&mut self, loose: Loose, waits: Vec<ActId>) {
        let key = loose.key();
        self.take(&key);
        let bytes = loose.size();
        let since = self.next;
        self.next = self.next.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        for need in &waits {
            self.by_need.entry(*need).or_default().insert(key);
        }
        self.by_age.insert(since, key);
        self.items.insert(key, Waiting { loose, waits, bytes, since });
        while self.items.len() > MAX_ASIDE_ITEMS || self.bytes > MAX_ASIDE_BYTES {
            let Some(oldest) = self.by_age.values().next().copied() else { break };
            self.take(&oldest);
        }
    }

    /// Removes one item.
    pub(super) fn take(&mut self, key: &Key) -> Option<Loose> {
        let Waiting { loose, waits, bytes, since } = self.items.remove(key)?;
        self.bytes = self.bytes.saturating_sub(bytes);
        self.by_age.remove(&since);
        for need in waits {
            if let Some(keys) = self.by_need.get_mut(&need) {
                keys.remove(key);
                if keys.is_empty() {
                    self.by_need.remove(&need);
                }
            }
        }
        Some(loose)
    }

    /// Removes everything that waits for this act.
    pub(super) fn take_waiting(&mut self, act: &ActId) -> Vec<Loose> {
        let keys = self.by_need.get(act).cloned().unwrap_or_default();
        keys.iter().filter_map(|key| self.take(key)).collect()
    }

    /// The approvals here that are about this act.
    pub(super) fn approvals_of(&self, act: &ActId) -> Vec<Arc<SignedApproval>> {
        let keys = self.by_need.get(act).into_iter().flatten();
        keys.filter_map(|key| match &self.items.get(key)?.loose {
            Loose::Approval(approval) if approval.approval.act == *act => Some(Arc::clone(approval)),
            _ => None,
        })
        .collect()
    }

    /// The act, if it is here and waits for nothing but its own approvals.
    pub(super) fn held(&self, act: &ActId) -> Option<&Arc<SignedAct>> {
        let waiting = self.items.get(act.as_bytes())?;
        match &waiting.loose {
            Loose::Act(_, signed) if waiting.waits == [*act] => Some(signed),
            _ => None,
        }
    }

    /// The acts of one author that wait for nothing but their own approvals, lowest id first.
    pub(super) fn held_of(&self, author: &MemberId) -> Vec<ActId> {
        let held = self.items.values().filter_map(|waiting| match &waiting.loose {
            Loose::Act(id, signed) if waiting.waits == [*id] && signed.act.author == *author => Some(*id),
            _ => None,
        });
        held.collect()
    }

    /// Everything that something here waits for, lowest id first.
    pub(super) fn needs(&self) -> impl Iterator<Item = &ActId> {
        self.by_need.keys()
    }

    /// Everything that something here stands on, whether it is here or not.
    pub(super) fn stood_on(&self) -> impl Iterator<Item = ActId> {
        self.items.values().flat_map(|waiting| waiting.loose.stands_on()).copied()
    }

    /// Whether something here waits for this act.
    pub(super) fn needs_act(&self, act: &ActId) -> bool {
        self.by_need.contains_key(act)
    }

    /// Bytes of the items that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many items wait.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}
