//! Names that are written to be taken for others.
//!
//! Flags what a reader should look at twice: names that imitate a well-known one, that mix scripts, or that are written in
//! other scripts than they are sent in. A flag is a remark for a person and decides nothing. The member's own names are no
//! part of this: flags may be printed beside what is shared.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use idna::uts46::{AsciiDenyList, Hyphens, Uts46};
use unicode_security::{MixedScript, skeleton};

use super::facts;
use super::url_parts::UrlParts;
use crate::indicator::{Indicator, Kind};

/// A remark about how a name is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// It looks like this well-known name, and is another.
    Imitates(&'static str),
    /// It is sent as `xn--...` and shown as this.
    Punycode(String),
    /// One of its labels mixes scripts that no language mixes (UTS 39, single script).
    MixedScripts,
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flag::Imitates(name) => write!(f, "imitates {name}"),
            Flag::Punycode(shown) => write!(f, "punycode of {shown}"),
            Flag::MixedScripts => f.write_str("mixes scripts"),
        }
    }
}

/// What is remarkable about the name in a domain, URL or mail address; nothing for other kinds.
pub fn flags(indicator: &Indicator) -> Vec<Flag> {
    let value = indicator.value();
    let host = match indicator.kind() {
        Kind::Domain => Some(value),
        Kind::Url => UrlParts::split(value).map(|parts| parts.host),
        Kind::Email => value.rsplit_once('@').map(|(_, domain)| domain),
        _ => None,
    };
    host.map(of_host).unwrap_or_default()
}

fn of_host(host: &str) -> Vec<Flag> {
    let mut flags = Vec::new();
    if facts::role(host).is_some() || host.starts_with('[') || host.ends_with(|c: char| c.is_ascii_digit()) {
        return flags;
    }
    let has_punycode = host.split('.').any(|label| label.starts_with("xn--"));
    let shown = if has_punycode { shown(host) } else { host.to_string() };
    if let Some(name) = imitated(&shown) {
        flags.push(Flag::Imitates(name));
    }
    if shown.split('.').any(|label| !label.is_single_script()) {
        flags.push(Flag::MixedScripts);
    }
    if has_punycode && shown != host {
        flags.push(Flag::Punycode(shown));
    }
    flags
}

fn shown(host: &str) -> String {
    Uts46::new().to_unicode(host.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow).0.into_owned()
}

/// The well-known name that `host` looks like.
fn imitated(host: &str) -> Option<&'static str> {
    let suffix = psl::suffix(host.as_bytes()).filter(psl::Suffix::is_known);
    let suffix = suffix.and_then(|suffix| core::str::from_utf8(suffix.as_bytes()).ok()).unwrap_or_default();
    let labels = host.strip_suffix(suffix).unwrap_or(host).trim_end_matches('.');
    let under_country = suffix.rsplit('.').next().is_some_and(|last| last.len() == 2);
    labels.rsplit('.').enumerate().find_map(|(depth, label)| {
        let shapes = shapes(label);
        facts::imitated().find(|name| {
            let brand = name.split('.').next().unwrap_or_default();
            // Under a country's suffix the same name is most often the company's own.
            let is_plain = depth == 0 && label == brand && under_country;
            let looks_like_it = |shape: &String| {
                shape.split(['-', '_']).any(|part| part == brand)
                    || (depth == 0 && is_one_slip_away(shape, brand))
            };
            !is_plain && shapes.iter().any(looks_like_it)
        })
    })
}

/// How a label looks to somebody in a hurry: the skeleton of UTS 39 in lower case and the pairs of letters that look like
/// one; once with its digits, and once with the letters that they look like.
fn shapes(label: &str) -> [String; 2] {
    let skeleton: String = if label.is_ascii() { label.into() } else { skeleton(label).collect() };
    let plain = skeleton.to_lowercase().replace("rn", "m").replace("vv", "w");
    let spelled = plain.chars().map(|c| match c {
        '0' => 'o',
        '1' => 'l',
        '3' => 'e',
        '5' => 's',
        other => other,
    });
    let spelled = spelled.collect();
    [plain, spelled]
}

/// Whether two labels of six letters or more differ by one letter more, less, other or swapped.
fn is_one_slip_away(shape: &str, brand: &str) -> bool {
    let (a, b) = (shape.as_bytes(), brand.as_bytes());
    if b.len() < 6 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let ahead = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &'_ [u8], skip: usize| -> Vec<u8> {
        bytes.get(ahead.saturating_add(skip)..).unwrap_or_default().to_vec()
    };
    let swapped =
        a.get(ahead) == b.get(ahead.saturating_add(1)) && a.get(ahead.saturating_add(1)) == b.get(ahead);
    rest(a, 1) == rest(b, 1)
        || rest(a, 1) == rest(b, 0)
        || rest(a, 0) == rest(b, 1)
        || (swapped && rest(a, 2) == rest(b, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, value: &str) -> Vec<String> {
        Indicator::parse(kind, value)
            .map(|value| flags(&value))
            .unwrap_or_default()
            .iter()
            .map(Flag::to_string)
            .collect()
    }

    #[test]
    fn names_that_imitate_are_flagged() {
        for (value, expected) in [
            ("paypal.com.ohio-invoices.net", Some("paypal.com")),
            ("paypa1.com", Some("paypal.com")),
            ("rnicrosoft.com", Some("microsoft.com")),
            ("micros0ft-login.net", Some("microsoft.com")),
            ("secure-actblue.com", Some("actblue.com")),
            ("actbiue.com", Some("actblue.com")),
            ("actbleu.com", Some("actblue.com")),
            ("vvinred.com", Some("winred.com")),
            ("winred.weebly.com", Some("winred.com")),
            ("office365-login.net", Some("office365.com")),
            ("1password-support.net", Some("1password.com")),
            ("gooogle.com", Some("google.com")),
            ("paypal.ru.com", Some("paypal.com")),
            ("xn--80ak6aa92e.com", Some("apple.com")),
        ] {
            let flag = of(Kind::Domain, value).into_iter().find(|flag| flag.starts_with("imitates "));
            assert_eq!(flag.as_deref().and_then(|flag| flag.strip_prefix("imitates ")), expected, "{value}");
        }
        assert_eq!(of(Kind::Url, "https://login.paypal-id.net/x"), ["imitates paypal.com"]);
        assert_eq!(of(Kind::Email, "service@paypa1.com"), ["imitates paypal.com"]);
    }

    #[test]
    fn honest_names_are_not() {
        for value in [
            "paypal.com",
            "www.google.com",
            "docs.google.com",
            "google.it",
            "amazon.co.jp",
            "ohio-invoices.net",
            "pineapple.com",
            "snapple.com",
            "okay.com",
            "wired.com",
            "b\u{fc}cher.de",
            "d111111abcdef8.cloudfront.net",
            "evil.github.io",
            "\u{65e5}\u{672c}\u{8a9e}.jp",
        ] {
            let flags = of(Kind::Domain, value);
            assert!(flags.iter().all(|flag| flag.starts_with("punycode of ")), "{value}: {flags:?}");
        }
        assert!(of(Kind::Ipv4, "185.174.101.13").is_empty());
        assert!(of(Kind::Url, "http://[2a00:1450:4001::200e]/x").is_empty());
    }

    #[test]
    fn scripts_are_told_apart() {
        assert_eq!(
            of(Kind::Domain, "p\u{430}ypal.com"),
            ["imitates paypal.com", "mixes scripts", "punycode of p\u{430}ypal.com"]
        );
        assert_eq!(of(Kind::Domain, "b\u{fc}cher.de"), ["punycode of b\u{fc}cher.de"]);
        assert_eq!(of(Kind::Domain, "\u{441}\u{430}\u{439}\u{442}.\u{440}\u{444}").len(), 1);
    }
}
