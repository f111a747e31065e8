//! Envelopes: sealed records on their way, and the one way in for them.
//!
//! ```text
//! Received (bytes) -> Decoded (layout, size bucket, id) -> Verified (gate signature held)
//!                  -> Opened (decrypted, nonce and padding right, roster asked, record verified, body checked)
//! ```
//!
//! Each stage is a type that only the stage before it can make, so no check can be skipped; only [`Opened`] reaches a
//! person. What breaks a rule says which [`Rule`](crate::rules::Rule). This module never decides whether an envelope
//! was seen before, and never asks a clock: time is an argument.
//!
//! The bytes of an envelope, fixed by hand:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | version, 1 |
//! | 16 | circle tag |
//! | 32 | epoch id |
//! | 24 | nonce |
//! | 4 | length of the ciphertext, little-endian |
//! | length | XChaCha20-Poly1305 ciphertext of the padded record, tag at its end |
//! | 64 | gate signature over the envelope's id |
//!
//! Everything before the ciphertext and the epoch's key commitment is authenticated with it. The [id] is a hash over
//! everything but the gate signature, so whoever holds the gate key can make other signatures but no other id.
//!
//! [id]: watchfire_keys::ids::EnvelopeId

mod decode;
mod keys;
pub mod layout;
mod nonce;
mod open;
pub mod padding;
mod seal;
mod window;

pub use decode::{Decoded, Received, Verified};
pub use keys::EpochKeys;
pub use open::Opened;
pub use seal::{SealRefused, seal};
pub use window::Window;

/// The version that this code writes, and the only one that it reads.
pub const VERSION: u8 = 1;
