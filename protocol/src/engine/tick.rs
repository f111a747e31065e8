//! What is due by time.

use alloc::vec::Vec;

use super::link::Stage;
use super::output::{Change, Output};
use super::{Engine, PeerName};
use crate::crypto::Crypto;

/// How often the node looks after its links.
const TICK_MS: u64 = 1_000;
/// How often what is over is erased.
const PRUNE_EVERY_MS: u64 = 60 * 60 * 1000;
/// A greeting that takes longer is given up.
const GREETING_MS: u64 = 8_000;
/// A provisional link that does not become a member's within this time is closed.
const PROVISIONAL_MS: u64 = 15_000;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// What a node does first.
    pub(super) fn begin(&mut self) {
        self.found_if_complete();
        if self.log.is_some() && self.roster.is_none() {
            self.membership_changed();
        }
        self.tick_at = self.now.moment;
    }

    /// Everything that is due.
    pub(super) fn due(&mut self) {
        self.deal_if_due();
        if self.ask_secrets_at.is_some_and(|at| at <= self.now.moment) {
            self.ask_secrets();
        }
        if self.gossip.deadline() <= self.now.moment {
            self.gossip.tick(self.now.moment);
        }
        self.spread();
        self.catchup_if_due();
        if self.tick_at <= self.now.moment {
            self.tick_at = self.now.moment.saturating_add(TICK_MS);
            self.tick();
        }
    }

    fn tick(&mut self) {
        self.drop_slow_greetings();
        self.conduct.forget_old(self.now.moment);
        self.check_stalled();
        self.list_where_owed();
        self.check_recovered();
        self.look_for_proofs();
        self.consider_dealing();
        if self.is_member() {
            self.repeat_presence();
            self.forget_ended_nodes();
            self.flush_outbox();
        }
        self.keep_links();
        self.shed_a_link();
        if self.prune_at <= self.now.moment {
            self.prune_at = self.now.moment.saturating_add(PRUNE_EVERY_MS);
            self.prune();
        }
    }

    /// Erases records and epochs whose retention has ended, and proposals that lapsed long ago.
    pub(super) fn prune(&mut self) {
        self.prune_records();
        let Some(now) = self.believed_now() else { return };
        let (Some(roster), Some(log)) = (&self.roster, &mut self.log) else { return };
        let epochs = self.keyring.prune(now, roster.rules.retention_ms);
        let items = log.prune(now);
        if !epochs.is_empty() {
            self.out(Output::Persist(Change::EraseEpochs(epochs)));
        }
        if !items.is_empty() {
            self.out(Output::Persist(Change::EraseItems(items)));
        }
    }

    fn drop_slow_greetings(&mut self) {
        let now = self.now.moment;
        let slow: Vec<P> = self
            .links
            .iter()
            .filter(|(_, link)| {
                let patience = match link.stage {
                    Stage::Greeted(..) => return false,
                    Stage::Provisional(..) => PROVISIONAL_MS,
                    _ => GREETING_MS,
                };
                now.0 > link.up_at.0.saturating_add(patience)
            })
            .map(|(peer, _)| peer.clone())
            .collect();
        for peer in slow {
            self.hang_up(&peer);
        }
    }
}
