//! Set reconciliation: which records does the other side lack, and which do we?
//!
//! Decides nothing about records themselves: it works on [`RecordId`](watchfire_keys::ids::RecordId)s only, finds what
//! is missing, and always ends. Two methods. [`Search`] asks for coded symbols of the peer's set (a rateless invertible
//! Bloom look-up table) until the difference decodes, which costs bytes by the difference alone. [`Session`] compares
//! sums of keyed hashes over ranges of the sorted ids and splits the ranges that differ: dearer, but it ends against
//! anybody, and it is the cheaper one where one side has next to nothing.

mod cell;
mod decoder;
mod journal;
mod prefix;
mod range;
mod search;
mod session;
mod set;
mod source;
mod symbols;

pub use prefix::Prefix;
pub use range::{Content, Fingerprint, Range};
pub use search::{Difference, NUMBERS_A_SEARCH, Search, Step};
pub use session::{Answer, MAX_IDS_A_MESSAGE, MAX_RANGES_A_MESSAGE, MAX_ROUNDS, Message, Session};
pub use set::RecordSet;
pub use source::Salt;
pub use symbols::{Ask, MAX_CELLS_A_MESSAGE, Symbols};
