//! An envelope's life from bytes to an admitted record.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::epoch::circle_tag;
use watchfire_keys::ids::{EnvelopeId, MemberId, RecordId};
use watchfire_keys::time::UnixMillis;

use super::output::{Change, Delivered, Output};
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::envelope::{Opened, Received, Window};
use crate::gossip::Bucket;
use crate::limits::DAY_MS;
use crate::reconcile::Prefix;
use crate::rules::Rule;

/// Records an author may have spread at once, and how many a second after that. Reconciliation carries the rest.
const AUTHOR_BURST: u64 = 2_000;
const AUTHOR_PER_SECOND: u64 = 2;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Takes an envelope from a relay. What is wrong with it is the relay's fault or that of whoever deposited it, and
    /// no link of ours can be charged.
    pub(super) fn relayed(&mut self, bytes: Vec<u8>) {
        if !self.is_removed() {
            let _ = self.envelope(None, bytes);
        }
    }

    /// Takes an envelope from a link, or from a relay. One that was seen before is opened only if the link owes us its
    /// record: what is not here any more may be wanted again, and opening takes long.
    pub(super) fn envelope(&mut self, from: Option<&P>, bytes: Vec<u8>) -> Result<(), Rule> {
        let decoded = Received::new(&bytes).decode(&self.crypto)?;
        if decoded.tag() != circle_tag(&self.circle) {
            return Err(Rule::EnvelopeWrongCircle);
        }
        let id = decoded.id();
        if let Some(record) = self.gossip.seen(&id)
            && !from.is_some_and(|from| self.owes(from, record))
        {
            if let Some(from) = from {
                self.gossip.duplicate(id, from);
            }
            return Err(Rule::EnvelopeSeen);
        }
        if self.refused.contains(&id, self.now.moment) {
            return Err(Rule::EnvelopeSeen);
        }
        if self.keyring.keys(&decoded.epoch()).is_none() {
            if let Some(gate) = self.keyring.gate(&decoded.epoch()) {
                decoded.verify_gate(&self.crypto, &circle_tag(&self.circle), &gate)?;
            }
            self.parked.push(from.cloned(), bytes);
            self.ask_secrets_at.get_or_insert(self.now.moment);
            return Err(Rule::EnvelopeUnknownEpoch);
        }
        let opened = self.open(&bytes).inspect_err(|rule| self.refuse(id, *rule))?;
        let record = Prefix::of(&opened.id());
        let asked_for = from.is_some_and(|from| self.was_owed(from, record));
        if self.set.contains(&opened.id()) {
            // The same record under another epoch, or read from the disk since the start.
            self.gossip.remember(id, record);
            return Err(Rule::EnvelopeSeen);
        }
        let unwanted = self
            .judge(opened.id(), opened.record().record())
            .and_then(|()| self.is_kept(opened.id(), opened.record().record().created))
            .and_then(|()| self.has_room(opened.id(), &opened.record().record().author, bytes.len()));
        if let Err(unwanted) = unwanted {
            self.gossip.remember(id, record);
            return Err(unwanted);
        }
        // What we asked for ourselves is not held against its author.
        let content = opened.record().record();
        let within_budget =
            asked_for || (self.within_author_budget(&content.author) && self.within_named_budget(content));
        if !within_budget {
            return Err(Rule::RecordAuthorBudget);
        }
        self.place(opened.id(), opened.record().record());
        if let (Some(rule), Some(from)) =
            (self.chains.place(opened.id(), opened.record().record()).rule(), from)
        {
            // Two records for one place in a chain: both stay, and the fork is counted.
            self.broke(from, rule);
        }
        self.take_in(opened.id(), opened, self.now.unix, false);
        self.carry(id, record, bytes.into(), from);
        Ok(())
    }

    /// Does not ask for an envelope again at once that others took whose clock is another one.
    fn refuse(&mut self, id: EnvelopeId, rule: Rule) {
        if matches!(rule, Rule::RecordFuture | Rule::RecordTooOld) {
            self.refused.insert(id, self.now.moment);
            self.gossip.refused(&id);
        }
    }

    /// Lets an admitted envelope spread.
    pub(super) fn carry(&mut self, id: EnvelopeId, record: Prefix, envelope: Arc<[u8]>, from: Option<&P>) {
        self.out(Output::Carry { id, envelope: Arc::clone(&envelope) });
        self.gossip.admitted(id, record, envelope, from, self.now.moment);
        self.spread();
    }

    /// All checks that an envelope has to pass before its record reaches anybody.
    pub(super) fn open(&self, envelope: &[u8]) -> Result<Opened, Rule> {
        let decoded = Received::new(envelope).decode(&self.crypto)?;
        let roster = self.roster.as_ref().ok_or(Rule::EnvelopeUnknownEpoch)?;
        let keys = self.keyring.keys(&decoded.epoch()).ok_or(Rule::EnvelopeUnknownEpoch)?;
        // Records go by whole days.
        let window = Window::at(self.now.unix, roster.rules.retention_ms.saturating_add(DAY_MS));
        decoded.verify_gate_as_reader(&self.crypto, keys)?.open(
            &self.crypto,
            keys,
            window,
            |author, signer, scope, at| roster.author_allowed(author, signer, scope, at),
        )
    }

    /// Keeps and shows an opened record.
    pub(super) fn take_in(&mut self, id: RecordId, opened: Opened, received: UnixMillis, own: bool) {
        self.set.insert(id);
        let record = opened.record().record();
        let bytes = opened.record().to_bytes();
        self.shelf.add(id, &record.author, record.created, bytes.len());
        self.out(Output::Persist(Change::Record {
            id,
            epoch: Some(opened.epoch()),
            envelope: Some(opened.envelope()),
            bytes: bytes.into(),
            received,
        }));
        let named = self.read_named(id, opened.record().record());
        self.out(Output::Deliver(Delivered { opened: Arc::new(opened), received, own, named }));
    }

    fn within_author_budget(&mut self, author: &MemberId) -> bool {
        let now = self.now.moment;
        // Authors are members of the roster, so their number is bounded.
        let bucket =
            self.authors.entry(*author).or_insert_with(|| Bucket::full(AUTHOR_BURST, AUTHOR_PER_SECOND, now));
        bucket.take(1, now)
    }

    /// Tries again what waited for a secret.
    pub(super) fn retry_parked(&mut self) {
        for (from, bytes) in self.parked.take() {
            let taken = self.envelope(from.as_ref(), bytes);
            if let (Err(rule), Some(from)) = (taken, from) {
                self.broke(&from, rule);
            }
        }
    }
}
