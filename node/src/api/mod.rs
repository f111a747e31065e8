//! The way from a command to the running daemon of the same home: a socket that only this user can reach.
//!
//! This module moves bytes, bounds them and knows who is at the other end. What is asked and answered is decided by the
//! daemon.
//!
//! A message is its length (`u32`, little endian) and that many bytes of JSON. A client may ask several times on one
//! connection; each question gets one answer, in order.

pub mod client;
pub mod server;

/// The largest question: a publication of several thousand indicators with its texts.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;
/// The largest answer: all alerts of a circle with several hundred thousand indicators.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;
/// What is set aside for a message before its bytes have come, whatever length it claims.
const FIRST_BUFFER_BYTES: usize = 64 * 1024;
