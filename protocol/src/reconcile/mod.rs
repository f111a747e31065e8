//! Set reconciliation: which records does the other side lack, and which do we?
//!
//! Decides nothing about records themselves: it works on [`RecordId`](watchfire_keys::ids::RecordId)s only, asks for
//! what is missing, and always ends. The method is range fingerprints: both sides compare sums of keyed hashes over
//! ranges of the sorted ids and split the ranges that differ. A cheaper first stage can be put before it without
//! changing the [`Session`] interface: messages in, messages and wanted ids out.

mod range;
mod session;
mod set;

pub use range::{Content, Fingerprint, Range};
pub use session::{Answer, MAX_IDS_A_MESSAGE, MAX_RANGES_A_MESSAGE, MAX_ROUNDS, Message, Session};
pub use set::RecordSet;
