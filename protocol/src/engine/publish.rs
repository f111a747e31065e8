//! Own records: chained, signed, kept, sealed as soon as there is an epoch to seal under.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::RecordId;

use super::input::Request;
use super::output::{Change, Delivered, Output, Refusal};
use super::{Engine, PeerName};
use crate::circle::Scope;
use crate::crypto::Crypto;
use crate::envelope::{envelope_id, seal};
use crate::publication::{plan, ReportDraft};
use crate::record::{Body, Record, SignedRecord};

/// Own records that wait for an epoch.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(RecordId, Arc<SignedRecord>)>,
}

impl Outbox {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn push(&mut self, id: RecordId, record: Arc<SignedRecord>) {
        self.waiting.push_back((id, record));
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn request(&mut self, token: u64, request: Request) {
        let done = match request {
            Request::Publish(draft) => self.publish(token, &draft),
            Request::Invite { card, role, reason } => self.invite(token, *card, role, reason),
            Request::Decide { act, decision } => self.decide(token, act, decision),
            Request::Relays(relays) => {
                self.reach.set_relays(relays);
                self.announce_presence();
                Ok(())
            }
        };
        if let Err(refusal) = done {
            self.out(Output::Refused { token, refusal });
        }
    }

    fn publish(&mut self, token: u64, draft: &ReportDraft) -> Result<(), Refusal> {
        let roster = self.roster.clone().ok_or(Refusal::NotMember)?;
        if !self.is_member() {
            return Err(Refusal::NotMember);
        }
        let key = self.keys.publisher.clone().ok_or(Refusal::NoKey)?;
        roster
            .author_allowed(&self.keys.member, &key.public(), Scope::Publish, self.now.unix)
            .map_err(|_| Refusal::Role)?;
        let plan = plan(draft).map_err(Refusal::Rule)?;
        let head = self.write(Body::Report(plan.head));
        let mut records = alloc::vec![head];
        for part in plan.parts {
            let body = part.of(head);
            records.push(self.write(body));
        }
        self.flush_outbox();
        let waiting = self.outbox.len() > 0;
        self.out(Output::Published { token, records, waiting });
        Ok(())
    }

    /// Chains, signs and keeps one record; it leaves with the outbox.
    fn write(&mut self, body: Body) -> RecordId {
        let Some(key) = self.keys.publisher.clone() else { return RecordId::from_bytes([0; 32]) };
        let signer = key.public();
        let (seq, prev) = self.chains.next(&signer);
        let record = Record {
            version: crate::record::VERSION,
            circle: self.circle,
            author: self.keys.member,
            signer,
            seq,
            prev,
            created: self.now.unix,
            body,
        };
        let record = Arc::new(SignedRecord::sign(&self.crypto, record, &key));
        let id = record.id(&self.crypto);
        self.chains.observe(id, &record);
        self.set.insert(id);
        let bytes: Arc<[u8]> = record.to_bytes().into();
        let received = self.now.unix;
        self.out(Output::Persist(Change::Record { id, epoch: None, envelope: None, bytes, received }));
        self.out(Output::Deliver(Delivered { id, record: Arc::clone(&record), received, own: true }));
        self.outbox.push(id, record);
        id
    }

    /// Seals and spreads what waits, if this node may seal now.
    pub(super) fn flush_outbox(&mut self) {
        if self.outbox.waiting.is_empty() || !self.may_seal() {
            return;
        }
        let Some(roster) = self.roster.clone() else { return };
        let Some(keys) = self.keyring.sealing(&roster, self.now.unix).cloned() else { return };
        let waiting: Vec<_> = self.outbox.waiting.drain(..).collect();
        for (id, record) in waiting {
            let envelope: Arc<[u8]> = seal(&self.crypto, &keys, &record).into();
            let Some(envelope_id) = envelope_id(&self.crypto, &envelope) else { continue };
            self.out(Output::Persist(Change::Record {
                id,
                epoch: Some(keys.epoch()),
                envelope: Some(envelope_id),
                bytes: record.to_bytes().into(),
                received: record.record().created,
            }));
            self.gossip.admitted(envelope_id, envelope, None, self.now.moment);
        }
        self.spread();
    }
}
