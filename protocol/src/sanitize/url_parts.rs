//! A normal URL taken apart, so that parts of it can be masked.

use alloc::string::String;

use super::encoded::readings;
use crate::indicator::{Indicator, Kind, has_known_suffix};

/// What stands in the place of a masked part; needs no escaping anywhere in a URL.
const MASK: &str = "removed";

/// The parts of a URL in its normal form, which has no fragment.
pub(super) struct UrlParts<'a> {
    scheme: &'a str,
    /// User name and password.
    pub(super) user: Option<&'a str>,
    /// The host, IPv6 in brackets.
    pub(super) host: &'a str,
    /// `:` and a number, or nothing.
    port: &'a str,
    /// From the first `/` on.
    path: &'a str,
    query: Option<&'a str>,
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

    /// The URL without its user, with every path segment, query key and query value masked that `mask` says yes to.
    pub(super) fn rewrite(&self, mut mask: impl FnMut(&str) -> bool) -> String {
        let mut url = String::from(self.scheme);
        url.push_str("://");
        url.push_str(self.host);
        url.push_str(self.port);
        for (index, segment) in self.path.split('/').enumerate() {
            if index > 0 {
                url.push('/');
            }
            url.push_str(if mask(segment) { MASK } else { segment });
        }
        for (index, pair) in self.query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            match pair.split_once('=') {
                Some((key, value)) => {
                    url.push_str(if mask(key) { MASK } else { key });
                    url.push('=');
                    url.push_str(if mask(value) { MASK } else { value });
                }
                None => url.push_str(if mask(pair) { MASK } else { pair }),
            }
        }
        url
    }
}

/// Whether a mail address stands in `part`, as it is or encoded.
pub(super) fn holds_address(part: &str) -> bool {
    // Eight looks at each reading bound the work on a part made of @ signs.
    const LOOKS: usize = 8;
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
