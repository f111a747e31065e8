//! Indicators: what can be observed, each in one normal form.
//!
//! Decides how a value of each [`Kind`] is spelled, and nothing about whether it is malicious or may be shared (that is
//! [`crate::sanitize`]).
//!
//! | kind | normal form |
//! | --- | --- |
//! | `domain` | UTS 46 to ASCII, lower case, no trailing dot, no leading `*.`; two labels or more, the last one alphabetic or `xn--`; underscores and inner hyphens allowed; not a public suffix of the ICANN section (`co.uk`) |
//! | `ipv4` | four decimal numbers without leading zeros |
//! | `ipv6` | RFC 5952; one that maps IPv4 becomes `ipv4` |
//! | `cidr` | host bits zeroed; a block of one address becomes `ipv4` or `ipv6`; `/0` is refused |
//! | `url` | WHATWG serialisation: lower-case host, no default port, dot segments resolved; no fragment (it never reaches a server, and phishing kits put the recipient there), no empty query, percent-escapes in upper case and only where needed; path and query keep their case, user name and password stay (the sanitizer masks them); without a scheme `http://` is assumed |
//! | `email` | lower case, also before the `@` (no large provider tells them apart); the domain as `domain` |
//! | `md5` `sha1` `sha256` `sha512` `ja3` | lower-case hexadecimal of the right length |
//! | `certificate` | lower-case hexadecimal SHA-1 or SHA-256 without colons |
//! | `ssdeep` | `block:hash:hash`, without a file name |
//! | `tlsh` | `T1` and 70 upper-case hexadecimal digits |
//! | `filename` | the last part of a path, NFC, without trailing dots and blanks; no control or text-direction characters |
//! | `ja4` | `t13d1516h2_8daaf6152771_b186095e22b6`, lower case |
//! | `asn` | `AS` and a decimal number (asdot is converted) |
//! | `user-agent` | trimmed |
//! | `phone` | E.164: `+` and 7 to 15 digits |
//! | `account` | `platform:handle`, without `@`; lower case where the platform ignores case |
//! | `hashtag` | `#`, then NFKC in lower case |
//! | `crypto-address` | without a `bitcoin:` style prefix; lower case where the coin ignores case; checksum verified wherever there is one |
//! | `app` | Android package or Apple bundle name, case kept |
//! | `cve` | `CVE-YYYY-NNNN` in upper case |
//! | `stix-pattern` `yara` `sigma` `suricata` | trimmed, line ends as LF, at most 32 KiB, plausible outline; never executed or compiled here |

mod error;
mod extension;
mod guess;
mod kind;
mod normal;
mod refang;
mod tlp;
mod value;
mod wrappers;

pub use error::IndicatorError;
pub use guess::guess;
pub(crate) use guess::is_account;
pub use kind::{Kind, UnknownKind};
pub use refang::refang;
pub use tlp::{Tlp, UnknownTlp};
pub use value::Indicator;

pub(crate) use extension::{Extension, extension};
pub(crate) use normal::{
    checked_address, has_known_suffix, host_name, is_icann_suffix, is_public_suffix, is_under_service,
    registered_name,
};
pub(crate) use refang::{Refanged, real_scheme};
pub(crate) use wrappers::trim_wrappers;
