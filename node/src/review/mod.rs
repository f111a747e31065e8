//! What waits for a person, and what the person decided: both kept in this home for this user only, and never logged.

pub mod decisions;
pub mod queue;

pub use decisions::Decided;
pub use queue::Held;

use watchfire_protocol::indicator::refang;

/// Whether a person who wrote `text` means the indicator `value`.
pub fn names(text: &str, value: &str) -> bool {
    text == value || refang(text).eq_ignore_ascii_case(value)
}
