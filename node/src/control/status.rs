//! `status`: how the node is.

use watchfire_protocol::engine::Phase;

use super::{Facts, HealthDoc, PeerDoc, RefusedDoc, StatusDoc};
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
            state: phase_name(self.phase).to_owned(),
            epoch: self.epoch.map(|epoch| epoch.to_string()),
            running: self.live.is_some(),
            peers: self.peers(),
            records: self.view.records() as u64,
            indicators: self.view.observables() as u64,
            pending_publish: self.waiting as u64,
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
                let seen =
                    live.and_then(|live| (live.presence)(&entry.member)).map(|presence| presence.created);
                let last_seen = if direct { Some(self.now) } else { seen };
                PeerDoc {
                    member: entry.member.to_string(),
                    name: entry.name.to_string(),
                    side: entry.side.to_string(),
                    direct,
                    last_seen: last_seen.map(rfc3339),
                }
            })
            .collect()
    }

    fn refused(&self) -> Vec<RefusedDoc> {
        let broken = self.live.iter().flat_map(|live| &live.broken);
        broken
            .filter(|(rule, _)| rule.penalty() > 0)
            .map(|(rule, count)| RefusedDoc { rule: rule.label().to_owned(), count: *count })
            .collect()
    }

    fn health(&self) -> Vec<HealthDoc> {
        let mut health = Vec::new();
        let mut note = |code: &str, severity: &str, text: String, remedy: &str| {
            health.push(HealthDoc {
                code: code.to_owned(),
                severity: severity.to_owned(),
                text,
                remedy: remedy.to_owned(),
            });
        };
        let Some(live) = &self.live else {
            note(
                "daemon-not-running",
                "warning",
                "no daemon is running here: nothing is sent or received".to_owned(),
                "watchfire run",
            );
            return health;
        };
        if self.phase == Phase::Founding {
            note(
                "signatures-missing",
                "info",
                "the circle is founded once everybody has signed".to_owned(),
                "send the draft to those who are missing: watchfire circle sign DRAFT",
            );
        }
        if self.phase == Phase::Waiting {
            note(
                "not-a-member-yet",
                "info",
                "the stewards of the other sides have not all approved, or no member was reached".to_owned(),
                "keep this running; ask the steward who invited you",
            );
        }
        let others = self.roster.map_or(0, |roster| roster.members.len().saturating_sub(1));
        if self.phase == Phase::Member && others > 0 && live.linked.is_empty() {
            note(
                "no-links",
                "warning",
                "no other member's node is reached".to_owned(),
                "check the network; watchfire run --connect ADDRESS of a member helps",
            );
        }
        if self.phase == Phase::Member && !live.can_seal {
            note(
                "cannot-seal",
                "warning",
                format!("no epoch can be sealed under now; {} records wait", self.waiting),
                "members of every side have to be reached; what waits leaves by itself",
            );
        }
        let future = live.broken.iter().find(|(rule, _)| rule.label() == "record.future");
        if let Some((_, count)) = future {
            note(
                "clock",
                "warning",
                format!(
                    "{count} records were dated in the future: this machine's clock, or their author's, is wrong"
                ),
                "set the clock by the network (NTP)",
            );
        }
        if live.recovering {
            note(
                "recovering",
                "warning",
                "records were lost with the store; they come back from the other members".to_owned(),
                "keep this running; nothing can be published before another member was reached",
            );
        }
        let damaged = self.store.damaged_values();
        if damaged > 0 {
            note(
                "store-damaged",
                "warning",
                format!("{damaged} entries of the store were damaged and passed over"),
                "nothing to do: the other members have them; check the disk",
            );
        }
        health
    }
}

/// The state as `status` names it.
pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Founding => "founding",
        Phase::Waiting => "waiting",
        Phase::Member => "member",
        Phase::Removed => "removed",
    }
}
