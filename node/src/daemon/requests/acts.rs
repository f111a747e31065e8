//! Proposals, decisions and own acts, from what a person typed to what the engine is asked for.

use watchfire_keys::{Card, MemberId, Side, recovery};
use watchfire_protocol::circle::{ActBody, Decision, Role};
use watchfire_protocol::engine::{OwnAct, Request, Standing};

use super::CircleNode;
use crate::control::{Proposal, Seating, members_named};
use crate::daemon::keep;
use crate::error::{Error, Result};
use crate::exit::Exit;

impl CircleNode {
    /// Who names a report as the last one that stands means all of it: its head is signed first, and its parts right behind.
    pub(super) fn to_its_end(&self, act: OwnAct) -> Result<OwnAct> {
        let OwnAct::Revoke { key, stands: Standing::UpTo(named) } = act else { return Ok(act) };
        let report = self.engine.roster().and_then(|roster| self.view.alert(&named, &**roster));
        let mut last = named;
        let mut at: Option<u64> = None;
        for id in report.into_iter().flat_map(|report| report.records) {
            let record = keep::record(&*self.store, &id)
                .map_err(|error| error.describe(&self.home.store_path()))?
                .map(|signed| (signed.record().signer, signed.record().seq));
            // What only says that it is a part of it, a thief may have signed, and in another place.
            match record {
                Some((signer, seq))
                    if signer == key && at.is_none_or(|at| at.checked_add(1) == Some(seq)) =>
                {
                    (last, at) = (id, Some(seq));
                }
                _ => break,
            }
        }
        Ok(OwnAct::Revoke { key, stands: Standing::UpTo(last) })
    }

    /// A decision on the proposal that a person means.
    pub(super) fn decision(&self, wanted: &str, approve: bool, anyway: bool) -> Result<Request> {
        let decision = if approve { Decision::Approve } else { Decision::Refuse };
        let act = self.with_facts(|facts| facts.proposal_named(wanted))?;
        Ok(Request::Decide { act, decision, anyway })
    }

    /// A proposal about somebody who is a member, or about the rules. Where records end is for the engine to say.
    pub(super) fn proposal(&self, proposal: Proposal, reason: String) -> Result<Request> {
        let body = match proposal {
            Proposal::Remove { member } => {
                ActBody::Remove { member: self.member_meant(&member)?, cuts: Vec::new() }
            }
            Proposal::Role { member, role } => ActBody::SetRole {
                member: self.member_meant(&member)?,
                role: role_named(&role)?,
                cuts: Vec::new(),
            },
            Proposal::Rebind { member, card } => ActBody::Rebind {
                member: self.member_meant(&member)?,
                card: Box::new(card_of(&card)?),
                cuts: Vec::new(),
            },
            Proposal::Rules(wanted) => {
                let roster = self.with_facts(|facts| facts.roster_or_wait().map(|roster| roster.rules))?;
                ActBody::SetRules { rules: wanted.over(roster) }
            }
        };
        Ok(Request::Propose { body: Box::new(body), reason })
    }

    /// A steward for a side, with the side's recovery words.
    pub(super) fn seating(&self, seating: &Seating, reason: String) -> Result<Request> {
        let side: Side = seating.side.parse().map_err(|_| {
            Error::usage(format!("{} is no side", seating.side), "watchfire circle show lists the sides")
        })?;
        let recovery = recovery::from_words(seating.words.as_str()).map_err(|fault| {
            Error::new(Exit::Refused, "recovery-words", fault.to_string(), fault.remedy())
        })?;
        let removes = seating.removes.as_ref().map(|member| self.member_meant(member)).transpose()?;
        Ok(Request::Seat {
            side,
            recovery: Box::new(recovery),
            card: Box::new(card_of(&seating.card)?),
            removes,
            reason,
        })
    }

    fn member_meant(&self, wanted: &str) -> Result<MemberId> {
        let roster = self.engine.roster().map(|roster| &**roster);
        let meant = members_named(roster, &[wanted.to_owned()])?;
        meant.first().copied().ok_or_else(|| Error::usage("no member is named", "watchfire circle show"))
    }
}

/// A newcomer.
pub(super) fn invitation(card: &str, role: &str, reason: String) -> Result<Request> {
    let body = ActBody::Add { card: Box::new(card_of(card)?), role: role_named(role)? };
    Ok(Request::Propose { body: Box::new(body), reason })
}

fn card_of(text: &str) -> Result<Card> {
    Card::from_text(text)
        .map_err(|fault| Error::new(Exit::Refused, "card", fault.to_string(), fault.remedy()))
}

fn role_named(role: &str) -> Result<Role> {
    role.parse()
        .map_err(|_| Error::usage(format!("there is no role {role}"), "steward, publisher or observer"))
}
