//! Own records: chained, signed, kept, sealed as soon as there is an epoch to seal under.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::RecordId;

use super::input::Request;
use super::output::{Change, Output, Refusal};
use super::{Engine, PeerName};
use crate::circle::Role;
use crate::crypto::Crypto;
use crate::envelope::seal;
use crate::publication::{Author, ReportDraft, split};
use crate::reconcile::Prefix;
use crate::record::SignedRecord;

/// Own records that wait for an epoch.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(RecordId, Arc<SignedRecord>)>,
}

impl Outbox {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn forget(&mut self, void: &[RecordId]) {
        self.waiting.retain(|(id, _)| void.binary_search(id).is_err());
    }

    pub(super) fn push(&mut self, id: RecordId, record: Arc<SignedRecord>) {
        self.waiting.push_back((id, record));
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn request(&mut self, token: u64, request: Request) {
        let done = match request {
            Request::Publish(draft) => self.publish(token, *draft),
            Request::Propose { body, reason } => self.propose(token, *body, &reason),
            Request::Seat { side, recovery, card, removes, reason } => {
                self.seat(token, &side, &recovery, *card, removes, &reason)
            }
            Request::Own(act) => self.own_act(token, act),
            Request::Decide { act, decision, anyway } => self.decide(token, act, decision, anyway),
            Request::Rotate => self.rotate(token),
            Request::Submit(records) => self.submit(token, records),
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

    fn publish(&mut self, token: u64, draft: ReportDraft) -> Result<(), Refusal> {
        let roster = self.own_roster()?;
        if self.recovering {
            return Err(Refusal::Recovering);
        }
        if self.has_twin() {
            return Err(Refusal::TwoNodes);
        }
        let key = self.keys.publisher.clone().ok_or(Refusal::NoKey)?;
        let signer = key.public();
        let now = self.now.unix;
        let entry = roster.member(&self.keys.member).ok_or(Refusal::NotMember)?;
        if entry.role < Role::Publisher {
            return Err(Refusal::Role);
        }
        if self.standing.is_over(&signer) {
            // Nobody would take another one, and a key whose records end never gets a new beginning.
            return Err(Refusal::KeyEnded);
        }
        if !entry.delegates(&signer, Scopes::PUBLISH, now) {
            return Err(Refusal::KeyNotDelegated);
        }
        let author = Author { circle: self.circle, member: self.keys.member, key: &key };
        let next = self.chains.next(&signer).ok_or(Refusal::NoKey)?;
        let signed = if draft.audience.is_empty() {
            split(draft, now).map_err(Refusal::Report)?.sign(&self.crypto, author, next, now)
        } else {
            Some(Vec::from([self.sign_for_readers(draft, author, next)?]))
        };
        let mut records = Vec::new();
        for record in signed.ok_or(Refusal::NoKey)? {
            records.push(self.keep_own(record));
        }
        self.flush_outbox();
        let waiting = self.outbox.len() > 0;
        self.out(Output::Published { token, records, waiting });
        Ok(())
    }

    /// Keeps one signed record; it leaves with the outbox.
    pub(super) fn keep_own(&mut self, record: SignedRecord) -> RecordId {
        let id = record.id(&self.crypto);
        self.chains.place(id, record.record());
        let bytes: Arc<[u8]> = record.to_bytes().into();
        let received = self.now.unix;
        self.out(Output::Persist(Change::Record { id, epoch: None, envelope: None, bytes, received }));
        self.outbox.push(id, Arc::new(record));
        id
    }

    /// Seals and spreads what waits, if this node may seal now.
    pub(super) fn flush_outbox(&mut self) {
        if self.outbox.waiting.is_empty() || !self.may_seal() {
            return;
        }
        let Some(roster) = self.roster.clone() else { return };
        let Some(keys) = self.keyring.sealing(&roster, self.now.unix).cloned() else { return };
        for (id, record) in core::mem::take(&mut self.outbox.waiting) {
            let Ok(envelope) = seal(&self.crypto, &keys, &record) else { continue };
            // What leaves is opened as any reader will open it, so nothing leaves that nobody would accept.
            if let Ok(opened) = self.open(&envelope) {
                let envelope_id = opened.envelope();
                self.take_in(id, opened, record.record().created, true);
                self.carry(envelope_id, Prefix::of(&id), envelope.into(), None);
            }
        }
    }
}
