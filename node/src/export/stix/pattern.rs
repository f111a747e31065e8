//! The STIX pattern of each kind of indicator. Kinds that STIX has no object for get one of our own (`x-watchfire-...`),
//! which the intake reads back.

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::stable;

use crate::formats::stix::pattern::parse;

/// The pattern language and the pattern; `None` for a STIX pattern that is not valid in the strict sense, and for CVEs,
/// which are no patterns.
pub(super) fn pattern(indicator: &Indicator) -> Option<(&'static str, String)> {
    let value = indicator.value();
    let property = match indicator.kind() {
        Kind::Domain => "domain-name:value",
        Kind::Ipv4 => "ipv4-addr:value",
        Kind::Ipv6 => "ipv6-addr:value",
        Kind::Cidr if value.contains(':') => "ipv6-addr:value",
        Kind::Cidr => "ipv4-addr:value",
        Kind::Url => "url:value",
        Kind::Email => "email-addr:value",
        Kind::Md5 => "file:hashes.MD5",
        Kind::Sha1 => "file:hashes.'SHA-1'",
        Kind::Sha256 => "file:hashes.'SHA-256'",
        Kind::Sha512 => "file:hashes.'SHA-512'",
        Kind::Ssdeep => "file:hashes.SSDEEP",
        Kind::Tlsh => "file:hashes.TLSH",
        Kind::Filename => "file:name",
        Kind::Certificate if value.len() == 40 => "x509-certificate:hashes.'SHA-1'",
        Kind::Certificate => "x509-certificate:hashes.'SHA-256'",
        Kind::Ja3 => "x-watchfire-tls:ja3",
        Kind::Ja4 => "x-watchfire-tls:ja4",
        Kind::UserAgent => "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
        Kind::Phone => "x-watchfire-phone:value",
        Kind::Hashtag => "x-watchfire-hashtag:value",
        Kind::CryptoAddress => "x-watchfire-crypto-address:value",
        Kind::App => "x-watchfire-app:value",
        Kind::Asn => {
            return Some(("stix", format!("[autonomous-system:number = {}]", value.strip_prefix("AS")?)));
        }
        Kind::Account => {
            let (platform, name) = value.split_once(':')?;
            let (platform, name) = (quoted(platform), quoted(name));
            let account =
                format!("[user-account:account_type = {platform} AND user-account:account_login = {name}]");
            return Some(("stix", account));
        }
        // Another member's record may hold what no other tool can read.
        Kind::StixPattern => {
            return parse(value).ok().filter(|p| p.strict).map(|_| ("stix", value.to_owned()));
        }
        Kind::Yara => return Some(("yara", value.to_owned())),
        Kind::Sigma => return Some(("sigma", value.to_owned())),
        Kind::Suricata => return Some(("suricata", value.to_owned())),
        Kind::Cve => return None,
    };
    let comparison = match stable::literals(indicator) {
        Some(literals) => anything_between(&literals),
        None => format!("= {}", quoted(value)),
    };
    Some(("stix", format!("[{property} {comparison}]")))
}

/// What compares with a masked URL: `LIKE` with `%` in the place of each mask, or, where the URL itself has a sign that means
/// something to `LIKE`, a regular expression.
fn anything_between(literals: &[&str]) -> String {
    if literals.iter().any(|literal| literal.contains(['%', '_'])) {
        let escaped: Vec<String> = literals.iter().map(|literal| without_meaning(literal)).collect();
        format!("MATCHES {}", quoted(&format!("^{}$", escaped.join(".+"))))
    } else {
        format!("LIKE {}", quoted(&literals.join("%")))
    }
}

/// A text as a regular expression that only it matches.
fn without_meaning(literal: &str) -> String {
    let mut escaped = String::with_capacity(literal.len());
    for character in literal.chars() {
        if matches!(
            character,
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// What a person reads first: the value itself, but for rules their kind.
pub(super) fn shown(indicator: &Indicator) -> String {
    if indicator.kind().is_pattern() {
        return format!("{} rule", indicator.kind());
    }
    indicator.value().chars().take(200).collect()
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_masked_url_becomes_a_pattern_that_matches_what_it_stands_for() {
        for (url, expected) in [
            ("https://evil.net/l?rid=removed", "[url:value LIKE 'https://evil.net/l?rid=%']"),
            ("https://evil.net/removed/a?b=removed&c=1", "[url:value LIKE 'https://evil.net/%/a?b=%&c=1']"),
            (
                "https://evil.net/my_page?rid=removed",
                r"[url:value MATCHES '^https://evil\\.net/my_page\\?rid=.+$']",
            ),
            ("https://evil.net/my_page", "[url:value = 'https://evil.net/my_page']"),
        ] {
            let (language, pattern) = pattern(&Indicator::parse(Kind::Url, url).unwrap()).unwrap();
            assert_eq!((language, pattern.as_str()), ("stix", expected));
            assert!(parse(&pattern).is_ok_and(|parsed| parsed.strict), "{pattern}");
        }
    }
}
