//! The kind of a value from its shape, for people who type one without saying what it is.

use super::normal::{checked_address, has_known_suffix, is_platform};
use super::{Indicator, Kind, extension, refang};

/// The indicator that a single value most likely is, defanged or not.
///
/// Where shapes collide the likelier meaning wins: 32 hexadecimal digits are an MD5 (not a JA3), 40 a SHA-1 and 64 a
/// SHA-256 (not certificates), `name.zip` a domain when `zip` is a top-level domain, `com.example.app` an app because it
/// starts with a top-level domain. Patterns are known by their first word.
pub fn guess(text: &str) -> Option<Indicator> {
    let text = text.trim();
    if text.len() > Kind::Yara.max_bytes() {
        return None;
    }
    if let Some(pattern) = pattern(text) {
        return Some(pattern);
    }
    if text.len() > Kind::Url.max_bytes() {
        return None;
    }
    let plain = refang(text);
    let is_path = plain.contains('\\') || plain.starts_with('/');
    let is_likely = |kind: &&Kind| **kind != Kind::Filename || is_path || extension(&plain).is_some();
    candidates(&plain).iter().filter(is_likely).find_map(|kind| Indicator::parse(*kind, &plain).ok())
}

fn pattern(text: &str) -> Option<Indicator> {
    let kind = match text.split_whitespace().next()? {
        first if first.starts_with("[") && text.contains(":") && text.ends_with(']') => Kind::StixPattern,
        "rule" | "private" | "global" | "import" | "include" => Kind::Yara,
        "alert" | "drop" | "reject" | "pass" => Kind::Suricata,
        "title:" | "logsource:" => Kind::Sigma,
        _ => return None,
    };
    Indicator::parse(kind, text).ok()
}

/// The kinds that `plain` may be, likeliest first.
fn candidates(plain: &str) -> &'static [Kind] {
    let is_hex = plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    let first = plain.bytes().next().unwrap_or_default();
    match plain.len() {
        32 if is_hex => return &[Kind::Md5],
        40 if is_hex => return &[Kind::Sha1],
        64 if is_hex => return &[Kind::Sha256],
        128 if is_hex => return &[Kind::Sha512],
        70 | 72 if plain.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit()) => return &[Kind::Tlsh],
        _ => {}
    }
    if plain.contains("://") {
        return &[Kind::Url];
    }
    if plain.starts_with("Mozilla/") {
        return &[Kind::UserAgent];
    }
    if checked_address(plain).is_some() {
        return &[Kind::CryptoAddress];
    }
    if first == b'+' {
        return &[Kind::Phone];
    }
    if plain.contains(char::is_whitespace) || plain.contains('\\') {
        return &[Kind::Filename];
    }
    match first {
        b'#' => return &[Kind::Hashtag],
        b'A' | b'a' if plain.bytes().skip(2).all(|byte| byte.is_ascii_digit()) => return &[Kind::Asn],
        b'c' | b'C' if plain.as_bytes().get(3) == Some(&b'-') => {
            return &[Kind::Cve, Kind::Domain];
        }
        _ => {}
    }
    if plain.contains('@') && !is_account(plain) {
        return &[Kind::Email];
    }
    if is_app(plain) {
        return &[Kind::App];
    }
    if is_account(plain) {
        return &[Kind::Account];
    }
    if plain.contains(['/', ':']) {
        return &[Kind::Ipv6, Kind::Cidr, Kind::Ssdeep, Kind::Certificate, Kind::Url, Kind::Filename];
    }
    // Nobody can register a name with an underscore.
    let is_file = plain.contains('_') && extension(plain).is_some();
    if !is_file && Indicator::parse(Kind::Domain, plain).is_ok_and(|domain| has_known_suffix(domain.value()))
    {
        return &[Kind::Domain];
    }
    &[Kind::Ja4, Kind::Ipv4, Kind::Filename, Kind::Domain]
}

/// Whether a known platform stands before a colon.
pub(crate) fn is_account(text: &str) -> bool {
    text.split_once(':').is_some_and(|(platform, handle)| is_platform(platform) && !handle.starts_with("//"))
}

/// Whether a dotted name reads from the top-level domain down.
fn is_app(name: &str) -> bool {
    let mut segments = name.split('.');
    let starts_at_top = matches!(segments.next(), Some("com" | "org" | "net" | "io" | "me" | "air"));
    let ends_at_top = matches!(name.rsplit('.').next(), Some("com" | "org" | "net"));
    starts_at_top && !ends_at_top && segments.count() >= 2
}
