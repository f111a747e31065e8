//! Words whose shape alone says what they are.

use core::net::{IpAddr, Ipv6Addr};

use crate::indicator::{Indicator, Kind, checked_address, has_known_suffix, is_account};
use crate::sanitize::text::is_announced_by;

/// What a whole word is by its shape, `before` being the text in front of it on its line.
pub(super) enum Shape {
    Indicator(Indicator),
    /// It is known not to be an indicator, for this reason.
    Nothing(&'static str),
}

/// The shape of `word`, names and URLs aside.
pub(super) fn shape(word: &str, before: &str, is_by_itself: bool) -> Option<Shape> {
    let parse = |kind| Indicator::parse(kind, word).ok().map(Shape::Indicator);
    if word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return hash(word, before);
    }
    if !word.is_ascii() {
        return None;
    }
    if (25..=110).contains(&word.len()) && checked_address(word).is_some() {
        return parse(Kind::CryptoAddress);
    }
    if word.len() == 72 && word.starts_with(['T', 't']) {
        return parse(Kind::Tlsh);
    }
    if word.contains('_') && word.len() == 36 {
        return parse(Kind::Ja4);
    }
    let first = word.bytes().next().unwrap_or_default();
    if first == b'+' && is_by_itself {
        return parse(Kind::Phone);
    }
    if word.contains(':') {
        return colons(word, is_by_itself);
    }
    if first.is_ascii_digit() && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/'))
    {
        return numbers(word, before);
    }
    if first == b'A' && word.starts_with("AS") {
        let digits = word.get(if word.starts_with("ASN") { 3 } else { 2 }..).unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // AS400 is a computer.
        return if is_number && (digits.len() >= 4 || is_by_itself) { parse(Kind::Asn) } else { None };
    }
    None
}

/// Hexadecimal digits and nothing else.
fn hash(word: &str, before: &str) -> Option<Shape> {
    let kind = match word.len() {
        32 => Kind::Md5,
        40 => Kind::Sha1,
        64 => Kind::Sha256,
        128 => Kind::Sha512,
        _ => return None,
    };
    if is_announced_by(before) {
        return Some(Shape::Nothing("a password, key or session by its label"));
    }
    let says = |labels: &[&str]| labels.iter().any(|label| ends_in_label(before, label));
    let kind = match kind {
        Kind::Md5 if says(&["ja3", "ja3s", "ja3 hash", "ja3s hash"]) => Kind::Ja3,
        Kind::Md5 if says(&["imphash", "import hash"]) => {
            return Some(Shape::Nothing("hash of a file's imports: no type for it"));
        }
        Kind::Sha1 if says(&["commit"]) => return Some(Shape::Nothing("number of a source code commit")),
        Kind::Sha256 if says(&["authentihash"]) => {
            return Some(Shape::Nothing("Authenticode hash: no type for it"));
        }
        Kind::Sha1 | Kind::Sha256
            if says(&["thumbprint", "certificate", "cert", "certificate fingerprint"]) =>
        {
            Kind::Certificate
        }
        kind => kind,
    };
    Indicator::parse(kind, word).ok().map(Shape::Indicator)
}

/// Whether `before` ends in `label`, a mark such as `:` or `=` perhaps after it.
pub(super) fn ends_in_label(before: &str, label: &str) -> bool {
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = before.len().checked_sub(label.len());
    let tail = start.and_then(|start| before.get(start..));
    let head = start.and_then(|start| before.get(..start)).unwrap_or_default();
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(label)) && !head.ends_with(char::is_alphanumeric)
}

/// An IPv6 address or block, an address with a port, ssdeep, a fingerprint.
fn colons(word: &str, is_by_itself: bool) -> Option<Shape> {
    let parse = |kind, text: &str| Indicator::parse(kind, text).ok().map(Shape::Indicator);
    if let Some((host, port)) = word.split_once(':') {
        let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
        if is_port && host.parse::<core::net::Ipv4Addr>().is_ok() {
            return parse(Kind::Ipv4, host);
        }
    }
    // One letter is a drive as often as it is a platform.
    if is_by_itself && word.as_bytes().get(1) != Some(&b':') && is_account(word) {
        return parse(Kind::Account, word);
    }
    let address = word.split('/').next().unwrap_or_default();
    if let Ok(address) = address.trim_matches(['[', ']']).parse::<Ipv6Addr>() {
        // Code is full of `a::b`: in running text at least four groups, or a global address.
        let groups = word.split(':').filter(|group| !group.is_empty()).count();
        let is_global = address.segments().first().is_some_and(|first| (0x2000..0x4000).contains(first));
        if is_by_itself || groups >= 4 || (is_global && groups >= 3) {
            return parse(if word.contains('/') { Kind::Cidr } else { Kind::Ipv6 }, word);
        }
        return None;
    }
    let colons = word.bytes().filter(|byte| *byte == b':').count();
    match colons {
        2 => parse(Kind::Ssdeep, word),
        19 | 31 => parse(Kind::Certificate, word),
        _ => None,
    }
}

/// An IPv4 address or block, unless it is a version.
fn numbers(word: &str, before: &str) -> Option<Shape> {
    let (address, prefix) = word.split_once('/').map_or((word, None), |(head, tail)| (head, Some(tail)));
    if !matches!(address.parse::<IpAddr>(), Ok(IpAddr::V4(_))) {
        return None;
    }
    let is_version = ["version", "versions", "v", "ver", "build", "release", "firmware"]
        .iter()
        .any(|word| ends_in_label(before, word));
    if is_version && prefix.is_none() {
        return Some(Shape::Nothing("a version number"));
    }
    let kind = if prefix.is_some() { Kind::Cidr } else { Kind::Ipv4 };
    Indicator::parse(kind, word).ok().map(Shape::Indicator)
}

/// The CVE number inside `word`, and where it ends: reports write it into detection names.
pub(super) fn cve(word: &str) -> Option<(Indicator, usize)> {
    let at = word.as_bytes().windows(4).position(|window| window.eq_ignore_ascii_case(b"cve-"))?;
    if word.get(..at).is_some_and(|head| head.ends_with(char::is_alphanumeric)) {
        return None;
    }
    let rest = word.get(at..)?;
    let length = rest.bytes().skip(4).take_while(|byte| byte.is_ascii_digit() || *byte == b'-').count();
    let number = rest.get(..length.saturating_add(4))?.trim_end_matches('-');
    let indicator = Indicator::parse(Kind::Cve, number).ok()?;
    Some((indicator, at.saturating_add(number.len())))
}

/// The mail address that `word` is.
pub(super) fn email(word: &str, defanged: bool) -> Option<Indicator> {
    let (local, host) = word.rsplit_once('@')?;
    if local.is_empty() || !host.contains('.') {
        return None;
    }
    let email = Indicator::parse(Kind::Email, word).ok()?;
    let (_, host) = email.value().rsplit_once('@')?;
    let is_known = defanged || has_known_suffix(host) || super::name::is_internal(host);
    is_known.then_some(email)
}
