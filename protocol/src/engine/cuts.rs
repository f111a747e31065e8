//! Where records end: naming it in acts, and finding what lies beyond.

use alloc::vec::Vec;

use watchfire_keys::ids::MemberId;

use super::input::Placed;
use super::{Engine, PeerName};
use crate::circle::{ActBody, Cut, Role};
use crate::crypto::Crypto;
use crate::record::Chain;

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

    /// What the store has of signers whose records end.
    pub(super) fn cut_found(&mut self, records: &[Placed]) {
        let _ = records;
    }
}
