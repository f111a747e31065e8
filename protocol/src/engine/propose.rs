//! Acts that a person at this node proposes or decides on.
//!
//! The log says what other nodes would accept; here the ends of records are filled in, and what was signed is kept and
//! told.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::Side;

use super::membership::Taken;
use super::output::{Output, Refusal};
use super::{Engine, PeerName};
use crate::circle::{ActBody, ActLog, Decision, Item, Roster};
use crate::crypto::Crypto;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Proposes an act that other sides answer for too.
    pub(super) fn propose(&mut self, token: u64, body: ActBody, reason: &str) -> Result<(), Refusal> {
        let key = self.steward_key()?;
        let body = self.with_cuts(body);
        let act = self
            .own_log()?
            .propose(self.keys.member, &key, body, reason, self.now.unix)
            .map_err(Refusal::Propose)?;
        self.act(token, act.id(), act.into())
    }

    /// Proposes a steward for a side, with the side's recovery key.
    pub(super) fn seat(
        &mut self,
        token: u64,
        side: &Side,
        recovery: &SigningKey,
        card: Card,
        removes: Option<MemberId>,
        reason: &str,
    ) -> Result<(), Refusal> {
        self.own_roster()?;
        let cuts = removes.map(|member| self.cuts_of(&member)).unwrap_or_default();
        let act = self
            .own_log()?
            .propose_seat(side, recovery, card, removes, cuts, reason, self.now.unix)
            .map_err(Refusal::Propose)?;
        self.act(token, act.id(), act.into())
    }

    /// Approves or refuses a proposal.
    pub(super) fn decide(
        &mut self,
        token: u64,
        act: ActId,
        decision: Decision,
        anyway: bool,
    ) -> Result<(), Refusal> {
        let key = self.steward_key()?;
        let approve = if anyway { ActLog::approve_anyway } else { ActLog::approve };
        let approval = approve(self.own_log()?, &act, self.keys.member, &key, decision, self.now.unix)
            .map_err(Refusal::Approve)?;
        self.act(token, act, approval.into())
    }

    /// The roster, as long as this node's member is in it.
    pub(super) fn own_roster(&self) -> Result<&Roster, Refusal> {
        let roster = self.roster.as_deref().ok_or(Refusal::NotMember)?;
        if roster.is_member(&self.keys.member) {
            Ok(roster)
        } else if roster.former.contains_key(&self.keys.member) {
            Err(Refusal::Removed)
        } else {
            Err(Refusal::NotMember)
        }
    }

    pub(super) fn own_log(&self) -> Result<&ActLog, Refusal> {
        self.log.as_ref().ok_or(Refusal::NotMember)
    }

    pub(super) fn steward_key(&self) -> Result<SigningKey, Refusal> {
        self.own_roster()?;
        self.keys.steward.clone().ok_or(Refusal::NoKey)
    }

    /// An item of our own about this act: keep it, tell everybody, and answer.
    pub(super) fn act(&mut self, token: u64, act: ActId, item: Item) -> Result<(), Refusal> {
        let fresh = match self.insert(item).map_err(Refusal::Rule)? {
            Taken::Fresh(items) => items,
            Taken::Waiting | Taken::Known => Vec::new(),
        };
        let stays = |roster: &Arc<Roster>| roster.is_member(&self.keys.member);
        if self.own_log()?.roster().is_some_and(stays) {
            // Whoever is taken out by it is told that alone, and before the others.
            self.membership_changed();
            self.tell_all(fresh);
        } else {
            // After its own end this node tells nobody anything.
            self.tell_all(fresh);
            self.membership_changed();
        }
        self.out(Output::Acted { token, act });
        Ok(())
    }
}
