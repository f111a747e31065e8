//! Hexadecimal digests.

use alloc::string::String;

use super::Reason;
use super::text::plain;

/// `digits` hexadecimal digits in lower case.
pub(super) fn hex(text: &str, digits: usize) -> Result<String, Reason> {
    let text = plain(text)?;
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("not hexadecimal");
    }
    if text.len() != digits {
        return Err("the wrong number of hexadecimal digits");
    }
    Ok(text.to_ascii_lowercase())
}
