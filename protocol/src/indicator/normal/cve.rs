//! CVE numbers.

use alloc::format;
use alloc::string::String;

use super::Reason;
use super::text::plain;

/// `CVE-YYYY-N`: a year from 1999 on and 4 to 19 digits, upper case.
pub(super) fn cve(text: &str) -> Result<String, Reason> {
    const SHAPE: Reason = "not of the shape CVE-2024-12345";
    let text = plain(text)?;
    let rest = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("cve-") => text.get(4..).unwrap_or_default(),
        _ => return Err(SHAPE),
    };
    let (year, number) = rest.split_once('-').ok_or(SHAPE)?;
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = year.len() == 4 && all_digits(year) && ("1999"..="2999").contains(&year);
    let is_number = (4..=19).contains(&number.len()) && all_digits(number);
    if !is_year || !is_number || (number.len() > 4 && number.starts_with('0')) {
        return Err(SHAPE);
    }
    Ok(format!("CVE-{year}-{number}"))
}
