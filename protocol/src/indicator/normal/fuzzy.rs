//! Fuzzy hashes of files: ssdeep and TLSH.

use alloc::format;
use alloc::string::String;

use super::Reason;
use super::text::plain;

/// ssdeep's `block:hash:hash`; the quoted file name that its tool prints after it goes.
///
/// The block is 3 times a power of two; both hashes are at most 64 base64 characters (ssdeep's `SPAMSUM_LENGTH`).
pub(super) fn ssdeep(text: &str) -> Result<String, Reason> {
    let text = plain(text)?;
    let text = text.split(',').next().unwrap_or_default().trim_end_matches('"');
    let mut parts = text.split(':');
    let (Some(block), Some(first), Some(second), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("not block:hash:hash");
    };
    let size: u32 = block.parse().map_err(|_| "its block size is not a number")?;
    let is_step = size.checked_rem(3) == Some(0) && size.checked_div(3).is_some_and(u32::is_power_of_two);
    if block.starts_with(['0', '+']) || !is_step {
        return Err("its block size is not 3 times a power of two");
    }
    let is_hash = |hash: &str| {
        (1..=64).contains(&hash.len())
            && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
    };
    if !is_hash(first) || !is_hash(second) {
        return Err("its hashes are not base64 of at most 64 characters");
    }
    Ok(String::from(text))
}

/// TLSH of the usual 35 bytes: `T1` (added where an old tool left it out) and 70 upper-case digits.
pub(super) fn tlsh(text: &str) -> Result<String, Reason> {
    let text = plain(text)?;
    let digits = match text.get(..2) {
        Some(version) if text.len() == 72 && version.eq_ignore_ascii_case("t1") => {
            text.get(2..).unwrap_or_default()
        }
        _ => text,
    };
    if digits.len() != 70 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("not T1 and 70 hexadecimal digits");
    }
    Ok(format!("T1{}", digits.to_ascii_uppercase()))
}
