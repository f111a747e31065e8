//! What may leave of a file: read it, sanitize it, look once more.
//!
//! Decides which report a file becomes, under the member's own policy. It sends nothing and asks nobody; the rules
//! themselves stand in `watchfire_protocol::sanitize`.

mod cores;
mod outgoing;
mod policy;
mod prepare;
mod reviewed;

pub use outgoing::Outgoing;
pub use policy::Policy;
pub use prepare::{Draft, Sanitized, Source, Wish, sanitize, sanitize_parsed};
pub use reviewed::{Reviewed, reviewed};
