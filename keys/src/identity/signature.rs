//! Signatures, and the bytes that are signed.

use crate::codec::bytes;
use crate::hash::length_prefix;
use crate::hex;
use crate::labels::Label;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// An Ed25519 signature: 64 bytes, worth nothing until verified.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(#[serde(with = "bytes")] [u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const SIZE: usize = 64;

    /// The signature with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0[..4], f)
    }
}

/// A signature that does not hold for this key, label and message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSignature;

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not hold")
    }
}

impl core::error::Error for BadSignature {}

/// The bytes that are signed: the label's length (`u8`), the label, and for each part its length (`u64`,
/// little-endian) and its bytes. No two labels or lists of parts run together to the same message.
pub(super) fn message(label: Label, parts: &[&[u8]]) -> Vec<u8> {
    let label = label.as_str().as_bytes();
    let size =
        parts.iter().map(|part| part.len().saturating_add(8)).fold(label.len() + 1, usize::saturating_add);
    let mut message = Vec::with_capacity(size);
    // The table of labels does not compile with a longer one.
    message.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
    message.extend_from_slice(label);
    for part in parts {
        message.extend_from_slice(&length_prefix(part));
        message.extend_from_slice(part);
    }
    message
}
