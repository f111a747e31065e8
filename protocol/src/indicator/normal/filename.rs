//! File names.

use alloc::string::String;

use super::Reason;
use super::text::{composed, plain};

/// The longest name that common file systems keep (ext4 and NTFS: 255 units; a unit is at most 3 bytes of UTF-8).
const MAX_BYTES: usize = 765;

/// The last part of a path, in NFC, as Windows would keep it: without dots and blanks at the end.
pub(super) fn filename(text: &str) -> Result<String, Reason> {
    let path = plain(text)?;
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.replace("[.]", ".");
    let name = composed(&name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '"' | '\'' | '`'));
    if name.is_empty() {
        return Err("a folder, without a file");
    }
    if name.len() > MAX_BYTES {
        return Err("longer than a file name can be");
    }
    Ok(String::from(name))
}
