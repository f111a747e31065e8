//! Where things stand in an envelope's bytes.

use super::padding::BUCKETS;

/// Bytes of the version.
pub const VERSION_BYTES: usize = 1;
/// Bytes of the circle tag.
pub const TAG_BYTES: usize = 16;
/// Bytes of the epoch id.
pub const EPOCH_BYTES: usize = 32;
/// Bytes of the nonce.
pub const NONCE_BYTES: usize = 24;
/// Bytes of the ciphertext's length.
pub const LENGTH_BYTES: usize = 4;
/// Bytes of the gate signature.
pub const GATE_BYTES: usize = 64;
/// Bytes by which a ciphertext is longer than its plaintext.
pub const AEAD_TAG_BYTES: usize = 16;

/// Version, circle tag and epoch: what the nonce is derived from, beside the record.
pub const NAME_BYTES: usize = VERSION_BYTES + TAG_BYTES + EPOCH_BYTES;
/// Everything before the ciphertext.
pub const HEAD_BYTES: usize = NAME_BYTES + NONCE_BYTES + LENGTH_BYTES;

/// The smallest envelope there is.
pub const MIN_ENVELOPE_BYTES: usize = HEAD_BYTES + smallest_bucket() + AEAD_TAG_BYTES + GATE_BYTES;
/// The largest envelope there is.
pub const MAX_ENVELOPE_BYTES: usize = HEAD_BYTES + largest_bucket() + AEAD_TAG_BYTES + GATE_BYTES;

const fn smallest_bucket() -> usize {
    BUCKETS[0]
}

const fn largest_bucket() -> usize {
    BUCKETS[BUCKETS.len() - 1]
}

const _: () = assert!(MAX_ENVELOPE_BYTES < crate::limits::MAX_FRAME_BYTES);
