//! Masked URLs, found again by those they stand for.
//!
//! Decides whether a URL is one of those that became a given masked one: everything that was left must be the same, and
//! where something was masked something must stand. `https://evil.net/l?rid=removed` is found by every
//! `https://evil.net/l?rid=...`. A masked URL thus means more than the one that was seen, and whoever looks one up is shown
//! which one was found. On services where strangers have pages nothing is found when no part is left that names the page.

use alloc::vec::Vec;

use super::facts::hosts_strangers;
use super::token::names_page;
use super::url_parts::{MASK, UrlParts};
use crate::indicator::{Indicator, Kind, registered_name};

/// Whether parts of a URL are masked, or read as if they were.
pub fn is_masked(indicator: &Indicator) -> bool {
    indicator.kind() == Kind::Url && has_mask(indicator.value())
}

/// Where a URL lies, as far as no mask can reach: the name that somebody registered, or the whole host. URLs of different
/// places never match.
pub fn place(url: &Indicator) -> Option<&str> {
    if url.kind() != Kind::Url {
        return None;
    }
    let host = UrlParts::split(url.value())?.host;
    Some(registered_name(host).unwrap_or(host))
}

/// The URL without user name and password, which are always masked; `None` when it has none.
pub fn without_user(url: &Indicator) -> Option<Indicator> {
    let parts = UrlParts::split(url.value()).filter(|_| url.kind() == Kind::Url)?;
    let user = parts.user?;
    Indicator::parse(Kind::Url, &url.value().replacen(&[user, "@"].concat(), "", 1)).ok()
}

/// Whether `masked` stands for `url`. User names count for nothing. Linear in both.
pub fn matches(masked: &Indicator, url: &Indicator) -> bool {
    if masked == url {
        return true;
    }
    if masked.kind() != Kind::Url || url.kind() != Kind::Url {
        return false;
    }
    let (Some(pattern), Some(parts)) = (UrlParts::split(masked.value()), UrlParts::split(url.value())) else {
        return false;
    };
    let is_same = pattern.scheme == parts.scheme
        && pattern.port == parts.port
        && all(pattern.host.split('.'), parts.host.split('.'), |mask, label| mask == label || mask == MASK)
        && all(pattern.segments(), parts.segments(), fits)
        && pattern.query.is_some() == parts.query.is_some()
        && all(pattern.parameters(), parts.parameters(), parameter_fits);
    is_same && is_telling(&pattern)
}

/// The parts of a masked URL between its masks, in order, for languages that have a sign for "anything". `None` when
/// nothing is masked.
pub fn literals(masked: &Indicator) -> Option<Vec<&str>> {
    is_masked(masked).then(|| pieces(masked.value()).collect())
}

/// Whether enough is left to tell one page from another.
pub(super) fn is_telling(pattern: &UrlParts<'_>) -> bool {
    let mut segments = pattern.segments();
    let is_path_masked = pattern.segments().any(has_mask);
    !is_path_masked
        || !hosts_strangers(pattern.bare_host())
        || segments.any(|it| !has_mask(it) && names_page(it))
}

fn all<'a>(
    patterns: impl Iterator<Item = &'a str>,
    mut parts: impl Iterator<Item = &'a str>,
    fits: impl Fn(&str, &str) -> bool,
) -> bool {
    for pattern in patterns {
        match parts.next() {
            Some(part) if fits(pattern, part) => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

/// `name=value`: the names and the values must fit each for itself.
fn parameter_fits(pattern: &str, parameter: &str) -> bool {
    match (pattern.split_once('='), parameter.split_once('=')) {
        (Some((mask_name, mask)), Some((name, value))) => fits(mask_name, name) && fits(mask, value),
        _ => fits(pattern, parameter),
    }
}

/// Whether `part` is `pattern` with something in the place of each mask.
fn fits(pattern: &str, part: &str) -> bool {
    if pattern == part {
        return true;
    }
    let mut literals = pieces(pattern).peekable();
    let first = literals.next().unwrap_or_default();
    let Some(mut rest) = part.strip_prefix(first).filter(|_| literals.peek().is_some()) else { return false };
    while let Some(literal) = literals.next() {
        // At least one character stands in the place of a mask.
        let Some(after) = rest.chars().next().and_then(|first| rest.get(first.len_utf8()..)) else {
            return false;
        };
        if literals.peek().is_none() {
            return after.ends_with(literal);
        }
        match after.find(literal).and_then(|at| after.get(at.saturating_add(literal.len())..)) {
            Some(found) => rest = found,
            None => return false,
        }
    }
    true
}

fn has_mask(text: &str) -> bool {
    masks(text).next().is_some()
}

/// What stands between the masks of `text`, the ends included.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let starts = core::iter::once(0).chain(masks(text).map(|at| at.saturating_add(MASK.len())));
    let ends = masks(text).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| text.get(start..end).unwrap_or_default())
}

/// Where masks stand: as words, a percent-escape counting as punctuation.
fn masks(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices(MASK).map(|(at, _)| at).filter(|at| {
        let head = text.get(..*at).unwrap_or_default().as_bytes();
        let is_after_escape = head.len().checked_sub(3).and_then(|at| head.get(at)) == Some(&b'%');
        let before = head.last().copied().unwrap_or(b'/');
        let after = text.as_bytes().get(at.saturating_add(MASK.len())).copied().unwrap_or(b'/');
        (!before.is_ascii_alphanumeric() || is_after_escape) && !after.is_ascii_alphanumeric()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn url(text: &str) -> Indicator {
        Indicator::parse(Kind::Url, text).unwrap()
    }

    #[test]
    fn a_masked_url_is_found_by_those_it_stands_for() {
        for (masked, found) in [
            ("https://evil.net/l?rid=removed", "https://evil.net/l?rid=Xk29fLq"),
            ("https://evil.net/l?rid=removed&x=1", "https://anna:pw@evil.net/l?rid=Xk29fLq&x=1"),
            ("https://removed.evil.net/removed/a", "https://x8.evil.net/990172/a"),
            ("https://evil.net/removed.pdf", "https://evil.net/Invoice_Anna.pdf"),
            ("https://evil.net/a;s=removed/b", "https://evil.net/a;s=8F/b"),
            (
                "https://evil.net/?u=https%3A%2F%2Fbad.net%2Fremoved%3Fr%3Dremoved",
                "https://evil.net/?u=https%3A%2F%2Fbad.net%2F99%3Fr%3DXk29",
            ),
            (
                "https://docs.google.com/forms/d/1FAIpQLSf3Kd9/v?e=removed",
                "https://docs.google.com/forms/d/1FAIpQLSf3Kd9/v?e=x",
            ),
        ] {
            assert!(matches(&url(masked), &url(found)), "{masked} {found}");
        }
    }

    #[test]
    fn and_by_no_other() {
        for (masked, other) in [
            ("https://evil.net/l?rid=removed", "https://evil.net/l?rid="),
            ("https://evil.net/l?rid=removed", "https://evil.net/m?rid=Xk29fLq"),
            ("https://evil.net/l?rid=removed", "http://evil.net/l?rid=Xk29fLq"),
            ("https://evil.net/l?rid=removed", "https://evil.net:8443/l?rid=Xk29fLq"),
            ("https://evil.net/l?rid=removed", "https://evil.net/l?rid=Xk29fLq&y=1"),
            ("https://evil.net/removed", "https://evil.net/"),
            ("https://evil.net/removed", "https://evil.net/a/b"),
            ("https://removed.evil.net/", "https://evil.net/"),
            ("https://evil.net/removed.pdf", "https://evil.net/a.exe"),
            ("https://evil.net/unremoved", "https://evil.net/unx"),
            ("https://evil.net/a", "https://evil.net/b"),
            ("https://bit.ly/removed", "https://bit.ly/3Xk29fL"),
        ] {
            assert!(!matches(&url(masked), &url(other)), "{masked} {other}");
        }
    }

    #[test]
    fn a_place_is_what_somebody_registered() {
        assert_eq!(place(&url("https://a.b.ohio.co.uk/x")), Some("ohio.co.uk"));
        assert_eq!(place(&url("https://185.174.101.13/x")), Some("185.174.101.13"));
        let masked = url("https://evil.net/removed?a=removed&b=1");
        assert_eq!(literals(&masked).unwrap(), ["https://evil.net/", "?a=", "&b=1"]);
        assert_eq!(literals(&url("https://evil.net/")), None);
        assert_eq!(without_user(&url("https://a:b@evil.net/a@b")), Some(url("https://evil.net/a@b")));
        assert_eq!(without_user(&url("https://evil.net/a@b")), None);
    }
}
