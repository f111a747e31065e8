//! Making acts and approvals that other nodes will accept: the same checks as theirs, before anything is signed.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::Side;
use watchfire_keys::time::UnixMillis;

use super::act::{self, Act, SignedAct};
use super::approval::{Approval, Decision, SignedApproval};
use super::body::ActBody;
use super::cut::Cut;
use super::entitle::joined;
use super::error::{ApproveError, ProposeError};
use super::log::ActLog;
use super::own;
use super::pending::ActState;
use super::text::is_plain;
use crate::limits::{MAX_FRONTIER, MAX_OPEN_PROPOSALS, MAX_REASON_CHARS};

impl ActLog {
    /// Signs a proposal on top of everything that is in force here. It is not in the log before it is inserted.
    ///
    /// # Errors
    /// Why no member would accept it.
    pub fn propose(
        &self,
        author: MemberId,
        key: &SigningKey,
        body: ActBody,
        reason: &str,
        now: UnixMillis,
    ) -> Result<SignedAct, ProposeError> {
        if body == ActBody::Tie && self.base().len() < 2 {
            return Err(ProposeError::NothingToTie);
        }
        if matches!(body, ActBody::Unknown { .. }) {
            return Err(ProposeError::Unknown);
        }
        self.sign(author, key, body, reason, now)
    }

    /// Signs one of a member's own acts with its organisation key, on top of everything that is in force here. The
    /// number in the body is that of [`ActLog::next_number`]. It is in force at once, and not in the log before it is
    /// inserted.
    ///
    /// # Errors
    /// Why no member would accept it.
    pub fn propose_own(
        &self,
        member: MemberId,
        organisation: &SigningKey,
        body: ActBody,
        now: UnixMillis,
    ) -> Result<SignedAct, ProposeError> {
        if body.number() != Some(self.next_number(&member)) {
            return Err(ProposeError::Number);
        }
        self.sign(member, organisation, body, "", now)
    }

    /// Which number a member's next own act bears.
    #[must_use]
    pub fn next_number(&self, member: &MemberId) -> u32 {
        let history = &self.state().history;
        let signed = history.slots(member).map_or(0, |slots| own::effective(history, slots, |_| true).len());
        u32::try_from(signed).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Signs, with a side's recovery key, the proposal to seat a steward for it: a newcomer, or a member of that side.
    /// The key counts as that side's voice; every other side still approves.
    ///
    /// # Errors
    /// Why no member would accept it.
    #[allow(clippy::too_many_arguments)]
    pub fn propose_seat(
        &self,
        side: &Side,
        recovery: &SigningKey,
        card: Card,
        removes: Option<MemberId>,
        cuts: Vec<Cut>,
        reason: &str,
        now: UnixMillis,
    ) -> Result<SignedAct, ProposeError> {
        let charter = self.charter().ok_or(ProposeError::NotFounded)?;
        let public = recovery.public();
        let bearer = charter.founders.iter().find(|founder| founder.recovery == public);
        let author = bearer.ok_or(ProposeError::NotRecovery)?.member();
        let body = ActBody::Seat { side: side.clone(), card: Box::new(card), removes, cuts };
        self.sign(author, recovery, body, reason, now)
    }

    /// Signs what every member would accept.
    fn sign(
        &self,
        author: MemberId,
        key: &SigningKey,
        body: ActBody,
        reason: &str,
        now: UnixMillis,
    ) -> Result<SignedAct, ProposeError> {
        let parents = self.base();
        let roster = self.roster_at(&parents).ok_or(ProposeError::NotFounded)?;
        if !is_plain(reason, MAX_REASON_CHARS) {
            return Err(ProposeError::Reason);
        }
        if !body.is_sound() {
            return Err(ProposeError::Cuts);
        }
        let act = Act {
            version: act::VERSION,
            circle: *self.circle(),
            parents,
            author,
            signer: key.public(),
            created: now,
            reason: String::from(reason),
            body,
        };
        act.check_keys()?;
        self.state().entitled(act.id(), &act, &roster)?;
        if !act.body.is_own() && self.state().open_proposals(&author, now) >= MAX_OPEN_PROPOSALS {
            return Err(ProposeError::TooManyOpen);
        }
        Ok(act.sign(key))
    }

    /// Signs a decision on an act that is here. It is not in the log before it is inserted.
    ///
    /// # Errors
    /// Why no member would accept it, why it would decide nothing, or that it would void acts that its author did not
    /// know ([`ApproveError::WouldVoid`]).
    pub fn approve(
        &self,
        act: &ActId,
        approver: MemberId,
        key: &SigningKey,
        decision: Decision,
        now: UnixMillis,
    ) -> Result<SignedApproval, ApproveError> {
        let acts = self.would_void(act);
        if decision == Decision::Approve && !acts.is_empty() {
            return Err(ApproveError::WouldVoid { acts });
        }
        self.approve_anyway(act, approver, key, decision, now)
    }

    /// The same, whatever acts become void by it.
    ///
    /// # Errors
    /// Why no member would accept it, or why it would decide nothing.
    pub fn approve_anyway(
        &self,
        act: &ActId,
        approver: MemberId,
        key: &SigningKey,
        decision: Decision,
        now: UnixMillis,
    ) -> Result<SignedApproval, ApproveError> {
        let node = self.state().history.node(act).ok_or(ApproveError::UnknownAct)?;
        let signer = key.public();
        let mut frontier = self.base();
        if frontier.contains(act) {
            // An approval never names its own act, though it may confirm one that is in force: what the act stands on
            // is named instead.
            frontier.retain(|id| id != act);
            frontier = joined(&frontier, &node.act.act.parents);
            if frontier.len() > MAX_FRONTIER {
                return Err(ApproveError::TooManyHeads);
            }
        }
        let entry = self.entry_at(&frontier, &approver).filter(|entry| entry.is_steward());
        if !entry.ok_or(ApproveError::NotASteward)?.signs_as_steward(&signer, now) {
            return Err(ApproveError::NotItsKey);
        }
        if node.author() == Some(approver) && decision == Decision::Approve {
            return Err(ApproveError::Own);
        }
        let decided = |decision| node.voices.contains_key(&(approver, decision));
        if decided(Decision::Approve) || decided(decision) {
            return Err(ApproveError::Decided);
        }
        match self.act_state(act, now) {
            Some(ActState::Voided) if !self.is_confirmable(act) => return Err(ApproveError::Void),
            Some(ActState::Open | ActState::Refused | ActState::Voided) if now <= node.act.act.expires() => {}
            Some(ActState::InForce | ActState::Overruled) => return Err(ApproveError::InForce),
            Some(ActState::Overtaken) => return Err(ApproveError::Overtaken),
            Some(ActState::Unknown) => return Err(ApproveError::Unknown),
            Some(ActState::Blocked) => return Err(ApproveError::Blocked),
            _ => return Err(ApproveError::Expired),
        }
        let in_force = node.in_force();
        let joins = in_force
            || node.act.act.parents.iter().any(|parent| self.state().history.heads().contains(parent));
        if decision == Decision::Approve && !joins && self.heads().count() >= MAX_FRONTIER {
            return Err(ApproveError::TooManyHeads);
        }
        let approval = Approval {
            version: act::VERSION,
            circle: *self.circle(),
            act: *act,
            approver,
            signer,
            frontier,
            created: now,
            decision,
        };
        Ok(approval.sign(key))
    }

    /// What a new act or approval stands on: the frontier, or as many heads as may be named.
    fn base(&self) -> Vec<ActId> {
        match self.roster() {
            Some(roster) if roster.frontier.len() <= MAX_FRONTIER => roster.frontier.clone(),
            _ => self.heads().take(MAX_FRONTIER).copied().collect(),
        }
    }
}
