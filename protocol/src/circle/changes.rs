//! What an act changes, for the people who decide on it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;

use super::circle_rules::CircleRules;
use super::history::Node;
use super::log::ActLog;
use super::role::Role;
use super::roster::{Entry, Roster};
use super::touched::cuts_off;

/// One thing that an act changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody becomes a member.
    Joins {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// Its side.
        side: Side,
        /// What it may do.
        role: Role,
    },
    /// A member is one no more.
    Leaves {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// Its side.
        side: Side,
    },
    /// A member may do more or less.
    Role {
        /// Who.
        member: MemberId,
        /// Its name.
        name: Name,
        /// What it may do until now.
        from: Role,
        /// What it may do then.
        to: Role,
    },
    /// A member is bound to another organisation key.
    Rebound {
        /// The member until now.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The member that it is then.
        successor: MemberId,
    },
    /// The rules of the circle.
    Rules {
        /// Until now.
        from: CircleRules,
        /// Then.
        to: CircleRules,
    },
    /// A key signs for a member.
    Key {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The key.
        key: PublicKey,
        /// What it may sign.
        scopes: Scopes,
        /// Until when.
        until: UnixMillis,
    },
    /// A key signs for a member no more.
    KeyEnds {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
        /// The key.
        key: PublicKey,
    },
    /// A member receives epoch secrets under another key.
    Sealing {
        /// The member.
        member: MemberId,
        /// Its name.
        name: Name,
    },
    /// An act that is in force has no effect any more.
    Voids {
        /// The act.
        act: ActId,
    },
}

/// One sentence without a full stop.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joins { name, side, role, .. } => {
                write!(f, "{name} ({side}) becomes a member as {}", role.as_str())
            }
            Self::Leaves { name, side, .. } => write!(f, "{name} ({side}) is a member no more"),
            Self::Role { name, from, to, .. } => {
                write!(f, "{name} is {} instead of {}", to.as_str(), from.as_str())
            }
            Self::Rebound { name, .. } => write!(f, "{name} is bound to a new organisation key"),
            Self::Rules { .. } => f.write_str("the rules of the circle change"),
            Self::Key { name, scopes, .. } => write!(f, "another key signs for {name}: {scopes}"),
            Self::KeyEnds { name, .. } => write!(f, "a key signs for {name} no more"),
            Self::Sealing { name, .. } => write!(f, "{name} receives epoch secrets under a new key"),
            Self::Voids { act } => write!(f, "the act {act:?} loses its effect"),
        }
    }
}

impl ActLog {
    /// What an act would change today, or what it changed at its own frontier once it is in force.
    #[must_use]
    pub fn changes(&self, act: &ActId) -> Vec<Change> {
        let history = &self.state().history;
        let Some(node) = history.node(act) else { return Vec::new() };
        if node.in_force() {
            let before = history.roster_at(&node.act.act.parents);
            let after = history.roster_at(&[*act]);
            return before.zip(after).map(|(before, after)| between(&before, &after)).unwrap_or_default();
        }
        let (Some(before), Some(after)) = (history.roster(), history.supposing(act)) else {
            return Vec::new();
        };
        let mut changes = after.roster().map(|after| between(before, after)).unwrap_or_default();
        let void = after.touched().void.difference(&history.touched().void);
        changes.extend(void.map(|act| Change::Voids { act: *act }));
        changes
    }

    /// The acts in force that would lose their effect by this one. Only what ends a steward's office does that.
    #[must_use]
    pub fn would_void(&self, act: &ActId) -> Vec<ActId> {
        let history = &self.state().history;
        let ends = |node: &Node| !node.in_force() && cuts_off(&node.act.act.body).is_some();
        if !history.node(act).is_some_and(ends) {
            return Vec::new();
        }
        let Some(after) = history.supposing(act) else { return Vec::new() };
        after.touched().void.difference(&history.touched().void).copied().collect()
    }
}

/// What is different in the second roster.
fn between(before: &Roster, after: &Roster) -> Vec<Change> {
    let mut changes = Vec::new();
    for (member, old) in &before.members {
        if !after.is_member(member) {
            let name = old.name.clone();
            changes.push(match after.former.get(member).and_then(|former| former.successor) {
                Some(successor) => Change::Rebound { member: *member, name, successor },
                None => Change::Leaves { member: *member, name, side: old.side.clone() },
            });
        }
    }
    for (member, new) in &after.members {
        match before.member(member) {
            Some(old) if Arc::ptr_eq(old, new) => {}
            Some(old) => compare(old, new, &mut changes),
            None => changes.push(Change::Joins {
                member: *member,
                name: new.name.clone(),
                side: new.side.clone(),
                role: new.role,
            }),
        }
    }
    if before.rules != after.rules {
        changes.push(Change::Rules { from: before.rules, to: after.rules });
    }
    changes
}

/// What is different about one member.
fn compare(old: &Entry, new: &Entry, changes: &mut Vec<Change>) {
    let (member, name) = (new.member, &new.name);
    if old.role != new.role {
        changes.push(Change::Role { member, name: name.clone(), from: old.role, to: new.role });
    }
    for (key, state) in &new.keys {
        let before = old.keys.get(key);
        if state.revoked && before.is_some_and(|before| !before.revoked) {
            changes.push(Change::KeyEnds { member, name: name.clone(), key: *key });
        } else if !state.revoked && before != Some(state) {
            let (scopes, until) = (state.scopes, state.until);
            changes.push(Change::Key { member, name: name.clone(), key: *key, scopes, until });
        }
    }
    if old.sealing != new.sealing {
        changes.push(Change::Sealing { member, name: name.clone() });
    }
}
