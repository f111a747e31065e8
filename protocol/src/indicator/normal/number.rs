//! Numbers that stand for something: autonomous systems and telephones.

use alloc::format;
use alloc::string::String;

use super::Reason;
use super::text::plain;

/// `AS64496` from `as64496`, `ASN 64496`, `64496` or asdot `AS1.10` (RFC 5396).
pub(super) fn asn(text: &str) -> Result<String, Reason> {
    let upper = plain(text)?.to_ascii_uppercase();
    let rest = upper.strip_prefix("ASN").or_else(|| upper.strip_prefix("AS")).unwrap_or(&upper);
    let rest = rest.trim_start_matches([' ', ':', '-', '#']);
    let digits = |part: &str| -> Result<u64, Reason> {
        if part.is_empty() || part.len() > 10 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("not a number");
        }
        part.parse().map_err(|_| "not a number")
    };
    let number = match rest.split_once('.') {
        Some((high, low)) => {
            let (high, low) = (digits(high)?, digits(low)?);
            if high > 0xffff || low > 0xffff {
                return Err("a half of it is above 65535");
            }
            high.saturating_mul(0x1_0000).saturating_add(low)
        }
        None => digits(rest)?,
    };
    match u32::try_from(number) {
        Ok(number) if number > 0 => Ok(format!("AS{number}")),
        _ => Err("not between 1 and 4294967295"),
    }
}

/// E.164: `+` and 7 to 15 digits. The country has to be there: as `+` or as the international prefix `00`.
pub(super) fn phone(text: &str) -> Result<String, Reason> {
    let text = plain(text)?;
    let text = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => text.get(4..).unwrap_or_default().trim_start(),
        _ => text,
    };
    let national = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => rest,
        None => return Err("no country code; write it as +1 202 ..."),
    };
    // "+44 (0)20": the 0 is for callers inside the country.
    let national = national.replacen("(0)", "", 1);
    let mut digits = String::with_capacity(16);
    for character in national.chars() {
        match character {
            '0'..='9' if digits.len() < 16 => digits.push(character),
            '0'..='9' => return Err("more than 15 digits"),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}' | '\u{2011}' | '\u{2013}' => {}
            _ => return Err("a character that no telephone number has"),
        }
    }
    if !(7..=15).contains(&digits.len()) || digits.starts_with('0') {
        return Err("not 7 to 15 digits after the country code's +");
    }
    Ok(format!("+{digits}"))
}
