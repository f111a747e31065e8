//! What can be asked of a node and what it answers, whether a daemon runs or only its store is there.
//!
//! [`Request`] and [`Answer`] travel over the control socket. The reading questions are answered by [`Facts`], which a
//! daemon and a plain store both can give, so that a command prints the same either way.

mod alerts;
mod answer;
mod ask;
mod check;
mod choose;
mod facts;
mod health;
mod log;
mod members;
mod named;
mod opened;
mod proposal;
mod prune;
mod request;
mod resolve;
mod rows;
mod rules;
mod status;
mod subject;
mod verify;

pub use answer::*;
pub use ask::ask;
pub use choose::choose_circle;
pub use facts::{Facts, Live, not_yet};
pub(crate) use health::ONE_KEY_EACH;
pub use named::members_named;
pub use proposal::{Proposal, RulesWanted, Seating, Words};
pub use prune::prune;
pub use request::*;
pub(crate) use request::{hex, unhex};
pub use resolve::{begins, waits};
pub use rules::RulesDoc;
