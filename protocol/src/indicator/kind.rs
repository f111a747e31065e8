//! The kinds of indicator that a record can hold, and their names.
//!
//! Decides the names and their wire order; never what a value of a kind looks like (see `normal`).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an indicator is.
///
/// The wire carries the position in this list, so new kinds go at the end and none is ever removed. Text formats
/// carry [`Kind::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A DNS name.
    Domain,
    /// One IPv4 address.
    Ipv4,
    /// One IPv6 address.
    Ipv6,
    /// A block of IPv4 or IPv6 addresses.
    Cidr,
    /// A URL with a host.
    Url,
    /// An e-mail address.
    Email,
    /// MD5 of a file.
    Md5,
    /// SHA-1 of a file.
    Sha1,
    /// SHA-256 of a file.
    Sha256,
    /// SHA-512 of a file.
    Sha512,
    /// ssdeep fuzzy hash of a file.
    Ssdeep,
    /// TLSH fuzzy hash of a file.
    Tlsh,
    /// A file's name, without its folder.
    Filename,
    /// SHA-1 or SHA-256 of an X.509 certificate.
    Certificate,
    /// JA3 or JA3S fingerprint of a TLS hello.
    Ja3,
    /// JA4 fingerprint of a TLS hello.
    Ja4,
    /// An autonomous system.
    Asn,
    /// An HTTP user agent.
    UserAgent,
    /// A telephone number.
    Phone,
    /// An account on a platform.
    Account,
    /// A hashtag.
    Hashtag,
    /// A cryptocurrency address.
    CryptoAddress,
    /// An application: Android package or Apple bundle.
    App,
    /// A vulnerability by its CVE number.
    Cve,
    /// A STIX 2 pattern.
    StixPattern,
    /// A YARA rule.
    Yara,
    /// A Sigma rule.
    Sigma,
    /// A Suricata (or Snort) rule.
    Suricata,
}

impl Kind {
    /// Every kind, in wire order.
    pub const ALL: [Kind; 28] = [
        Kind::Domain,
        Kind::Ipv4,
        Kind::Ipv6,
        Kind::Cidr,
        Kind::Url,
        Kind::Email,
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha256,
        Kind::Sha512,
        Kind::Ssdeep,
        Kind::Tlsh,
        Kind::Filename,
        Kind::Certificate,
        Kind::Ja3,
        Kind::Ja4,
        Kind::Asn,
        Kind::UserAgent,
        Kind::Phone,
        Kind::Account,
        Kind::Hashtag,
        Kind::CryptoAddress,
        Kind::App,
        Kind::Cve,
        Kind::StixPattern,
        Kind::Yara,
        Kind::Sigma,
        Kind::Suricata,
    ];

    /// The name that the command line, the API and the exports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Domain => "domain",
            Kind::Ipv4 => "ipv4",
            Kind::Ipv6 => "ipv6",
            Kind::Cidr => "cidr",
            Kind::Url => "url",
            Kind::Email => "email",
            Kind::Md5 => "md5",
            Kind::Sha1 => "sha1",
            Kind::Sha256 => "sha256",
            Kind::Sha512 => "sha512",
            Kind::Ssdeep => "ssdeep",
            Kind::Tlsh => "tlsh",
            Kind::Filename => "filename",
            Kind::Certificate => "certificate",
            Kind::Ja3 => "ja3",
            Kind::Ja4 => "ja4",
            Kind::Asn => "asn",
            Kind::UserAgent => "user-agent",
            Kind::Phone => "phone",
            Kind::Account => "account",
            Kind::Hashtag => "hashtag",
            Kind::CryptoAddress => "crypto-address",
            Kind::App => "app",
            Kind::Cve => "cve",
            Kind::StixPattern => "stix-pattern",
            Kind::Yara => "yara",
            Kind::Sigma => "sigma",
            Kind::Suricata => "suricata",
        }
    }

    /// Whether the value is a rule for a detection engine rather than something that is observed.
    pub const fn is_pattern(self) -> bool {
        matches!(self, Kind::StixPattern | Kind::Yara | Kind::Sigma | Kind::Suricata)
    }

    /// The longest value of this kind, in bytes, before and after normalising.
    pub const fn max_bytes(self) -> usize {
        match self {
            Kind::StixPattern | Kind::Yara | Kind::Sigma | Kind::Suricata => 32 * 1024,
            Kind::Url => 4096,
            _ => 1024,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no kind of indicator; [`Kind::ALL`] has the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such type of indicator")
    }
}

impl core::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_kind_once_in_wire_order() {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("ip".parse::<Kind>(), Err(UnknownKind));
    }

    #[test]
    fn json_uses_the_same_names() {
        for kind in Kind::ALL {
            let json = serde_json::to_string(&kind).unwrap_or_default();
            assert_eq!(json.trim_matches('"'), kind.as_str());
        }
    }
}
