//! Who a member is: the keys behind its card.
//!
//! An [`Identity`] is everything that belongs in a member's key file. The organisation key *is* the member;
//! it delegates to the publisher, steward and daemon keys and can be kept offline. Keys are independent of
//! one another: none is derived from another, so losing one loses one.

mod keys;
mod public_key;
mod signature;
mod signing_key;
#[cfg(test)]
mod vectors;

use crate::ids::MemberId;
use crate::sealing::SealingKey;
use core::fmt;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub use keys::{KeyName, Keys};
pub use public_key::{BadKey, PublicKey};
pub use signature::{BadSignature, Signature};
pub use signing_key::SigningKey;

/// All secrets of one member. Wiped when dropped, printed as `***`.
#[derive(Clone)]
pub struct Identity {
    /// Is the member; signs its card and its delegations.
    pub organisation: SigningKey,
    /// Signs records.
    pub publisher: SigningKey,
    /// Signs acts and approvals, deals epochs.
    pub steward: SigningKey,
    /// Signs presence and acknowledgements.
    pub daemon: SigningKey,
    /// Kept on paper; can replace its side's lost steward.
    pub recovery: SigningKey,
    /// Receives epoch secrets and tickets.
    pub sealing: SealingKey,
    /// From which the keys of the store are derived.
    pub storage: Zeroizing<[u8; 32]>,
}

impl Identity {
    /// A new identity, every key from 32 fresh random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self {
            organisation: SigningKey::generate(rng),
            publisher: SigningKey::generate(rng),
            steward: SigningKey::generate(rng),
            daemon: SigningKey::generate(rng),
            recovery: SigningKey::generate(rng),
            sealing: SealingKey::generate(rng),
            storage: random_bytes(rng),
        }
    }

    /// The member this identity is.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.organisation.public().member()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(***)")
    }
}

/// Thirty-two fresh random bytes, wiped when dropped.
pub(crate) fn random_bytes(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(bytes.as_mut_slice());
    bytes
}
