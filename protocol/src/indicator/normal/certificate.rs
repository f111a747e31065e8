//! X.509 certificate fingerprints.

use alloc::string::String;

use super::Reason;
use super::hex::hex;
use super::text::plain;

/// SHA-1 or SHA-256 in lower-case hexadecimal; `AB:CD:..`, `AB-CD-..` and `AB CD ..` lose their separators.
pub(super) fn certificate(text: &str) -> Result<String, Reason> {
    let digits: String = plain(text)?.chars().filter(|c| !matches!(c, ':' | '-' | ' ')).collect();
    match digits.len() {
        40 | 64 => hex(&digits, digits.len()),
        _ => Err("neither SHA-1 (40 digits) nor SHA-256 (64 digits)"),
    }
}
