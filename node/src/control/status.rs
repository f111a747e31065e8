//! `status`: how the node is.

use watchfire_keys::MemberId;
use watchfire_protocol::circle::MemberState;
use watchfire_protocol::engine::Phase;

use super::{CatchUpDoc, Facts, KeptAwayDoc, PeerDoc, RefusedDoc, StatusDoc};
use crate::clock::rfc3339;

impl Facts<'_> {
    pub(super) fn status(&self) -> StatusDoc {
        let missing = self.draft.map(|draft| draft.missing().iter().map(ToString::to_string).collect());
        StatusDoc {
            member: self.card.member().to_string(),
            name: self.card.name.to_string(),
            side: self.card.side.to_string(),
            circle: self.circle.to_string(),
            circle_name: self.circle_name(),
            state: self.state().to_owned(),
            epoch: self.epoch.map(|epoch| epoch.to_string()),
            running: self.live.is_some(),
            peers: self.peers(),
            records: self.view.records() as u64,
            indicators: self.view.observables() as u64,
            pending_publish: self.waiting as u64,
            catch_up: self.live.as_ref().map(|live| CatchUpDoc {
                missing: live.catch_up.missing as u64,
                fetched: live.catch_up.fetched,
            }),
            missing: missing.unwrap_or_default(),
            relays: self.live.as_ref().map(|live| live.relays.clone()).unwrap_or_default(),
            refused: self.refused(),
            health: self.health(),
        }
    }

    pub(super) fn circle_name(&self) -> Option<String> {
        let charter = self.roster.map(|roster| &*roster.charter).or(self.draft.map(|draft| draft.charter()));
        charter.map(|charter| charter.name.to_string())
    }

    fn peers(&self) -> Vec<PeerDoc> {
        let own = self.card.member();
        let members = self.roster.into_iter().flat_map(|roster| roster.members.values());
        members
            .filter(|entry| entry.member != own)
            .map(|entry| {
                let live = self.live.as_ref();
                let direct = live.is_some_and(|live| live.linked.contains(&entry.member));
                let seen = live.and_then(|live| (live.last_said)(&entry.member));
                let last_seen = if direct { Some(self.now) } else { seen };
                PeerDoc {
                    member: entry.member.to_string(),
                    name: entry.name.to_string(),
                    side: entry.side.to_string(),
                    direct,
                    relayed: live.is_some_and(|live| live.relayed.contains(&entry.member)),
                    last_seen: last_seen.map(rfc3339),
                    kept_away: self.kept_away(&entry.member),
                }
            })
            .collect()
    }

    fn kept_away(&self, member: &MemberId) -> Option<KeptAwayDoc> {
        let (_, rule, until) = self.live.as_ref()?.kept_away.iter().find(|(other, ..)| other == member)?;
        Some(KeptAwayDoc { rule: rule.label().to_owned(), until: rfc3339(*until) })
    }

    fn refused(&self) -> Vec<RefusedDoc> {
        let broken = self.live.iter().flat_map(|live| &live.broken);
        broken
            .filter(|(rule, _)| rule.penalty() > 0)
            .map(|(rule, count)| RefusedDoc { rule: rule.label().to_owned(), count: *count })
            .collect()
    }

    /// The state as `status` names it.
    fn state(&self) -> &'static str {
        match self.phase {
            Phase::Founding => "founding",
            Phase::Waiting => "waiting",
            Phase::Member => "member",
            Phase::Removed if self.has_left() => "left",
            Phase::Removed => "removed",
        }
    }

    /// Whether this member went by its own decision.
    pub(super) fn has_left(&self) -> bool {
        let former = self.roster.and_then(|roster| roster.former.get(&self.card.member()));
        former.is_some_and(|former| former.entry.state == MemberState::Left)
    }
}
