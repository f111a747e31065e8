//! Dissemination: who gets an envelope next, and by which means.
//!
//! Works on opaque envelopes and their ids: it never opens, verifies or judges one, and never decides who may be a
//! peer. Each node asks a few links to push whole envelopes (at least one of its own side and one of every other side
//! it is linked to, so that no side can hold an alert back) and hears announcements on all others. What was announced
//! and does not arrive is pulled.

mod budget;
mod eager;
mod knowers;
mod machine;
mod pulls;
mod recent;
mod seen;

pub use budget::Bucket;
pub use eager::{Candidate, EAGER_BEST, EAGER_OTHER_SIDES, EAGER_OWN_SIDE, choose};
pub use machine::{
    ANNOUNCE_DELAY_MS, Announced, Gossip, MAX_ANNOUNCED_A_FRAME, MAX_PULLED_A_FRAME, MAX_PUSHED_BYTES, Move,
};
pub use pulls::{PULL_RETRY_MS, PULL_WAIT_MS};
pub use recent::Recent;
pub use seen::Seen;
