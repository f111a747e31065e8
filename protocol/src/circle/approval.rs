//! An approval: a steward's signed yes or no to one act of one circle, with what that steward knew when it signed.
//!
//! This file decides what a well-formed approval is and whether its signature holds; `admit.rs` decides whether its
//! signer was a steward by the approval's own past.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::hash::hash;
use watchfire_keys::identity::{PublicKey, Signature, SigningKey};
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::time::UnixMillis;

use super::item::ItemId;
use crate::limits::{MAX_APPROVAL_BYTES, MAX_FRONTIER};
use crate::rules::Rule;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Decision {
    /// The steward agrees. Final: a later refusal of the same steward changes nothing.
    Approve,
    /// The steward does not. It is shown to everybody; it takes nothing away that others gave.
    Refuse,
}

/// A steward's decision as it signs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Version of this structure, 1.
    pub version: u8,
    /// The circle it is for.
    pub circle: CircleId,
    /// The act it is about.
    pub act: ActId,
    /// The member that decides.
    pub approver: MemberId,
    /// The steward key that signs.
    pub signer: PublicKey,
    /// The heads of the history that the approver knew: sorted, distinct, 1 to 64.
    pub frontier: Vec<ActId>,
    /// When it was signed. It counts up to 14 days after the act was.
    pub created: UnixMillis,
    /// Yes or no.
    pub decision: Decision,
}

/// An approval and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedApproval {
    /// The approval.
    pub approval: Approval,
    /// By [`Approval::signer`], over circle, act and approval.
    pub signature: Signature,
}

impl Approval {
    /// The id: of this steward's decision on this act. What it knew and when it signed are no part of it, so that
    /// two approvals that one steward signed for one act are one item, and nodes that kept different ones agree on
    /// what they have.
    #[must_use]
    pub fn id(&self) -> ItemId {
        let decision = codec::encode(&self.decision);
        let parts: [&[u8]; 5] =
            [b"approval", self.circle.as_bytes(), self.act.as_bytes(), self.approver.as_bytes(), &decision];
        hash(labels::HASH_ACT, &parts)
    }

    /// The hash of all that is signed.
    pub(super) fn content(&self) -> [u8; 32] {
        hash(labels::HASH_ACT, &[b"approval content", &codec::encode(self)])
    }

    /// Signs.
    #[must_use]
    pub fn sign(self, key: &SigningKey) -> SignedApproval {
        let parts: [&[u8]; 3] = [self.circle.as_bytes(), self.act.as_bytes(), &codec::encode(&self)];
        let signature = key.sign(labels::SIGN_APPROVAL, &parts);
        SignedApproval { approval: self, signature }
    }
}

impl SignedApproval {
    /// The approval's id.
    #[must_use]
    pub fn id(&self) -> ItemId {
        self.approval.id()
    }

    /// Checks what needs neither the history nor a signature.
    pub(super) fn check_shape(&self, circle: &CircleId) -> Result<(), Rule> {
        let approval = &self.approval;
        if approval.circle != *circle {
            return Err(Rule::ApprovalWrongCircle);
        }
        if approval.version != super::act::VERSION {
            return Err(Rule::ApprovalVersion);
        }
        let frontier = &approval.frontier;
        let sound = !frontier.is_empty()
            && frontier.len() <= MAX_FRONTIER
            && frontier.is_sorted_by(|a, b| a < b)
            // Nobody decides on an act in the knowledge that it is in force already.
            && !frontier.contains(&approval.act);
        if sound { Ok(()) } else { Err(Rule::ApprovalMalformed) }
    }

    /// Checks that the key that the approval names signed it.
    pub(super) fn check_signature(&self) -> Result<(), Rule> {
        let approval = &self.approval;
        let parts: [&[u8]; 3] =
            [approval.circle.as_bytes(), approval.act.as_bytes(), &codec::encode(approval)];
        approval
            .signer
            .verify(labels::SIGN_APPROVAL, &parts, &self.signature)
            .map_err(|_| Rule::ApprovalSignature)
    }

    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads canonical bytes; nothing about the signature is checked.
    ///
    /// # Errors
    /// [`Rule::ApprovalMalformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rule> {
        codec::decode(bytes, MAX_APPROVAL_BYTES).map_err(|_| Rule::ApprovalMalformed)
    }
}
