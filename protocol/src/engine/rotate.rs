//! A new epoch because a person wants one.

use watchfire_keys::ids::EpochId;

use super::output::{Output, Refusal};
use super::{Engine, PeerName};
use crate::crypto::Crypto;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Deals an epoch in this member's next turn, whether or not one is due.
    pub(super) fn rotate(&mut self, token: u64) -> Result<(), Refusal> {
        self.steward_key()?;
        if !self.own_roster()?.stewards().any(|entry| entry.member == self.keys.member) {
            return Err(Refusal::Role);
        }
        if !self.may_seal() {
            return Err(Refusal::NotMember);
        }
        if self.may_have_dealt() {
            return Err(Refusal::Recovering);
        }
        let next = self.keyring.next(self.own_log()?, self.now.unix).ok_or(Refusal::TooSoon)?;
        let epoch: EpochId = self.deal(next.turn).ok_or(Refusal::TooSoon)?;
        self.out(Output::Dealt { token, epoch });
        Ok(())
    }
}
