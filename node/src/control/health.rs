//! What needs a person's attention, and what to do about it.

use watchfire_protocol::circle::{ActLog, Roster};
use watchfire_protocol::engine::Phase;

use super::{Facts, HealthDoc};
use crate::clock::rfc3339;

/// What to do about two homes with the same keys.
pub(crate) const ONE_KEY_EACH: &str = "stop one of the two; for two nodes, at the newer home: watchfire key new --scope daemon, and the same for publish; then at the other: watchfire key delegate, for each";

impl Facts<'_> {
    pub(super) fn health(&self) -> Vec<HealthDoc> {
        let mut health = Vec::new();
        let mut note = |code: &str, severity: &str, text: String, remedy: &str| {
            health.push(HealthDoc {
                code: code.to_owned(),
                severity: severity.to_owned(),
                text,
                remedy: remedy.to_owned(),
            });
        };
        if self.phase == Phase::Removed {
            let own = self.card.member();
            let text = if self.has_left() {
                "this member has left the circle"
            } else if self.roster.is_some_and(|roster| roster.canonical(&own) != own) {
                "every side has bound this member's name to another organisation key, and its new home takes this one's place"
            } else {
                "this member was removed from the circle"
            };
            note(
                if self.has_left() { "left" } else { "removed" },
                "error",
                format!("{text}: nothing new is sent or received"),
                "what was received stays readable: watchfire alerts; circle log says who decided",
            );
            return health;
        }
        for side in self.roster.map(Roster::vacant).unwrap_or_default() {
            note(
                "side-without-steward",
                "warning",
                format!("the side {side} has no steward: nothing is decided before it has one"),
                "somebody of that side with its recovery words: watchfire circle seat",
            );
        }
        for found in self.keyring.equivocations() {
            note(
                "equivocation",
                "warning",
                format!("{} dealt two epochs for one turn", self.name_of(&found.dealer)),
                "watchfire circle log has the proof; whether it stays is for the sides to decide",
            );
        }
        for found in self.log.map(ActLog::contradictions).unwrap_or_default() {
            note(
                "contradiction",
                "warning",
                format!("{} signed two acts that contradict one another", self.name_of(&found.member)),
                "watchfire circle log has the proof; whether it stays is for the sides to decide",
            );
        }
        let Some(live) = &self.live else {
            note(
                "daemon-not-running",
                "warning",
                "no daemon is running here: nothing is sent or received".to_owned(),
                "watchfire run",
            );
            return health;
        };
        if let Some(fault) = live.stalled {
            note(
                "store-unusable",
                "error",
                format!("{}: nothing is sent, received or published until it can be written", fault.text()),
                "make room on the disk, or mend it: the daemon then goes on by itself",
            );
        }
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
                "check the network; watchfire run --connect ADDRESS of a member helps, or a new ticket: a member's watchfire circle ticket NAME, here watchfire join",
            );
        }
        if live.behind_nat {
            note(
                "behind-nat",
                "info",
                "other nodes cannot call this one directly: the network in between rewrites its address"
                    .to_owned(),
                "nothing to do: links go through the circle's relays where they cannot be direct; a forwarded port makes this node reachable",
            );
        }
        if let Some(trouble) = &live.off_lan {
            note(
                "off-lan",
                "warning",
                format!("members on the local network cannot find this node, nor it them: {trouble}"),
                "nothing to do for other links, and it is tried again within minutes; check the network's interfaces, and that no firewall or program keeps UDP port 5353 to itself",
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
        for (member, rule, until) in &live.kept_away {
            note(
                "kept-away",
                "warning",
                format!(
                    "the nodes of {} broke rules (the last: {}) and are kept away until {}",
                    self.name_of(member),
                    rule.label(),
                    rfc3339(*until),
                ),
                "its records still come by way of the other members; if it goes on, tell its security lead, and the stewards",
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
        if live.has_twin {
            note(
                "two-nodes-one-key",
                "error",
                "another node runs with this home's daemon key, so its other keys are the same too: nothing is published here while it is heard".to_owned(),
                ONE_KEY_EACH,
            );
        }
        if self.phase == Phase::Member && !live.holds_daemon_key {
            note(
                "daemon-key-not-delegated",
                "error",
                "this home's daemon key is not delegated, or was ended: no other node links to this one"
                    .to_owned(),
                "at the home with the organisation key: watchfire key delegate --scope daemon; for a key that was ended, watchfire key new --scope daemon first",
            );
        }
        if !live.holds_sealing_key {
            note(
                "sealing-key-elsewhere",
                "error",
                "this member's sealing key was changed at another home: what is sealed from now on cannot be opened here".to_owned(),
                "watchfire key backup at that home, then key restore into a new home here",
            );
        }
        if live.recovering {
            note(
                "recovering",
                "warning",
                "records may be missing, since the store was damaged or the keys came from a backup; they come back from the other members".to_owned(),
                "keep this running; nothing is published here before a member of every side was reached",
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
