//! Short statements about indicators and about earlier records.

use alloc::string::String;

use serde::{Deserialize, Serialize};
use watchfire_keys::ids::RecordId;

use crate::indicator::Indicator;

/// "This is not malicious": a named publisher's objection to enforcing an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// What is disputed.
    pub indicator: Indicator,
    /// Why, at most [`MAX_REASON_CHARS`](crate::limits::MAX_REASON_CHARS) characters; never empty.
    pub reason: String,
}

/// "I take this back": an author's withdrawal of an own record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The record taken back (the head of a publication takes its parts with it).
    pub record: RecordId,
    /// Why, at most [`MAX_REASON_CHARS`](crate::limits::MAX_REASON_CHARS) characters; never empty.
    pub reason: String,
}

/// "We have it": a member's daemon confirms that a record has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The record that has arrived.
    pub record: RecordId,
}
