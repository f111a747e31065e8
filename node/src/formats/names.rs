//! What other tools call the types of indicators: MISP attribute types, feed columns, our own names.
//!
//! One table for MISP and CSV, so that a `type` column may use either's words. It decides nothing about whether a
//! value is a candidate at all; `misp` and `csv` do.

use watchfire_protocol::indicator::Kind;

use super::values::Wanted;

/// What a type's name says about its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// One value.
    One(Wanted),
    /// Two values with a `|` between them.
    Two(Wanted, Wanted),
    /// A value, and a port that is left out, with `|` or `:` between them.
    WithPort(Wanted),
    /// A STIX pattern.
    Pattern,
    /// A link to read more.
    Link,
}

/// Looks a name up, in any case, with `_`, `-` or a space between its words.
pub(super) fn named(name: &str) -> Option<Named> {
    let plain: String = name
        .trim()
        .chars()
        .take(64)
        .map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() })
        .collect();
    if let Some((first, second)) = plain.split_once('|') {
        return pair(first, second);
    }
    if let Some(host) = plain.strip_suffix(":port") {
        return match named(host)? {
            Named::One(wanted) => Some(Named::WithPort(wanted)),
            _ => None,
        };
    }
    Some(match plain.as_str() {
        "stix-pattern" | "stix2-pattern" => Named::Pattern,
        "link" => Named::Link,
        "malware-sample" => Named::Two(Wanted::Kind(Kind::Filename), Wanted::Kind(Kind::Md5)),
        single => Named::One(wanted(single)?),
    })
}

fn pair(first: &str, second: &str) -> Option<Named> {
    let wanted_first = wanted(first)?;
    if second == "port" {
        return Some(Named::WithPort(wanted_first));
    }
    Some(Named::Two(wanted_first, wanted(second)?))
}

fn wanted(name: &str) -> Option<Wanted> {
    if let Ok(kind) = name.parse::<Kind>() {
        return Some(Wanted::Kind(kind));
    }
    let kind = match name {
        "hostname" | "host" | "fqdn" | "domain-name" | "ip" | "ips" | "ip-address" | "ip-addr" | "ip-src"
        | "ip-dst" | "ipaddress" | "ip4" | "ip6" | "cidr" | "netblock" | "c2" | "c2-server" | "domains"
        | "hostnames" => return Some(Wanted::Network),
        "hash" | "hashes" | "file-hash" | "filehash" => return Some(Wanted::Hash),
        "uri" | "urls" => return Some(Wanted::Kind(Kind::Url)),
        "twitter-id" => return Some(Wanted::Account("twitter".to_owned())),
        "github-username" => return Some(Wanted::Account("github".to_owned())),
        "telegram-id" => return Some(Wanted::Account("telegram".to_owned())),
        "email-src" | "email-dst" | "email-reply-to" | "email-address" | "email-addr" | "e-mail"
        | "sender" | "emails" => Kind::Email,
        "file-name" | "email-attachment" | "filenames" => Kind::Filename,
        "filehash-md5" | "md5-hash" | "hash-md5" => Kind::Md5,
        "filehash-sha1" | "sha1-hash" | "hash-sha1" | "sha-1" => Kind::Sha1,
        "filehash-sha256" | "sha256-hash" | "hash-sha256" | "sha-256" => Kind::Sha256,
        "filehash-sha512" | "sha512-hash" | "hash-sha512" | "sha-512" => Kind::Sha512,
        "x509-fingerprint-sha1" | "x509-fingerprint-sha256" | "sslcertfingerprint" => Kind::Certificate,
        "ja3-fingerprint-md5" | "ja3-hash" => Kind::Ja3,
        "ja4-fingerprint" => Kind::Ja4,
        "as" | "as-number" => Kind::Asn,
        "http-user-agent" | "useragent" => Kind::UserAgent,
        "phone-number" => Kind::Phone,
        "btc" | "xmr" | "dash" | "bitcoin" | "wallet" | "cryptocurrency-address" | "btc-address" => {
            Kind::CryptoAddress
        }
        "mobile-application-id" | "package-name" => Kind::App,
        "vulnerability" | "cve-id" => Kind::Cve,
        "yara-rule" => Kind::Yara,
        "sigma-rule" => Kind::Sigma,
        "snort" | "suricata-rule" => Kind::Suricata,
        _ => return None,
    };
    Some(Wanted::Kind(kind))
}

/// `198.51.100.7|443`, and what other feeds write, `198.51.100.7:443`.
pub(super) fn without_port(value: &str) -> &str {
    if let Some((host, _)) = value.rsplit_once('|') {
        return host;
    }
    match value.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.contains(':') => host,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_misp_and_of_feeds_are_known() {
        let network = || Wanted::Network;
        assert_eq!(named("ip-dst"), Some(Named::One(network())));
        assert_eq!(named("IP_Address"), Some(Named::One(network())));
        assert_eq!(named("ip:port"), Some(Named::WithPort(network())));
        assert_eq!(named("hostname|port"), Some(Named::WithPort(network())));
        assert_eq!(named("FileHash-SHA256"), Some(Named::One(Wanted::Kind(Kind::Sha256))));
        assert_eq!(
            named("filename|sha1"),
            Some(Named::Two(Wanted::Kind(Kind::Filename), Wanted::Kind(Kind::Sha1)))
        );
        assert_eq!(named("domain|ip"), Some(Named::Two(Wanted::Kind(Kind::Domain), network())));
        assert_eq!(named("regkey|value"), None);
        assert_eq!(named("imphash"), None);
        assert_eq!(named("filename|imphash"), None);
    }

    #[test]
    fn every_type_of_ours_goes_by_its_own_name() {
        for kind in Kind::ALL {
            assert!(named(kind.as_str()).is_some(), "{kind}");
        }
    }
}
