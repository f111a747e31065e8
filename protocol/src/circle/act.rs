//! An act: a signed change of membership that names the acts its author knew.
//!
//! This file decides what a well-formed act is and whether its signature holds. Whether its signer was entitled to it
//! follows from the act's past and is decided in `admit.rs`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::hash::hash;
use watchfire_keys::identity::{PublicKey, Signature, SigningKey};
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::time::UnixMillis;

use super::body::ActBody;
use super::entitle::rule;
use super::error::ProposeError;
use super::text::is_plain;
use crate::limits::{MAX_ACT_BYTES, MAX_FRONTIER, MAX_REASON_CHARS, PROPOSAL_MS};
use crate::rules::Rule;

/// The only version of acts that this code reads and writes.
pub(super) const VERSION: u8 = 1;

/// A change of membership as its author signs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Version of this structure, 1.
    pub version: u8,
    /// The circle it is for.
    pub circle: CircleId,
    /// The heads of the history that the author knew: sorted, distinct, 1 to 64, each in force to the author's
    /// knowledge.
    pub parents: Vec<ActId>,
    /// The member that proposes it.
    pub author: MemberId,
    /// The steward key that signs.
    pub signer: PublicKey,
    /// When it was proposed. Approvals count for 14 days from then.
    pub created: UnixMillis,
    /// Why, for the people who approve: at most 300 characters, one line.
    pub reason: String,
    /// What it does.
    pub body: ActBody,
}

/// An act and its author's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAct {
    /// The act.
    pub act: Act,
    /// By [`Act::signer`], over circle and act.
    pub signature: Signature,
}

/// The id under which the founding stands in the history: the parent of everything.
#[must_use]
pub const fn root_act(circle: &CircleId) -> ActId {
    ActId::from_bytes(*circle.as_bytes())
}

impl Act {
    /// The id: the hash of the act without its signature and without approvals.
    #[must_use]
    pub fn id(&self) -> ActId {
        ActId::from_bytes(hash(labels::HASH_ACT, &[&codec::encode(self)]))
    }

    /// The last moment at which an approval can be signed: 14 days after the act.
    #[must_use]
    pub fn expires(&self) -> UnixMillis {
        self.created.saturating_add(PROPOSAL_MS)
    }

    /// Checks the keys that it brings, as far as that needs no roster.
    pub(super) fn check_keys(&self) -> Result<(), ProposeError> {
        if let Some(card) = self.body.card() {
            card.verify().map_err(|_| ProposeError::Card)?;
        }
        match &self.body {
            ActBody::Delegate { delegation, .. } => {
                delegation.verify(&self.signer).map_err(|_| ProposeError::Key)
            }
            ActBody::Rotate { sealing, .. } => sealing.check().map_err(|_| ProposeError::Key),
            _ => Ok(()),
        }
    }

    /// Signs.
    #[must_use]
    pub fn sign(self, key: &SigningKey) -> SignedAct {
        let parts: [&[u8]; 2] = [self.circle.as_bytes(), &codec::encode(&self)];
        let signature = key.sign(labels::SIGN_ACT, &parts);
        SignedAct { act: self, signature }
    }
}

impl SignedAct {
    /// The act's id.
    #[must_use]
    pub fn id(&self) -> ActId {
        self.act.id()
    }

    /// Checks what needs neither the history nor a signature.
    pub(super) fn check_shape(&self, circle: &CircleId) -> Result<(), Rule> {
        let act = &self.act;
        if act.circle != *circle {
            return Err(Rule::ActWrongCircle);
        }
        if act.version != VERSION {
            return Err(Rule::ActVersion);
        }
        let parents = &act.parents;
        let sound = !parents.is_empty()
            && parents.len() <= MAX_FRONTIER
            && parents.is_sorted_by(|a, b| a < b)
            && is_plain(&act.reason, MAX_REASON_CHARS)
            && act.body.is_sound();
        if sound { Ok(()) } else { Err(Rule::ActMalformed) }
    }

    /// Checks that the key that the act names signed it, and that the keys that it brings are usable and vouched for.
    pub(super) fn check_signature(&self) -> Result<(), Rule> {
        let parts: [&[u8]; 2] = [self.act.circle.as_bytes(), &codec::encode(&self.act)];
        self.act.signer.verify(labels::SIGN_ACT, &parts, &self.signature).map_err(|_| Rule::ActSignature)?;
        self.act.check_keys().map_err(|error| rule(&error))
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads canonical bytes; nothing about the signature is checked.
    ///
    /// # Errors
    /// [`Rule::ActMalformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        codec::decode(bytes, MAX_ACT_BYTES).map_err(|_| Rule::ActMalformed)
    }
}
