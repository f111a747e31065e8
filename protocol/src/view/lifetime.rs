//! How long a report of an indicator counts when its author has not said so.

use crate::{indicator::Kind, limits::DAY_MS};

/// The default lifetime of a type of indicator, in milliseconds.
///
/// Our own decision, after what sharing communities use: addresses change hands within weeks; names, accounts and
/// fingerprints live for a campaign's season; what identifies a file, a flaw or a behaviour does not age, and is kept
/// as long as a circle keeps records by default (180 days).
#[must_use]
pub const fn lifetime_ms(kind: Kind) -> u64 {
    let days = match kind {
        Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => 30,
        Kind::Domain
        | Kind::Url
        | Kind::Email
        | Kind::Filename
        | Kind::Certificate
        | Kind::Ja3
        | Kind::Ja4
        | Kind::Asn
        | Kind::UserAgent
        | Kind::Phone
        | Kind::Account
        | Kind::Hashtag => 90,
        Kind::Md5
        | Kind::Sha1
        | Kind::Sha256
        | Kind::Sha512
        | Kind::Ssdeep
        | Kind::Tlsh
        | Kind::CryptoAddress
        | Kind::App
        | Kind::Cve
        | Kind::StixPattern
        | Kind::Yara
        | Kind::Sigma
        | Kind::Suricata => 180,
    };
    days * DAY_MS
}

/// The lifetime of a report that names no indicator at all.
pub(super) const TEXT_ONLY_MS: u64 = 90 * DAY_MS;
