//! The greeting: on a new link, two members prove to one another that they belong to the circle, and a stranger
//! learns nothing.
//!
//! The dialler speaks first. Its [`Hello`] carries either proofs under secrets that both may hold (live epochs, or the
//! draft while a circle is founded) or an opening sealed to the callee's sealing key (a newcomer with a ticket, a node
//! that was away too long). Proofs are bound to the two peers of the link, which the transport has authenticated, so
//! they are worth nothing elsewhere. Only after the callee has shown the same knowledge do names travel, and the
//! link's key covers them.

mod exchange;
mod hello;
mod introduction;

pub use exchange::{Called, Caller, SharedSecret, Transcript, seal_introduction};
pub use hello::{Hello, MAX_HELLO_BYTES, Opening, PROOFS, Welcome};
pub use introduction::Introduction;
