//! Values that are plainly their own normal form, told in one pass.
//!
//! Every indicator of every record that arrives is checked to be in its normal form, and nearly all of them are plain:
//! lower-case ASCII, no escapes, no port. For those the whole way through UTS 46 and the URL parser finds nothing to do.
//! [`is_plainly_normal`] says yes only where it is certain; a no means nothing, and the whole way decides.

use core::net::Ipv4Addr;

use super::domain::is_icann_suffix;
use crate::indicator::Kind;

/// True only if the normal form of `value` as a `kind` is `value` itself.
pub(in crate::indicator) fn is_plainly_normal(kind: Kind, value: &str) -> bool {
    if value.len() > kind.max_bytes() {
        return false;
    }
    match kind {
        Kind::Ipv4 => is_ipv4(value),
        Kind::Domain => is_domain(value),
        Kind::Url => is_url(value),
        Kind::Email => is_email(value),
        Kind::Md5 | Kind::Ja3 => is_hex(value, 32),
        Kind::Sha1 => is_hex(value, 40),
        Kind::Sha256 => is_hex(value, 64),
        Kind::Sha512 => is_hex(value, 128),
        _ => false,
    }
}

fn is_hex(value: &str, digits: usize) -> bool {
    value.len() == digits && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The standard library reads the one dotted decimal form and nothing else (no leading zeros).
fn is_ipv4(value: &str) -> bool {
    value.parse::<Ipv4Addr>().is_ok()
}

fn is_domain(value: &str) -> bool {
    is_host(value) && value.contains('.') && !is_icann_suffix(value)
}

/// Labels of lower-case letters, digits and inner hyphens, none with hyphens where `xn--` has them, the last one alphabetic.
fn is_host(value: &str) -> bool {
    if value.len() > 253 {
        return false;
    }
    let mut is_alphabetic = false;
    for label in value.as_bytes().split(|byte| *byte == b'.') {
        let ([first, .., last] | [first @ last]) = label else {
            return false;
        };
        let (mut is_plain, mut all_letters) = (true, true);
        for byte in label {
            let is_letter = byte.is_ascii_lowercase();
            is_plain &= is_letter || byte.is_ascii_digit() || *byte == b'-';
            all_letters &= is_letter;
        }
        let could_be_encoded = label.get(2..4) == Some(b"--".as_slice());
        if !is_plain || *first == b'-' || *last == b'-' || could_be_encoded || label.len() > 63 {
            return false;
        }
        is_alphabetic = all_letters && label.len() >= 2;
    }
    is_alphabetic
}

/// `http` or `https`, a plain host without a port, and a path and query of letters, digits and a few signs that every URL
/// parser leaves alone.
fn is_url(value: &str) -> bool {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let Some((host, path)) = rest.and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let is_left_alone = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~' | b'=' | b'&' | b'?')
    };
    let ends_plainly =
        path.bytes().next_back().is_none_or(|byte| byte.is_ascii_alphanumeric() || byte == b'/');
    // A segment that begins with a dot may be `.` or `..`, which go.
    let has_dot_segment = path.starts_with('.') || path.contains("/.");
    path.bytes().all(is_left_alone) && ends_plainly && !has_dot_segment && (is_host(host) || is_ipv4(host))
}

fn is_email(value: &str) -> bool {
    let Some((local, host)) = value.split_once('@') else {
        return false;
    };
    let is_outer = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [local.bytes().next(), local.bytes().next_back()];
    let is_plain = local.bytes().all(|byte| is_outer(byte) || matches!(byte, b'.' | b'-' | b'_'));
    local.len() <= 64
        && ends.into_iter().all(|byte| byte.is_some_and(is_outer))
        && is_plain
        && !local.contains("..")
        && is_domain(host)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;
    use crate::indicator::Indicator;

    /// What could be mistaken for plain: the alphabet and the special forms that the whole way changes.
    fn values() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-z0-9]{1,6}",
            1 => r"[A-Za-z0-9._~/?=&%#:@+*,;!()'-]{1,6}",
            1 => "[0-9]{1,3}",
            1 => proptest::sample::select(&[
                "xn--", "xn--p1ai", "com", "co.uk", "hxxp", "http", "https", "://", "/", ".", "..", "/./", "/../", "www.",
                "%2e", "@", "mailto:", "[.]", "0x7f", "080", "127.0.0.1", "?", "dot", "at", "--", "_", "", "é", "\u{200b}",
            ][..]).prop_map(String::from),
        ];
        proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
    }

    fn shaped() -> impl Strategy<Value = String> {
        (values(), values()).prop_flat_map(|(left, right)| {
            proptest::sample::select(alloc::vec![
                left.clone(),
                alloc::format!("{left}.com"),
                alloc::format!("{left}.{right}"),
                alloc::format!("http://{left}.com/{right}"),
                alloc::format!("https://{left}/{right}"),
                alloc::format!("http://example.com/{left}?{right}"),
                alloc::format!("{left}@{right}.org"),
            ])
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_is_plainly_normal_is_normal(value in shaped()) {
            for kind in Kind::ALL {
                if is_plainly_normal(kind, &value) {
                    let parsed = Indicator::parse(kind, &value);
                    prop_assert!(
                        parsed.as_ref().is_ok_and(|found| found.kind() == kind && found.value() == value),
                        "{kind} {value:?} became {parsed:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn common_values_take_the_short_way() {
        for (kind, value) in [
            (Kind::Domain, "login.campaign-portal.example.com"),
            (Kind::Url, "https://example.net/shared/drive?session=7"),
            (Kind::Url, "http://192.0.2.7/gate.php"),
            (Kind::Ipv4, "192.0.2.7"),
            (Kind::Email, "it-support@example.org"),
            (Kind::Md5, "d41d8cd98f00b204e9800998ecf8427e"),
        ] {
            assert!(is_plainly_normal(kind, value), "{value}");
        }
        assert!(!is_plainly_normal(Kind::Domain, "co.uk"));
        assert!(!is_plainly_normal(Kind::Url, "http://example.com"));
    }
}
