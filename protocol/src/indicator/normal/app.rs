//! Applications.

use alloc::string::String;

use super::Reason;
use super::text::plain;

/// An Android package or Apple bundle name: two or more segments with dots between them, case kept (both systems tell
/// `com.example.App` from `com.example.app`).
pub(super) fn app(text: &str) -> Result<String, Reason> {
    let name = plain(text)?;
    if name.len() > 255 {
        return Err("longer than a package name can be");
    }
    let is_segment = |segment: &str| {
        segment.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if !name.contains('.') || !name.split('.').all(is_segment) {
        return Err("not a package name like com.example.app");
    }
    Ok(String::from(name))
}
