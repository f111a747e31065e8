//! An envelope's life from bytes to an admitted record.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::EpochId;

use super::output::{Change, Delivered, Output};
use super::{Engine, PeerName};
use crate::circle::Scope;
use crate::crypto::Crypto;
use crate::envelope::{Opened, Received};
use crate::gossip::Bucket;
use crate::rules::Rule;

/// Envelopes of epochs that are not known yet: as many bytes as this may wait for the secret.
const MAX_PARKED_BYTES: usize = 1024 * 1024;
/// Records an author may have spread at once, and how many a second after that. Reconciliation carries the rest.
const AUTHOR_BURST: u64 = 2_000;
const AUTHOR_PER_SECOND: u64 = 2;

/// Envelopes that wait for an epoch's secret.
#[derive(Debug)]
pub(super) struct Parked<P> {
    waiting: VecDeque<(P, EpochId, Vec<u8>)>,
    bytes: usize,
}

impl<P> Default for Parked<P> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0 }
    }
}

impl<P> Parked<P> {
    fn push(&mut self, from: P, epoch: EpochId, envelope: Vec<u8>) {
        self.bytes += envelope.len();
        self.waiting.push_back((from, epoch, envelope));
        while self.bytes > MAX_PARKED_BYTES {
            let Some((_, _, oldest)) = self.waiting.pop_front() else { break };
            self.bytes -= oldest.len();
        }
    }

    fn take(&mut self) -> VecDeque<(P, EpochId, Vec<u8>)> {
        self.bytes = 0;
        core::mem::take(&mut self.waiting)
    }
}

/// By which way an envelope came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Pushed, or pulled after an announcement.
    Gossip,
    /// Found missing by reconciliation.
    Catchup,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Takes an envelope from a link.
    pub(super) fn envelope(&mut self, from: &P, bytes: Vec<u8>, way: Way) -> Result<(), Rule> {
        let decoded = Received::new(&bytes).decode()?;
        if decoded.tag() != &self.keyring.tag() {
            return Err(Rule::EnvelopeWrongCircle);
        }
        let id = decoded.id(&self.crypto);
        if self.gossip.has_seen(&id) {
            self.gossip.duplicate(id, from);
            return Err(Rule::EnvelopeSeen);
        }
        let epoch = *decoded.epoch();
        let Some(keys) = self.keyring.keys(&epoch) else {
            self.parked.push(from.clone(), epoch, bytes);
            self.ask_secrets_at.get_or_insert(self.now.moment);
            return Err(Rule::EnvelopeUnknownEpoch);
        };
        let roster = self.roster.clone().ok_or(Rule::EnvelopeUnknownEpoch)?;
        let opened = decoded.verify_gate(&self.crypto, keys.gate_public())?.open(
            &self.crypto,
            keys,
            &self.circle,
            |record| roster.author_allowed(&record.author, &record.signer, Scope::Publish, record.created),
            self.now.unix,
        )?;
        self.admit(from, bytes, opened, way)
    }

    fn admit(&mut self, from: &P, envelope: Vec<u8>, opened: Opened, way: Way) -> Result<(), Rule> {
        let Opened { record, id, envelope: envelope_id, epoch } = opened;
        if self.set.contains(&id) {
            // The same record under another epoch, or read from the disk since the start.
            self.gossip.remember(envelope_id);
            return Err(Rule::EnvelopeSeen);
        }
        if way == Way::Gossip && !self.within_author_budget(&record.record().author) {
            return Err(Rule::RecordAuthorBudget);
        }
        let record = Arc::new(record);
        self.chains.observe(id, &record);
        self.set.insert(id);
        let received = self.now.unix;
        self.out(Output::Persist(Change::Record {
            id,
            epoch: Some(epoch),
            envelope: Some(envelope_id),
            bytes: record.to_bytes().into(),
            received,
        }));
        self.out(Output::Deliver(Delivered { id, record, received, own: false }));
        self.gossip.admitted(envelope_id, envelope.into(), Some(from), self.now.moment);
        self.spread();
        Ok(())
    }

    fn within_author_budget(&mut self, author: &watchfire_keys::ids::MemberId) -> bool {
        let now = self.now.moment;
        // Authors are members of the roster, so their number is bounded.
        let bucket =
            self.authors.entry(*author).or_insert_with(|| Bucket::full(AUTHOR_BURST, AUTHOR_PER_SECOND, now));
        bucket.take(1, now)
    }

    /// Tries again what waited for a secret.
    pub(super) fn retry_parked(&mut self) {
        for (from, _, bytes) in self.parked.take() {
            if let Err(rule) = self.envelope(&from, bytes, Way::Gossip) {
                self.broke(&from, rule);
            }
        }
    }
}
