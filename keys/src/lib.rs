//! Keys of Watchfire: who a member is, what it may sign, and who can read.
//!
//! Bytes in, bytes out. This crate holds every secret and every primitive of the system: identities and the
//! file they rest in, cards and delegations, sealing to a member, epoch secrets and their public headers, and
//! the one door to the wire encoding. It has no clock, no socket, no file and no randomness of its own: time
//! and random numbers are arguments, so that the whole protocol can be replayed and simulated.
//!
//! # Rules that hold everywhere here
//!
//! - **Labels.** Every signature, hash and derivation names its purpose by one row of [`labels`], so that
//!   bytes made for one purpose are worth nothing for another.
//! - **Strict signatures.** Ed25519 is verified by `verify_strict` only (RFC 8032 with small-order keys and
//!   points refused), so every node accepts exactly the same set.
//! - **Sizes first.** Input is measured before it is read, and read by [`codec::decode`], which refuses what
//!   it would not itself have written.
//! - **Secrets** are wiped when dropped and print as `***`; comparisons of secrets take constant time.

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod aead;
pub mod armor;
pub mod audience;
pub mod card;
pub mod codec;
pub mod delegation;
pub mod epoch;
pub mod fingerprint;
pub mod hash;
mod hex;
pub mod identity;
pub mod ids;
pub mod keyfile;
pub mod labels;
pub mod name;
pub mod recovery;
pub mod sealing;
pub mod time;

pub use card::{Card, CardError};
pub use delegation::{Delegation, Scopes};
pub use epoch::{Deal, EpochSecret, Header, HeaderError, circle_tag};
pub use fingerprint::Fingerprint;
pub use hash::{derive, equal, hash, mac};
pub use identity::{BadKey, BadSignature, Identity, KeyName, Keys, PublicKey, Signature, SigningKey};
pub use ids::{ActId, CircleId, CircleTag, EnvelopeId, EpochId, MemberId, RecordId};
pub use keyfile::KeyFileError;
pub use labels::Label;
pub use name::{Name, NameError, Side, SideError};
pub use sealing::{SealError, SealingKey, SealingPublic};
pub use time::{Moment, UnixMillis};
