//! A URL taken apart, so that parts of it can be masked, and put together again.
//!
//! Decides nothing: what is masked is the business of [`super::judge`].

use alloc::string::String;
use alloc::vec::Vec;

use super::forms::readings;
use crate::indicator::{Indicator, Kind, has_known_suffix};

/// What stands in the place of a masked part; needs no escaping anywhere in a URL.
pub(super) const MASK: &str = "removed";

/// The parts of a URL in its normal form, which has no fragment.
#[derive(Clone, Copy)]
pub(super) struct UrlParts<'a> {
    pub(super) scheme: &'a str,
    /// User name and password.
    pub(super) user: Option<&'a str>,
    /// The host, IPv6 in brackets.
    pub(super) host: &'a str,
    /// `:` and a number, or nothing.
    pub(super) port: &'a str,
    /// From the first `/` on.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
}

/// Says for each part of a URL what stands in its place.
pub(super) trait Rewriter {
    fn label(&mut self, index: usize, label: &str) -> Option<String>;
    fn segment(&mut self, segment: &str, is_last: bool) -> Option<String>;
    fn parameter(&mut self, parameter: &str) -> Option<String>;
}

impl<'a> UrlParts<'a> {
    pub(super) fn split(url: &'a str) -> Option<UrlParts<'a>> {
        let (scheme, rest) = url.split_once("://")?;
        let (before_query, query) =
            rest.split_once('?').map_or((rest, None), |(head, query)| (head, Some(query)));
        let (authority, path) = before_query.split_at_checked(before_query.find('/')?)?;
        let (user, place) =
            authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
        let after_host = place.rfind(']').map_or(0, |at| at.saturating_add(1));
        let colon = place.get(after_host..)?.find(':').map(|at| at.saturating_add(after_host));
        let (host, port) = place.split_at_checked(colon.unwrap_or(place.len()))?;
        Some(UrlParts { scheme, user, host, port, path, query })
    }

    /// The host without the brackets of IPv6.
    pub(super) fn bare_host(&self) -> &'a str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the URL names a host and nothing on it.
    pub(super) fn is_whole_site(&self) -> bool {
        self.path == "/" && self.query.is_none()
    }

    /// The parts of the path between slashes.
    pub(super) fn segments(&self) -> impl Iterator<Item = &'a str> {
        self.path.split('/').skip(1)
    }

    /// The parts of the query between ampersands.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'a str> {
        self.query.into_iter().flat_map(|query| query.split('&'))
    }

    /// The URL without its user, each part as `rewriter` wants it.
    pub(super) fn rewrite(&self, rewriter: &mut impl Rewriter) -> String {
        let mut url = String::from(self.scheme);
        url.push_str("://");
        if self.host.starts_with('[') {
            url.push_str(self.host);
        } else {
            for (index, label) in self.host.split('.').enumerate() {
                if index > 0 {
                    url.push('.');
                }
                push_either(&mut url, rewriter.label(index, label), label);
            }
        }
        url.push_str(self.port);
        let segments: Vec<&str> = self.segments().collect();
        for (index, segment) in segments.iter().enumerate() {
            url.push('/');
            let is_last = index.saturating_add(1) == segments.len();
            push_either(&mut url, rewriter.segment(segment, is_last), segment);
        }
        for (index, parameter) in self.parameters().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            push_either(&mut url, rewriter.parameter(parameter), parameter);
        }
        url
    }
}

fn push_either(url: &mut String, instead: Option<String>, part: &str) {
    url.push_str(instead.as_deref().unwrap_or(part));
}

/// Percent-escapes undone once; what comes out is text again, or nothing changes.
pub(super) fn unescaped(part: &str) -> Option<String> {
    if !part.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| core::str::from_utf8(pair).ok());
        let byte = pair
            .filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(bytes).ok()
}

/// Every byte but the unreserved ones (RFC 3986, 2.3) percent-escaped, as a URL stands in another one's parameter.
pub(super) fn escaped(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = String::with_capacity(text.len().saturating_mul(2));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                escaped.push(DIGITS.get(usize::from(digit)).copied().map_or('0', char::from));
            }
        }
    }
    escaped
}

/// Whether `part` has what every form of an address has: an `@`, an escape, or eight digits of an encoding, a capital letter
/// or a number among them (in hexadecimal `@` is `40`, and base64 without either is a word).
fn can_hold_address(part: &str) -> bool {
    const SHORTEST_RUN: usize = 8;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/".contains(byte);
    part.contains(['@', '%', '[', '(', ' '])
        || !part.is_ascii()
        || part.as_bytes().split(|byte| !is_digit(byte)).any(|run| {
            run.len() >= SHORTEST_RUN
                && run.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        })
}

/// Whether a mail address stands in `part`, as it is or encoded.
pub(super) fn holds_address(part: &str) -> bool {
    // Eight looks at each reading bound the work on a part made of @ signs.
    const LOOKS: usize = 8;
    // `a@b.cd`
    const SHORTEST: usize = 6;
    if part.len() < SHORTEST || !can_hold_address(part) {
        return false;
    }
    readings(part).iter().any(|(_, reading)| {
        reading.match_indices('@').take(LOOKS).any(|(at, _)| {
            let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
            let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            let local = reading.get(..at).unwrap_or_default();
            let local = local.get(local.trim_end_matches(is_local).len()..).unwrap_or_default();
            let host = reading.get(at.saturating_add(1)..).unwrap_or_default();
            let length = host.find(|c| !is_host(c)).unwrap_or(host.len());
            let host = host.get(..length).unwrap_or_default().trim_end_matches(['.', '-']);
            !local.is_empty()
                && host.len() <= 253
                && Indicator::parse(Kind::Domain, host).is_ok_and(|domain| has_known_suffix(domain.value()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once_and_made_again() {
        let nested = "https://evil.net/a?b=c&d=e#f";
        assert_eq!(unescaped(&escaped(nested)).as_deref(), Some(nested));
        assert_eq!(unescaped("%2541%zz%").as_deref(), Some("%41%zz%"));
        assert_eq!((unescaped("plain"), unescaped("%FF")), (None, None));
    }
}
