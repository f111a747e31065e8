//! The normal form of each kind, one file an idea. The table stands in the parent's documentation.

mod account;
mod address;
mod app;
mod base58;
mod bech32;
mod certificate;
mod crypto_address;
mod cve;
mod domain;
mod email;
mod filename;
mod fuzzy;
mod hex;
mod ja4;
mod number;
mod pattern;
mod quick;
mod text;
mod url;

use alloc::string::String;

use super::Kind;

pub(crate) use account::is_platform;
pub(crate) use crypto_address::checked_address;
pub(crate) use domain::{
    has_known_suffix, host_name, is_icann_suffix, is_public_suffix, is_under_service, registered_name,
};

pub(super) use quick::is_plainly_normal;

/// Why a value has no normal form; completes "not a usable domain: ...".
type Reason = &'static str;

/// The normal form of `text`, and its kind where that is narrower than `kind`. `text` is within the bound of `kind`.
pub(super) fn normal(kind: Kind, text: &str) -> Result<(Kind, String), Reason> {
    let value = match kind {
        Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr => return address::address(kind, text),
        Kind::Domain => domain::domain(text)?,
        Kind::Url => url::url(text)?,
        Kind::Email => email::email(text)?,
        Kind::Md5 | Kind::Ja3 => hex::hex(text, 32)?,
        Kind::Sha1 => hex::hex(text, 40)?,
        Kind::Sha256 => hex::hex(text, 64)?,
        Kind::Sha512 => hex::hex(text, 128)?,
        Kind::Ssdeep => fuzzy::ssdeep(text)?,
        Kind::Tlsh => fuzzy::tlsh(text)?,
        Kind::Filename => filename::filename(text)?,
        Kind::Certificate => certificate::certificate(text)?,
        Kind::Ja4 => ja4::ja4(text)?,
        Kind::Asn => number::asn(text)?,
        Kind::UserAgent => text::user_agent(text)?,
        Kind::Phone => number::phone(text)?,
        Kind::Account => account::account(text)?,
        Kind::Hashtag => account::hashtag(text)?,
        Kind::CryptoAddress => crypto_address::crypto_address(text)?,
        Kind::App => app::app(text)?,
        Kind::Cve => cve::cve(text)?,
        Kind::StixPattern => pattern::stix(text)?,
        Kind::Yara => pattern::yara(text)?,
        Kind::Sigma => pattern::sigma(text)?,
        Kind::Suricata => pattern::suricata(text)?,
    };
    Ok((kind, value))
}
