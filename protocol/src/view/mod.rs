//! The shared view: what the circle's records together say about each observable.
//!
//! [`View`] takes in opened records in any order and however often, and answers for a given time: the state of an
//! observable, and the list of alerts. The same records, roster and time give the same answer at every node; only
//! integers are used. Who is a member, of which side, and who is the same organisation as before, is the roster's
//! business and comes in as an argument; what to do about an answer (block, show, export) is the caller's.
//!
//! Indicators themselves are not kept: an observable is a 16 byte hash that points to the records that name it, so
//! a hundred thousand indicators take a few megabytes. The records stay in the store. Only masked URLs are kept as they
//! are, because they are looked up by others than themselves.

mod alerts;
mod confidence;
mod corroborate;
mod dispute;
mod index;
mod lifetime;
mod masked;
mod members;
mod observable;
mod prepared;
mod slot;

pub use alerts::AlertSummary;
pub use corroborate::Corroboration;
pub use index::View;
pub use lifetime::lifetime_ms;
pub use members::Members;
pub use observable::{Observable, State};
pub use prepared::Prepared;
pub use slot::Ending;
