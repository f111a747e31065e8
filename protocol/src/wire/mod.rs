//! What travels on a link between two members: one frame, one message.
//!
//! Decides only whether bytes are a frame. A frame that is too long is refused before it is decoded, one that is not in
//! its single canonical form afterwards.

mod frame;

pub use frame::{Catchup, Epochs, Founding, Frame, Item, Membership, Spread};
