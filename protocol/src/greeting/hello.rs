//! The messages of a greeting.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;
use watchfire_keys::ids::CircleId;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::introduction::Introduction;

/// Proofs a hello carries, always: unused places hold random bytes, so their number tells nothing.
pub const PROOFS: usize = 4;
/// Bytes of the largest hello: the sealed opening and what stands around it.
pub const MAX_HELLO_BYTES: usize = 4096;

/// The dialler's first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Fresh random bytes.
    pub nonce: [u8; 32],
    /// A proof under each secret that the callee may hold too.
    pub proofs: [[u8; 32]; PROOFS],
    /// An [`Opening`] sealed to the callee; empty when there is none.
    #[serde(with = "codec::bytes")]
    pub sealed: Vec<u8>,
}

/// What a dialler without a common secret seals to the callee.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Opening {
    /// The circle that both are thought to be in.
    #[zeroize(skip)]
    pub circle: CircleId,
    /// The secret for this link.
    pub secret: [u8; 32],
    /// The dialler's name, signed.
    #[zeroize(skip)]
    pub introduction: Introduction,
}

impl core::fmt::Debug for Opening {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Opening(***)")
    }
}

/// The callee's answer, sent only when it found what it could answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Fresh random bytes.
    pub nonce: [u8; 32],
    /// Proof of the same secret.
    pub proof: [u8; 32],
    /// The callee's [`Introduction`], encrypted under the link's key.
    #[serde(with = "codec::bytes")]
    pub introduction: Vec<u8>,
}
