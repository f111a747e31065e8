//! The encodings in which wrappers carry a link.

use alloc::string::String;
use alloc::vec::Vec;

use crate::indicator::{Indicator, Kind};

/// `text` as an indicator, if it is a web address; one that is still percent-encoded is decoded once more.
pub(super) fn url(text: &str) -> Option<Indicator> {
    let text = text.trim();
    let is_web = |text: &str| {
        ["http://", "https://"]
            .iter()
            .any(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
    };
    if is_web(text) {
        return Indicator::parse(Kind::Url, text).ok();
    }
    let once_more = percent(text);
    is_web(&once_more).then(|| Indicator::parse(Kind::Url, &once_more).ok()).flatten()
}

/// Like [`url`], where the scheme may have been left out.
pub(super) fn url_or_host(text: &str) -> Option<Indicator> {
    url(text).or_else(|| {
        let host = text.split(['/', '?', ':']).next().unwrap_or_default();
        // Only what has a dot is a host, and it must be one.
        Indicator::parse(Kind::Domain, host).ok().filter(|domain| domain.value().contains('.'))?;
        let mut whole = String::from("https://");
        whole.push_str(text);
        url(&whole)
    })
}

/// Some programs fold `//` in a path, and the scheme in it.
pub(super) fn with_two_slashes(url: String) -> String {
    match url.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') && !scheme.contains('/') => {
            alloc::format!("{scheme}://{rest}")
        }
        _ => url,
    }
}

/// `text` as a domain or an address, where a wrapper tells no more.
pub(super) fn host(text: &str) -> Option<Indicator> {
    [Kind::Domain, Kind::Ipv4].into_iter().find_map(|kind| Indicator::parse(kind, text).ok())
}

/// Percent-escapes undone once. What is no UTF-8 then is replaced.
pub(super) fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let digit = |ahead: usize| {
            let digit = char::from(*bytes.get(at.saturating_add(ahead))?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        match (byte, digit(1).zip(digit(2))) {
            (b'%', Some((high, low))) => {
                decoded.push((high << 4) | low);
                at = at.saturating_add(3);
            }
            _ => {
                decoded.push(*byte);
                at = at.saturating_add(1);
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Base64 of either alphabet, padded or not, as text. `None` for what is no base64 or no text.
pub(super) fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit.wrapping_sub(b'A'),
            b'a'..=b'z' => digit.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => digit.wrapping_sub(b'0').wrapping_add(52),
            b'+' | b'-' | b' ' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits = bits.saturating_add(6);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
            buffer &= (1_u32 << bits).wrapping_sub(1);
        }
    }
    String::from_utf8(bytes).ok()
}
