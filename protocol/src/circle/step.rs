//! One more act on top of everything: the roster after it, without looking at the whole history again.
//!
//! This decides nothing that `merge.rs` does not: for an act that knows all others the sum of all acts is the sum before
//! and this one. Where that is not plain the answer is no, and everything is added up.

use alloc::sync::Arc;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::{ActId, MemberId};

use super::body::ActBody;
use super::cut::{self, Cut};
use super::former::Former;
use super::role::Role;
use super::roster::{Entry, KeyState, MemberState, Roster};

/// Whether [`step`] can follow this act.
pub(super) const fn is_plain(body: &ActBody) -> bool {
    !matches!(body, ActBody::Seat { .. } | ActBody::Rebind { .. } | ActBody::Unknown { .. })
}

/// Takes over an act that knew everything the roster is the sum of. Nothing else may claim what it claims, and its
/// member may have come in once only.
pub(super) fn step(
    roster: &mut Roster,
    id: ActId,
    author: &MemberId,
    body: &ActBody,
    added: Option<Arc<Entry>>,
) {
    roster.frontier = alloc::vec![id];
    match body {
        ActBody::Add { .. } => {
            if let Some(entry) = added {
                roster.put(entry);
            }
        }
        ActBody::Remove { member, cuts } => part(roster, id, member, MemberState::Removed, cuts),
        ActBody::Leave { cuts, .. } => part(roster, id, author, MemberState::Left, cuts),
        ActBody::SetRules { rules } => roster.rules = *rules,
        ActBody::SetRole { member, role, cuts } => {
            let Some(mut entry) = roster.member(member).map(|entry| Entry::clone(entry)) else { return };
            entry.role = *role;
            entry.highest = entry.highest.max(*role);
            if *role == Role::Observer {
                end(roster, &entry, cuts, |state| state.scopes.contains(Scopes::PUBLISH));
            }
            roster.put(Arc::new(entry));
        }
        ActBody::Delegate { delegation, .. } => change(roster, author, |entry| {
            entry.take_key(delegation.key, KeyState::of(delegation));
        }),
        ActBody::Revoke { key, last, .. } => {
            change(roster, author, |entry| {
                if let Some(state) = entry.keys.get_mut(key) {
                    state.revoked = true;
                }
            });
            cut::lower(&mut roster.cuts, Cut { signer: *key, last: *last });
        }
        ActBody::Rotate { sealing, .. } => change(roster, author, |entry| entry.receive_under(sealing)),
        ActBody::Tie | ActBody::Seat { .. } | ActBody::Rebind { .. } | ActBody::Unknown { .. } => {}
    }
}

fn change(roster: &mut Roster, member: &MemberId, how: impl FnOnce(&mut Entry)) {
    if let Some(entry) = roster.member(member) {
        let mut entry = Entry::clone(entry);
        how(&mut entry);
        roster.put(Arc::new(entry));
    }
}

fn part(roster: &mut Roster, act: ActId, member: &MemberId, state: MemberState, cuts: &[Cut]) {
    let Some(entry) = roster.take(member) else { return };
    let mut entry = Entry::clone(&entry);
    entry.state = state;
    end(roster, &entry, cuts, |_| true);
    roster.former.insert(*member, Arc::new(Former { entry: Arc::new(entry), act, successor: None }));
}

/// Ends the records of these keys of a member where the act says, and of one that it does not name before the first.
fn end(roster: &mut Roster, entry: &Entry, named: &[Cut], which: impl Fn(&KeyState) -> bool) {
    for (key, state) in &entry.keys {
        let named = named.iter().find(|cut| cut.signer == *key);
        if let Some(cut) = named.copied().or_else(|| which(state).then_some(Cut { signer: *key, last: None }))
        {
            cut::lower(&mut roster.cuts, cut);
        }
    }
}
