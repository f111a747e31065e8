//! Epochs: the time between two group keys.
//!
//! A steward deals an epoch by choosing 32 random bytes, the [`EpochSecret`], and signing a public [`Header`]
//! that commits to them. Whoever holds the secret can read, seal and make gate signatures; the header alone
//! lets anyone check a gate signature.

mod header;
mod secret;
pub mod window;

pub use header::{Deal, Header, HeaderError, MAX_FRONTIER, MAX_HEADER_BYTES};
pub use secret::{EpochSecret, circle_tag};
