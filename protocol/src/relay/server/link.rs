//! One link of a relay: what it proved, and what it may still use.

use alloc::{collections::BTreeMap, vec::Vec};

use watchfire_keys::{CircleTag, EpochId, Moment};

use crate::relay::{
    allowance::Allowance,
    exchange::Exchange,
    limits::{BLAME_MS, MAX_BLAME, MAX_SUBSCRIPTIONS, MAX_WANTED_OF_LINK, RelayLimits},
    proof,
    remembered::REMEMBERED_MS,
};

/// What one peer may use, on this link and on its next one.
#[derive(Debug)]
pub(super) struct Budget {
    deposits: Allowance,
    pulls: Allowance,
    checks: Allowance,
    blame: Allowance,
}

impl Budget {
    pub(super) fn new(limits: &RelayLimits) -> Self {
        Self {
            deposits: Allowance::new(limits.deposit_bytes_an_hour, REMEMBERED_MS),
            pulls: Allowance::new(limits.pull_bytes_an_hour, REMEMBERED_MS),
            checks: Allowance::new(limits.checks_a_minute, 60 * 1000),
            blame: Allowance::new(u64::from(MAX_BLAME), BLAME_MS),
        }
    }
}

/// A link that is up.
#[derive(Debug)]
pub(super) struct Link {
    name: Vec<u8>,
    /// From which network it comes.
    pub(super) network: Vec<u8>,
    challenge: [u8; 32],
    accepted: bool,
    /// The circles whose envelopes it gets, each with the epoch whose gate it proved to hold.
    subscriptions: BTreeMap<CircleTag, EpochId>,
    /// What it announced, for each circle.
    pub(super) announced: BTreeMap<CircleTag, Exchange>,
    pub(super) budget: Budget,
}

impl Link {
    pub(super) fn new(name: Vec<u8>, network: Vec<u8>, challenge: [u8; 32], budget: Budget) -> Self {
        Self {
            name,
            network,
            challenge,
            accepted: false,
            subscriptions: BTreeMap::new(),
            announced: BTreeMap::new(),
            budget,
        }
    }

    /// Where this link's proofs count.
    pub(super) fn place<'a>(&'a self, relay: &'a [u8]) -> proof::Link<'a> {
        proof::Link { relay, member: &self.name, challenge: &self.challenge }
    }

    /// Marks the link as accepted. Returns whether it was not before.
    pub(super) fn accept(&mut self) -> bool {
        !core::mem::replace(&mut self.accepted, true)
    }

    pub(super) fn is_subscribed(&self, tag: &CircleTag) -> bool {
        self.subscriptions.contains_key(tag)
    }

    /// The epoch of the subscription to this circle.
    pub(super) fn subscription(&self, tag: &CircleTag) -> Option<EpochId> {
        self.subscriptions.get(tag).copied()
    }

    /// Subscribes, or renews under another epoch. False when there are too many.
    pub(super) fn subscribe(&mut self, tag: CircleTag, epoch: EpochId) -> bool {
        if !self.is_subscribed(&tag) && self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return false;
        }
        self.subscriptions.insert(tag, epoch);
        self.announced.entry(tag).or_insert_with(|| Exchange::new(MAX_WANTED_OF_LINK));
        true
    }

    pub(super) fn unsubscribe(&mut self, tag: &CircleTag) {
        self.subscriptions.remove(tag);
        self.announced.remove(tag);
    }

    /// Whether one more signature may be checked for this link.
    pub(super) fn may_check(&mut self, now: Moment) -> bool {
        self.budget.checks.take(1, now)
    }

    /// Whether so many bytes more may be deposited.
    pub(super) fn may_deposit(&mut self, bytes: u64, now: Moment) -> bool {
        self.budget.deposits.take(bytes, now)
    }

    /// Whether so many bytes more may be pulled.
    pub(super) fn may_pull(&mut self, bytes: u64, now: Moment) -> bool {
        self.budget.pulls.take(bytes, now)
    }

    /// Takes blame. False when it is too much.
    pub(super) fn bear(&mut self, penalty: u32, now: Moment) -> bool {
        self.budget.blame.take(u64::from(penalty), now)
    }
}
