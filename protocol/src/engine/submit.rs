//! Records that another machine of this member signed, with a key that this node never sees.

use alloc::vec::Vec;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::RecordId;

use super::output::{Output, Refusal};
use super::{Engine, PeerName};
use crate::circle::Roster;
use crate::crypto::Crypto;
use crate::record::{Claimed, Position, SignedRecord};
use crate::rules::Rule;

/// Records in one submission: a report of the largest size has fewer parts.
const MAX_SUBMITTED: usize = 1_024;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Takes over signed records, the first in its chain first, and sends them.
    pub(super) fn submit(&mut self, token: u64, records: Vec<SignedRecord>) -> Result<(), Refusal> {
        let roster = self.own_roster()?;
        if self.recovering {
            // Where the chain ends is not known here, and what is known could be a part of it.
            return Err(Refusal::Recovering);
        }
        if records.is_empty() || records.len() > MAX_SUBMITTED {
            return Err(Refusal::Rule(Rule::RecordMalformed));
        }
        let mut fresh = Vec::new();
        let mut ids = Vec::new();
        let mut next: Option<(PublicKey, Position)> = None;
        for signed in records {
            let id = self.check_submitted(roster, &signed).map_err(Refusal::Rule)?;
            let record = signed.record();
            ids.push(id);
            if self.chains.get(&record.signer).and_then(|chain| chain.position_of(&id)).is_some() {
                continue;
            }
            // Behind what the circle has of this signer, or it would be a fork of the member's own making.
            let here = next.filter(|(signer, _)| *signer == record.signer).map(|(_, next)| next);
            let here = here.or_else(|| self.chains.next(&record.signer));
            if here != Some(Position { seq: record.seq, prev: record.prev }) {
                return Err(Refusal::Rule(Rule::RecordChain));
            }
            let seq = record.seq.checked_add(1).ok_or(Refusal::Rule(Rule::RecordChain))?;
            next = Some((record.signer, Position { seq, prev: Some(id) }));
            fresh.push(signed);
        }
        for record in fresh {
            self.keep_own(record);
        }
        self.flush_outbox();
        let waiting = self.outbox.len() > 0;
        self.out(Output::Published { token, records: ids, waiting });
        Ok(())
    }

    /// All that a peer would check, so that nothing leaves that nobody would accept.
    fn check_submitted(&self, roster: &Roster, signed: &SignedRecord) -> Result<RecordId, Rule> {
        let bytes = signed.to_bytes();
        let authentic = Claimed::new(&self.crypto, &self.circle, &bytes)?.parse()?.verify(&self.crypto)?;
        let id = authentic.id();
        let read = authentic.read()?;
        let record = read.record();
        if record.author != self.keys.member {
            return Err(Rule::RecordUnknownAuthor);
        }
        if self.standing.is_over(&record.signer) {
            return Err(Rule::RecordVoid);
        }
        roster.speaks_for(&record.author, &record.signer, record.body.scope(), record.created)?;
        Ok(id)
    }
}
