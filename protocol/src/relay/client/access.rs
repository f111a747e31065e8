//! Under which epoch to subscribe: the newest that the relay knows.

use watchfire_keys::{EpochId, Moment};

use super::{Answer, Client, ClientOutput, RETRY_MS, RelayFrame};
use crate::{
    crypto::Crypto,
    relay::{frame::Subscription, proof::Link},
};

/// How far subscribing has come on this link.
#[derive(Debug, Default)]
pub(super) struct Trial {
    subscribed: Option<EpochId>,
    trying: Option<EpochId>,
    retry_at: Option<Moment>,
}

impl Trial {
    pub(super) fn subscribed(&self) -> Option<EpochId> {
        self.subscribed
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.retry_at
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.retry_at.is_some_and(|at| at <= now)
    }
}

impl<C: Crypto> Client<C> {
    /// Tries the newest epoch, unless it is the one that stands.
    pub(super) fn try_from_newest(&mut self) {
        self.trial.retry_at = None;
        let newest = self.access.first().map(|access| access.epoch);
        if newest.is_some() && newest != self.trial.subscribed {
            self.try_at(0);
        }
    }

    fn try_at(&mut self, index: usize) -> bool {
        let (Some(Some(challenge)), Some(access)) = (&self.link, self.access.get(index)) else {
            return false;
        };
        let link = Link { relay: &self.relay, member: &self.me, challenge };
        let subscription = Subscription::prove(&self.crypto, link, self.tag, access.epoch, &access.gate);
        self.trial.trying = Some(access.epoch);
        self.outputs.push_back(ClientOutput::Send(RelayFrame::Subscribe(subscription).to_bytes().into()));
        true
    }

    pub(super) fn subscription_answered(&mut self, epoch: EpochId, answer: Answer, now: Moment) {
        if answer != Answer::Done && self.trial.subscribed == Some(epoch) {
            self.trial.subscribed = None;
            self.exchange.clear();
            self.outputs.push_back(ClientOutput::NotSubscribed(answer));
            if self.trial.trying.is_none() {
                self.try_from_newest();
            }
        }
        if self.trial.trying != Some(epoch) {
            return;
        }
        self.trial.trying = None;
        let index = self.access.iter().position(|access| access.epoch == epoch);
        if answer == Answer::Done {
            if self.trial.subscribed.replace(epoch).is_none() {
                self.outputs.push_back(ClientOutput::Subscribed);
            }
            self.offered.announce_all();
            if index != Some(0) {
                self.trial.retry_at = Some(now.saturating_add(RETRY_MS));
            }
            return;
        }
        // An older epoch may still be known, unless one is subscribed already or has just been tried.
        let next = index.map_or(0, |index| index.saturating_add(1));
        let older = self.access.get(next).map(|access| access.epoch);
        if older.is_some() && older != self.trial.subscribed && self.try_at(next) {
            return;
        }
        self.trial.retry_at = Some(now.saturating_add(RETRY_MS));
        if self.trial.subscribed.is_none() {
            self.outputs.push_back(ClientOutput::NotSubscribed(answer));
        }
    }
}
