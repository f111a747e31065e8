//! The forms in which a forbidden string can stand in a text.
//!
//! Decides for the rules whether and where a text holds something of a list, by undoing encodings and looking at what
//! comes out.

mod encoded;
mod forbidden;

pub(super) use encoded::{Form, readings};
pub(super) use forbidden::Forbidden;
