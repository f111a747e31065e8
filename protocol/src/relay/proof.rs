//! The two signatures between a member and a relay: what they cover, made and checked in one place.

use watchfire_keys::{CircleTag, EpochId, PublicKey, SigningKey, codec, labels};

use super::frame::{Pairing, PairingBody, Subscription};
use crate::crypto::Crypto;

impl Pairing {
    /// Signs what `body` says for the relay with the peer id `relay`, and for no other.
    #[must_use]
    pub fn sign<C: Crypto>(crypto: &C, body: PairingBody, relay: &[u8], control: &SigningKey) -> Self {
        let parts = [relay, &codec::encode(&body)[..]];
        let signature = crypto.sign(control, labels::SIGN_RELAY_CONTROL, &parts);
        Self { body, signature }
    }

    /// Whether the control key that it names signed it for the relay with this peer id.
    #[must_use]
    pub fn holds<C: Crypto>(&self, crypto: &C, relay: &[u8]) -> bool {
        let parts = [relay, &codec::encode(&self.body)[..]];
        crypto.verify(&self.body.control, labels::SIGN_RELAY_CONTROL, &parts, &self.signature)
    }
}

/// Where a proof counts: on one link, once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    /// The relay's peer id.
    pub(super) relay: &'a [u8],
    /// The member's peer id.
    pub(super) member: &'a [u8],
    /// What the relay sent first.
    pub(super) challenge: &'a [u8; 32],
}

impl Subscription {
    /// Proves on this link that one holds the epoch's gate key.
    pub(super) fn prove<C: Crypto>(
        crypto: &C,
        link: Link<'_>,
        tag: CircleTag,
        epoch: EpochId,
        gate: &SigningKey,
    ) -> Self {
        let parts = parts(&link, &tag, &epoch);
        let proof = crypto.sign(gate, labels::SIGN_RELAY_PROOF, &parts);
        Self { tag, epoch, proof }
    }

    /// Whether the holder of this gate key made the proof for this link.
    pub(super) fn holds<C: Crypto>(&self, crypto: &C, link: Link<'_>, gate: &PublicKey) -> bool {
        let parts = parts(&link, &self.tag, &self.epoch);
        crypto.verify(gate, labels::SIGN_RELAY_PROOF, &parts, &self.proof)
    }
}

fn parts<'a>(link: &Link<'a>, tag: &'a CircleTag, epoch: &'a EpochId) -> [&'a [u8]; 5] {
    [link.relay, link.member, link.challenge, tag.as_bytes(), epoch.as_bytes()]
}
