//! The keys of one epoch, ready for sealing and opening.

use core::fmt;

use watchfire_keys::{
    epoch::{EpochSecret, Header, circle_tag},
    identity::{PublicKey, SigningKey},
    ids::{CircleId, CircleTag, EpochId},
};
use zeroize::Zeroizing;

/// Everything that the holder of an epoch's secret seals and opens with, derived once for each epoch.
pub struct EpochKeys {
    circle: CircleId,
    tag: CircleTag,
    epoch: EpochId,
    commitment: [u8; 32],
    content: Zeroizing<[u8; 32]>,
    nonce: Zeroizing<[u8; 32]>,
    gate: SigningKey,
    gate_public: PublicKey,
}

impl EpochKeys {
    /// The keys of the epoch that this header names; `None` when the secret is not the one that it commits to.
    #[must_use]
    pub fn new(header: &Header, secret: &EpochSecret) -> Option<Self> {
        if !header.accepts(secret) {
            return None;
        }
        Some(Self {
            circle: header.circle,
            tag: circle_tag(&header.circle),
            epoch: header.id(),
            commitment: header.commitment,
            content: secret.content_key(),
            nonce: secret.nonce_key(),
            gate: secret.gate(),
            gate_public: header.gate,
        })
    }

    /// The circle.
    #[must_use]
    pub const fn circle(&self) -> &CircleId {
        &self.circle
    }

    /// The tag that the circle's envelopes carry in the open.
    #[must_use]
    pub const fn tag(&self) -> &CircleTag {
        &self.tag
    }

    /// The epoch.
    #[must_use]
    pub const fn epoch(&self) -> &EpochId {
        &self.epoch
    }

    /// The key that gate signatures of this epoch are verified with.
    #[must_use]
    pub const fn gate_public(&self) -> &PublicKey {
        &self.gate_public
    }

    /// The key that gate signatures of this epoch are made with.
    #[must_use]
    pub const fn gate(&self) -> &SigningKey {
        &self.gate
    }

    pub(super) const fn commitment(&self) -> &[u8; 32] {
        &self.commitment
    }

    pub(super) fn content(&self) -> &[u8; 32] {
        &self.content
    }

    pub(super) fn nonce(&self) -> &[u8; 32] {
        &self.nonce
    }
}

impl fmt::Debug for EpochKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpochKeys").field("epoch", &self.epoch).field("secret", &"***").finish()
    }
}
