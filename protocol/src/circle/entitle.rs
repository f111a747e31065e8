//! Who may sign which act, and what its past allows. It follows from the act and the roster at its parents alone, so
//! every node decides alike, whenever the act comes; and whoever makes an act asks here before it signs.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::Side;

use super::act::Act;
use super::admit::State;
use super::body::ActBody;
use super::consent::Needs;
use super::cut::Cut;
use super::error::ProposeError;
use super::merge::{Claim, claims};
use super::own;
use super::role::Role;
use super::roster::{Entry, MemberState, Roster};
use crate::limits::MAX_LIVE_KEYS;
use crate::rules::Rule;

/// What an act counts by.
#[derive(Clone, Debug)]
pub(super) struct Grounds {
    /// The side for which its author speaks.
    pub(super) side: Side,
    /// Whose consent it needs.
    pub(super) needs: Needs,
    /// Whom it brings in.
    pub(super) entry: Option<Arc<Entry>>,
}

/// The rule that a peer's act breaks where an own one would be refused for that reason.
pub(super) const fn rule(error: &ProposeError) -> Rule {
    match error {
        ProposeError::Card
        | ProposeError::UnknownSide { .. }
        | ProposeError::LastSteward { .. }
        | ProposeError::Rules
        | ProposeError::Cuts => Rule::ActBody,
        ProposeError::AlreadyMember
        | ProposeError::NotAMember
        | ProposeError::NoChange
        | ProposeError::Taken => Rule::ActContradiction,
        ProposeError::Key => Rule::ActKeys,
        ProposeError::NotOrganisation | ProposeError::TooSoon | ProposeError::Number => Rule::ActOwn,
        ProposeError::Blocked { .. } => Rule::ActBlocked,
        _ => Rule::ActSigner,
    }
}

impl State {
    /// Whether an act with this id counts by the roster at its parents. The keys that it brings were checked.
    pub(super) fn entitled(&self, id: ActId, act: &Act, roster: &Roster) -> Result<Grounds, ProposeError> {
        let side = match &act.body {
            body if body.is_own() => self.own_entitled(act, roster)?.side.clone(),
            ActBody::Seat { side, .. } => self.recovery_entitled(act, side)?,
            _ => steward_entitled(act, roster)?.side.clone(),
        };
        let entry = self.allowed(id, act, roster)?;
        Ok(Grounds { side, needs: Needs::at(roster), entry })
    }

    fn own_entitled<'a>(&self, act: &Act, roster: &'a Roster) -> Result<&'a Entry, ProposeError> {
        let entry = roster.member(&act.author).ok_or(ProposeError::NotAMember)?;
        if act.signer != entry.card.organisation {
            return Err(ProposeError::NotOrganisation);
        }
        let number = act.body.number().ok_or(ProposeError::Number)?;
        if !own::is_timely(number, act.created, roster.charter.created) {
            return Err(ProposeError::TooSoon);
        }
        let earlier = self.history.own_acts(&act.author, number.saturating_sub(1));
        let mut earlier = earlier.into_iter().flatten();
        if number == 1 || earlier.any(|id| self.history.includes(&act.parents, id)) {
            Ok(entry)
        } else {
            Err(ProposeError::Number)
        }
    }

    /// A side's recovery key is one of a founder's card, whether that founder is a member today or not.
    fn recovery_entitled(&self, act: &Act, side: &Side) -> Result<Side, ProposeError> {
        let founded = self.history.founded().ok_or(ProposeError::NotFounded)?;
        let bears = founded.charter.founder(act.author).is_some_and(|card| card.recovery == act.signer);
        if bears && founded.charter.recovery.get(side) == Some(&act.signer) {
            Ok(side.clone())
        } else {
            Err(ProposeError::NotRecovery)
        }
    }

    /// Whether the past allows what the act says; whom it brings in, if anybody.
    fn allowed(&self, id: ActId, act: &Act, roster: &Roster) -> Result<Option<Arc<Entry>>, ProposeError> {
        let brings = |card: &Card, role| Some(Arc::new(Entry::new(card, role, id, MemberState::Active)));
        match &act.body {
            ActBody::Add { card, role } => {
                check_side(card, roster)?;
                self.check_new(card, act, roster)?;
                return Ok(brings(card, *role));
            }
            ActBody::Remove { member, cuts } => {
                let entry = present(roster, member)?;
                check_cuts(cuts, entry)?;
                keeps_steward(roster, entry)?;
            }
            ActBody::SetRole { member, role, cuts } => {
                let entry = present(roster, member)?;
                if entry.role == *role {
                    return Err(ProposeError::NoChange);
                }
                if *role != Role::Observer && !cuts.is_empty() {
                    return Err(ProposeError::Cuts);
                }
                check_cuts(cuts, entry)?;
                keeps_steward(roster, entry)?;
            }
            ActBody::SetRules { rules } => {
                if *rules == roster.rules {
                    return Err(ProposeError::NoChange);
                }
                if !rules.are_sound(roster.charter.sides.len(), roster.fewest_stewards()) {
                    return Err(ProposeError::Rules);
                }
            }
            ActBody::Leave { cuts, .. } => check_cuts(cuts, present(roster, &act.author)?)?,
            ActBody::Delegate { delegation, .. } => {
                let entry = present(roster, &act.author)?;
                self.check_key(&delegation.key, act, entry, roster)?;
            }
            ActBody::Revoke { key, .. } => {
                if !present(roster, &act.author)?.keys.contains_key(key) {
                    return Err(ProposeError::Key);
                }
            }
            ActBody::Rotate { sealing, .. } => {
                let entry = present(roster, &act.author)?;
                let claim = [Claim::Sealing(sealing.clone())];
                if entry.sealing == *sealing
                    || self.history.is_taken(&act.parents, roster, &claim, &act.author)
                {
                    return Err(ProposeError::Key);
                }
            }
            ActBody::Seat { side, card, removes, cuts } => {
                return self
                    .seats(act, roster, side, card, removes.as_ref(), cuts)
                    .map(|new| if new { brings(card, Role::Steward) } else { None });
            }
            ActBody::Rebind { member, card, cuts } => {
                let entry = present(roster, member)?;
                check_side(card, roster)?;
                check_cuts(cuts, entry)?;
                if card.name != entry.name || card.side != entry.side {
                    return Err(ProposeError::Card);
                }
                if roster.known(&card.member()).is_some() {
                    return Err(ProposeError::AlreadyMember);
                }
                let mut claims = claims(card);
                claims.retain(|claim| !matches!(claim, Claim::Name(_)));
                if self.history.is_taken(&act.parents, roster, &claims, &card.member()) {
                    return Err(ProposeError::Taken);
                }
                return Ok(brings(card, entry.role));
            }
            ActBody::Tie | ActBody::Unknown { .. } => {}
        }
        Ok(None)
    }

    /// Whether a seat brings its new steward in, or else makes one of a member.
    fn seats(
        &self,
        act: &Act,
        roster: &Roster,
        side: &Side,
        card: &Card,
        removes: Option<&MemberId>,
        cuts: &[Cut],
    ) -> Result<bool, ProposeError> {
        check_side(card, roster)?;
        let seated = card.member();
        if card.side != *side {
            return Err(ProposeError::UnknownSide { side: card.side.clone() });
        }
        if let Some(removed) = removes {
            let entry = present(roster, removed)?;
            if entry.side != *side || !entry.is_steward() || *removed == seated {
                return Err(ProposeError::NotAMember);
            }
            check_cuts(cuts, entry)?;
        }
        match roster.member(&seated) {
            Some(entry) if entry.side != *side => Err(ProposeError::UnknownSide { side: side.clone() }),
            Some(entry) if entry.is_steward() && removes.is_none() => Err(ProposeError::NoChange),
            Some(_) => Ok(false),
            None => self.check_new(card, act, roster).map(|()| true),
        }
    }

    fn check_new(&self, card: &Card, act: &Act, roster: &Roster) -> Result<(), ProposeError> {
        let member = card.member();
        if roster.is_member(&member) {
            return Err(ProposeError::AlreadyMember);
        }
        // Who was bound to another organisation key would come back beside itself.
        let bound = roster.former.get(&member).is_some_and(|former| former.successor.is_some());
        if bound || self.history.is_taken(&act.parents, roster, &claims(card), &member) {
            return Err(ProposeError::Taken);
        }
        Ok(())
    }

    /// Whether a member may let this key sign for it.
    fn check_key(
        &self,
        key: &PublicKey,
        act: &Act,
        entry: &Entry,
        roster: &Roster,
    ) -> Result<(), ProposeError> {
        let held = entry.keys.get(key);
        let live = entry
            .keys
            .iter()
            .filter(|(other, state)| *other != key && !state.revoked && act.created < state.until);
        let claim = [Claim::Key(*key)];
        if held.is_some_and(|state| state.revoked)
            || [entry.card.organisation, entry.card.recovery].contains(key)
            || live.count() >= MAX_LIVE_KEYS
            || self.history.is_taken(&act.parents, roster, &claim, &act.author)
        {
            return Err(ProposeError::Key);
        }
        Ok(())
    }
}

/// A steward proposes, as long as every side has one.
fn steward_entitled<'a>(act: &Act, roster: &'a Roster) -> Result<&'a Entry, ProposeError> {
    let entry = roster.member(&act.author).filter(|entry| entry.is_steward());
    let entry = entry.ok_or(ProposeError::NotASteward)?;
    if !entry.signs_as_steward(&act.signer, act.created) {
        return Err(ProposeError::NotItsKey);
    }
    match roster.vacant().first() {
        Some(side) => Err(ProposeError::Blocked { side: (*side).clone() }),
        None => Ok(entry),
    }
}

fn present<'a>(roster: &'a Roster, member: &MemberId) -> Result<&'a Entry, ProposeError> {
    roster.member(member).map(Arc::as_ref).ok_or(ProposeError::NotAMember)
}

fn check_side(card: &Card, roster: &Roster) -> Result<(), ProposeError> {
    if roster.charter.sides.binary_search(&card.side).is_err() {
        return Err(ProposeError::UnknownSide { side: card.side.clone() });
    }
    Ok(())
}

/// An end can be named for keys of the member only: one for another's would void what nobody agreed to void.
fn check_cuts(cuts: &[Cut], entry: &Entry) -> Result<(), ProposeError> {
    if cuts.iter().all(|cut| entry.keys.contains_key(&cut.signer)) { Ok(()) } else { Err(ProposeError::Cuts) }
}

/// Whether another steward of its side stays when this one goes. Replacing the last one takes the recovery key.
fn keeps_steward(roster: &Roster, going: &Entry) -> Result<(), ProposeError> {
    let stays = |entry: &&Arc<Entry>| entry.side == going.side && entry.member != going.member;
    if !going.is_steward() || roster.stewards().any(|entry| stays(&entry)) {
        Ok(())
    } else {
        Err(ProposeError::LastSteward { side: going.side.clone() })
    }
}

/// Frontiers, each act or voice once, in their order.
pub(super) fn joined(one: &[ActId], other: &[ActId]) -> Vec<ActId> {
    let mut joined: Vec<ActId> = one.iter().chain(other).copied().collect();
    joined.sort_unstable();
    joined.dedup();
    joined
}
