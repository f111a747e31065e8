//! `circle show` and `circle pending`: who is in, and what waits for a decision.

use watchfire_protocol::circle::{Decision, Entry, Pending};

use super::resolve::waits;
use super::{CircleDoc, Facts, MemberDoc, PendingDoc, RulesDoc};
use crate::clock::rfc3339;
use crate::error::Result;

/// Of how many proposals it is worked out what they would change. A flood of them is listed by what they say.
const MOST_SUPPOSED: usize = 64;

impl Facts<'_> {
    pub(super) fn members(&self) -> Result<CircleDoc> {
        let roster = self.roster_or_wait()?;
        let active = roster.members.values().map(|entry| member_doc(entry));
        let invited = self.log.map(|log| log.invited(self.now)).unwrap_or_default();
        let former = roster.former.values().map(|former| member_doc(&former.entry));
        let members = active.chain(invited.iter().map(member_doc)).chain(former).collect();
        Ok(CircleDoc {
            circle: self.circle.to_string(),
            name: roster.charter.name.to_string(),
            epoch: self.epoch.map(|epoch| epoch.to_string()),
            members,
            // The founding is one as well.
            acts: self.log.map_or(0, |log| log.acts().count() as u64 + 1),
            rules: RulesDoc::from(&roster.rules),
        })
    }

    pub(super) fn pending(&self) -> Result<Vec<PendingDoc>> {
        self.roster_or_wait()?;
        let mut pending = self.log.map(|log| log.pending(self.now)).unwrap_or_default();
        pending.extend(self.log.map(|log| log.confirmable(self.now)).unwrap_or_default());
        let waiting = pending.iter().filter(|act| waits(act.state)).enumerate();
        Ok(waiting.map(|(place, act)| self.pending_doc(act, place < MOST_SUPPOSED)).collect())
    }

    fn pending_doc(&self, pending: &Pending, suppose: bool) -> PendingDoc {
        let act = self.log.and_then(|log| log.act(&pending.act));
        let subject = act.map(|signed| self.subject(&signed.act)).unwrap_or_default();
        let (changes, voids) = match (suppose, act) {
            (true, _) => (
                self.changes_by(&pending.act),
                self.log.map(|log| log.would_void(&pending.act)).unwrap_or_default(),
            ),
            (false, Some(signed)) => (self.said_by(&signed.act), Vec::new()),
            (false, None) => Default::default(),
        };
        let decisions = self.log.into_iter().flat_map(|log| log.approvals(&pending.act));
        let mut refused_by: Vec<String> = decisions
            .filter(|signed| signed.approval.decision == Decision::Refuse)
            .filter_map(|signed| self.side_of(&signed.approval.approver))
            .map(ToString::to_string)
            .collect();
        refused_by.sort();
        refused_by.dedup();
        PendingDoc {
            act: pending.act.to_string(),
            kind: pending.kind.to_owned(),
            member: subject.member,
            name: subject.name,
            side: subject.side,
            fingerprint: subject.fingerprint,
            by: self.name_of(&pending.by),
            reason: pending.reason.clone(),
            missing_sides: pending.missing_sides.iter().map(ToString::to_string).collect(),
            refused_by,
            expires: rfc3339(pending.expires),
            changes,
            voided: voids.iter().map(|act| self.in_words(act)).collect(),
            voids: voids.iter().map(ToString::to_string).collect(),
        }
    }
}

fn member_doc(entry: &Entry) -> MemberDoc {
    MemberDoc {
        member: entry.member.to_string(),
        name: entry.name.to_string(),
        side: entry.side.to_string(),
        role: entry.role.as_str().to_owned(),
        state: entry.state.as_str().to_owned(),
        fingerprint: entry.card.fingerprint().to_string(),
    }
}
