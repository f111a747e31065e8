//! Where a member's node can be reached: a latest-per-member register beside the records.
//!
//! Travels only on greeted links, so it is sealed by the link; signed by the member's daemon key, so no member can move
//! another one's address. It never enters the records and is never reconciled with them.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::identity::{PublicKey, Signature, SigningKey};
use watchfire_keys::ids::{CircleId, MemberId};
use watchfire_keys::labels;
use watchfire_keys::time::UnixMillis;

use crate::crypto::Crypto;
use crate::rules::Rule;

/// Addresses a node may name.
pub const MAX_ADDRESSES: usize = 8;
/// Bytes of one address, as text.
pub const MAX_ADDRESS_BYTES: usize = 256;
/// Bytes of a peer's name.
pub const MAX_PEER_BYTES: usize = 64;
/// How far in the future a presence may be dated, in milliseconds: ten minutes, as for records.
const MAX_FUTURE_MS: u64 = 10 * 60 * 1000;

/// What a node says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The circle it is meant for.
    pub circle: CircleId,
    /// Whose node it is.
    pub member: MemberId,
    /// The daemon key that signed.
    pub signer: PublicKey,
    /// The transport's name of the node.
    #[serde(with = "codec::bytes")]
    pub peer: Vec<u8>,
    /// Where to dial it, as multiaddr texts; empty for a node that cannot be dialled.
    pub addresses: Vec<String>,
    /// Relays this circle is paired with, as multiaddr texts with the relay's peer id.
    pub relays: Vec<String>,
    /// When it was said. The latest counts.
    pub created: UnixMillis,
}

/// A presence and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedPresence {
    /// What is said.
    pub presence: Presence,
    signature: Signature,
}

impl SignedPresence {
    /// Signs a presence with the daemon key.
    pub fn sign<C: Crypto>(crypto: &C, presence: Presence, key: &SigningKey) -> Self {
        let signature = crypto.sign(key, labels::SIGN_PRESENCE, &[&codec::encode(&presence)]);
        Self { presence, signature }
    }

    /// Checks sizes, circle, date and signature; whether the signer may speak for the member is the roster's to say.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check<C: Crypto>(&self, crypto: &C, circle: &CircleId, now: UnixMillis) -> Result<(), Rule> {
        let presence = &self.presence;
        let texts = presence.addresses.iter().chain(&presence.relays);
        if presence.addresses.len() > MAX_ADDRESSES
            || presence.relays.len() > MAX_ADDRESSES
            || presence.peer.len() > MAX_PEER_BYTES
            || texts.into_iter().any(|text| text.len() > MAX_ADDRESS_BYTES)
        {
            return Err(Rule::PresenceTooLarge);
        }
        let odd = |text: &String| text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic());
        if presence.addresses.iter().chain(&presence.relays).any(odd) {
            return Err(Rule::PresenceMalformed);
        }
        if presence.circle != *circle {
            return Err(Rule::PresenceSignature);
        }
        if presence.created.0 > now.0.saturating_add(MAX_FUTURE_MS) {
            return Err(Rule::PresenceStale);
        }
        let bytes = codec::encode(presence);
        if crypto.verify(&presence.signer, labels::SIGN_PRESENCE, &[&bytes], &self.signature) {
            Ok(())
        } else {
            Err(Rule::PresenceSignature)
        }
    }
}
