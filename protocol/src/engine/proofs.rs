//! Members that contradicted themselves: a person is told once for every further proof.
//!
//! The proofs are in the acts and headers that everybody holds. Nothing follows from them by itself; whether such a
//! member stays is for the sides to decide.

use alloc::vec::Vec;

use super::output::{Event, Output};
use super::{Engine, PeerName};
use crate::circle::{ActLog, Contradiction, Equivocation};
use crate::crypto::Crypto;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    /// Something arrived that has not been looked at.
    due: bool,
    known: usize,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Stewards that dealt two epochs for one turn.
    pub fn equivocations(&self) -> Vec<Equivocation> {
        self.keyring.equivocations()
    }

    /// Members that signed two acts that contradict one another.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        self.log.as_ref().map(ActLog::contradictions).unwrap_or_default()
    }

    pub(super) fn look_for_proofs_soon(&mut self) {
        self.proofs.due = true;
    }

    /// Looks once for all that arrived since the last time.
    pub(super) fn look_for_proofs(&mut self) {
        if !core::mem::take(&mut self.proofs.due) {
            return;
        }
        let found = self.equivocations().len() + self.contradictions().len();
        if found > self.proofs.known {
            self.out(Output::Event(Event::Equivocation));
        }
        self.proofs.known = found;
    }
}
