//! Where records end: naming it in acts, and finding what lies beyond.

use alloc::vec::Vec;

use watchfire_keys::ids::{MemberId, RecordId};

use super::output::Output;
use super::{Engine, PeerName};
use crate::circle::{ActBody, Cut, Role, Roster};
use crate::crypto::Crypto;
use crate::reconcile::Prefix;
use crate::record::{Chain, Placed, Position, Record};
use crate::rules::Rule;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// The last record that stands of each signer of a member, as far as this node knows.
    pub(super) fn cuts_of(&self, member: &MemberId) -> Vec<Cut> {
        let signers = self.roster.as_ref().map(|roster| roster.signers(member)).unwrap_or_default();
        let last = |signer| self.chains.get(signer).and_then(Chain::standing_end);
        signers.iter().map(|signer| Cut { signer: *signer, last: last(signer) }).collect()
    }

    /// The act with the ends of records filled in, where it ends some and names none.
    pub(super) fn with_cuts(&self, mut body: ActBody) -> ActBody {
        match &mut body {
            ActBody::Remove { member, cuts } | ActBody::Rebind { member, cuts, .. } if cuts.is_empty() => {
                *cuts = self.cuts_of(member);
            }
            ActBody::SetRole { member, role: Role::Observer, cuts } if cuts.is_empty() => {
                *cuts = self.cuts_of(member);
            }
            _ => {}
        }
        body
    }

    /// The roster is another one: where the records of some signers end now and did not before, or they could sign
    /// something and cannot now, what is in the store has to be looked through.
    pub(super) fn cuts_changed(&mut self, before: Option<&Roster>, roster: &Roster) {
        let changed = self.standing.follow(before, roster);
        if !changed.is_empty() {
            self.void.forget();
            self.out(Output::Cut(changed));
        }
    }

    /// What the store has of signers that were looked for: what is void of it goes.
    pub(super) fn cut_found(&mut self, records: Vec<Placed>) {
        if let Some(roster) = &self.roster {
            let void = self.standing.place_all(roster, records);
            self.make_void(void);
        }
    }

    /// Whether a record that has just come stands.
    pub(super) fn judge(&mut self, id: RecordId, record: &Record) -> Result<(), Rule> {
        if !self.standing.stands(&id, &record.signer, record.seq) {
            self.note_void(id);
            return Err(Rule::RecordVoid);
        }
        Ok(())
    }

    /// A record that is not wanted, so as not to ask for it again.
    pub(super) fn note_void(&mut self, id: RecordId) {
        self.void.note(Prefix::of(&id), &mut self.rng);
    }

    /// A record is taken in: those that it shows to be void go.
    pub(super) fn place(&mut self, id: RecordId, record: &Record) {
        let place = Position { seq: record.seq, prev: record.prev };
        let mut void = self.standing.place(id, &record.signer, place);
        void.sort_unstable();
        self.make_void(void);
    }

    /// Takes records out that are here and void. Sorted.
    pub(super) fn make_void(&mut self, void: Vec<RecordId>) {
        if void.is_empty() {
            return;
        }
        for id in &void {
            self.set.remove(id);
        }
        self.outbox.forget(&void);
        self.shelf.forget(&void);
        self.erase(void);
    }
}
