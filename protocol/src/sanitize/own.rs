//! What is the member's own and must not leave.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::forms::encloses;
use crate::indicator::{host_name, refang};

/// Strings that must not leave: the member's own, or what an input tells about the people it was sent to.
///
/// All are compared without case, in every form in which they are found. The list lives in the member's home and
/// never in a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnList {
    /// Domains, such as `example.org`, in any spelling; each stands for every name under it.
    pub domains: Vec<String>,
    /// Persons, organisations and mail addresses, in any spelling.
    pub names: Vec<String>,
    /// Words that tell who or where the member is: places, projects, machines. Found as whole words.
    pub words: Vec<String>,
    /// Telephone numbers, in any spelling.
    pub phones: Vec<String>,
    /// Blocks of the member's own public addresses, such as `198.51.100.0/24`.
    pub networks: Vec<String>,
}

impl OwnList {
    /// Whether nothing is on it, so that nothing of the member's own can be recognised.
    pub fn is_empty(&self) -> bool {
        [&self.domains, &self.names, &self.words, &self.phones, &self.networks]
            .iter()
            .all(|list| list.is_empty())
    }

    /// The domains in the normal form that indicators have. One that has none is compared as it is written.
    pub(super) fn normal_domains(&self) -> BTreeSet<String> {
        let normal = |domain: &String| {
            let plain = refang(domain);
            let plain = plain.trim_start_matches('@');
            let host = plain.split_once("://").map_or(plain, |(_, rest)| rest);
            let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
            host_name(host).unwrap_or_else(|_| host.to_lowercase())
        };
        self.domains.iter().map(normal).filter(|domain| !domain.is_empty()).collect()
    }

    /// The names as they were given; `Anna Lee <anna@example.org>` is two.
    pub(super) fn given_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flat_map(|name| apart(name))
    }

    /// The names in lower case with single blanks, those too short to mean anything (under three letters, or two where one
    /// character is a syllable) left out.
    pub(super) fn normal_names(&self) -> BTreeSet<String> {
        normal_words(self.given_names())
    }

    /// The words, as [`normal_names`](OwnList::normal_names) has names.
    pub(super) fn normal_words(&self) -> BTreeSet<String> {
        normal_words(self.words.iter().flat_map(|word| apart(word)))
    }

    /// Of each telephone number the last digits, by which it is recognised with and without its country's number: nine,
    /// or two fewer than it has, but at least seven.
    pub(super) fn phone_keys(&self) -> BTreeSet<String> {
        self.phones.iter().filter_map(|phone| phone_key(phone)).collect()
    }

    /// The networks that can be read.
    pub(super) fn normal_networks(&self) -> Vec<Network> {
        self.networks.iter().filter_map(|network| Network::parse(network)).collect()
    }
}

/// What stands between angle brackets and quotes of any width, and outside of them.
fn apart(name: &str) -> impl Iterator<Item = &str> {
    name.split(encloses).map(str::trim).filter(|part| !part.is_empty())
}

fn normal_words<'w>(words: impl Iterator<Item = &'w str>) -> BTreeSet<String> {
    let normal = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_long_enough =
        |name: &String| name.chars().count() >= 3 || (!name.is_ascii() && name.chars().count() == 2);
    words.map(normal).filter(is_long_enough).collect()
}

/// The fewest and the most digits by which a telephone number is recognised.
const PHONE_DIGITS: (usize, usize) = (7, 9);

fn phone_key(phone: &str) -> Option<String> {
    let digits = significant_digits(phone);
    let length = digits.len().saturating_sub(2).clamp(PHONE_DIGITS.0, PHONE_DIGITS.1);
    digits.get(digits.len().checked_sub(length)?..).map(String::from)
}

/// The digits of a number without what is dialled at home only, and without an extension.
fn significant_digits(phone: &str) -> String {
    let phone = phone.replace("(0)", "");
    let phone = phone.split(['x', 'X', ';', ',']).next().unwrap_or_default();
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    String::from(digits.trim_start_matches('0'))
}

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Network {
    is_v4: bool,
    first: u128,
    last: u128,
}

impl Network {
    /// `198.51.100.0/24`, or one address.
    pub(super) fn parse(text: &str) -> Option<Network> {
        let text = refang(text);
        let (address, prefix) = text.split_once('/').map_or((text.as_ref(), None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.trim().parse().ok()?;
        let (is_v4, bits) = number(address);
        let width = if is_v4 { 32_u32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.trim().parse::<u32>().ok().filter(|prefix| *prefix <= width)?,
            None => width,
        };
        let host = u128::MAX.checked_shr(128_u32.saturating_sub(width.saturating_sub(prefix))).unwrap_or(0);
        Some(Network { is_v4, first: bits & !host, last: bits | host })
    }

    /// Whether `address` is in it.
    pub(super) fn holds(self, address: IpAddr) -> bool {
        let (is_v4, bits) = number(address);
        is_v4 == self.is_v4 && (self.first..=self.last).contains(&bits)
    }

    /// Whether the two have an address in common.
    fn meets(self, other: Network) -> bool {
        self.is_v4 == other.is_v4 && self.first <= other.last && other.first <= self.last
    }
}

/// An address as a number; one that maps IPv4 is IPv4.
fn number(address: IpAddr) -> (bool, u128) {
    match address.to_canonical() {
        IpAddr::V4(address) => (true, u128::from(u32::from(address))),
        IpAddr::V6(address) => (false, u128::from(address)),
    }
}

/// An [`OwnList`] made ready for comparing many values.
pub(super) struct Own {
    domains: BTreeSet<String>,
    names: BTreeSet<String>,
    phones: BTreeSet<String>,
    networks: Vec<Network>,
}

impl Own {
    pub(super) fn new(list: &OwnList) -> Own {
        Own {
            domains: list.normal_domains(),
            names: list.normal_names(),
            phones: list.phone_keys(),
            networks: list.normal_networks(),
        }
    }

    /// Whether `host`, in normal form, is an own domain or a name under one. Looks up each of its parent names.
    pub(super) fn has_host(&self, host: &str) -> bool {
        let mut rest = Some(host).filter(|_| !self.domains.is_empty());
        while let Some(name) = rest {
            if self.domains.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        false
    }

    /// Whether `address`, in normal form, is on the list, its tag left out.
    pub(super) fn has_address(&self, address: &str) -> bool {
        let untagged = || {
            let (local, host) = address.rsplit_once('@')?;
            let (local, _) = local.split_once('+')?;
            Some(self.names.contains(&[local, host].join("@")))
        };
        self.names.contains(address) || untagged() == Some(true)
    }

    /// Whether a telephone number is on the list, with or without its country's number.
    pub(super) fn has_phone(&self, phone: &str) -> bool {
        let digits = significant_digits(phone);
        let end = |length: usize| digits.get(digits.len().checked_sub(length)?..);
        (PHONE_DIGITS.0..=PHONE_DIGITS.1).filter_map(end).any(|end| self.phones.contains(end))
    }

    /// Whether an address or block touches an own network.
    pub(super) fn has_network(&self, block: &str) -> bool {
        !self.networks.is_empty()
            && Network::parse(block).is_some_and(|block| self.networks.iter().any(|own| own.meets(block)))
    }

    /// The own domains.
    pub(super) fn domains(&self) -> &BTreeSet<String> {
        &self.domains
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn telephone_numbers_are_the_same_at_home_and_abroad() {
        let own = Own::new(&OwnList {
            phones: vec![
                "(202) 555-0143".to_string(),
                "+49 30 901820".to_string(),
                "020 7946 0958".to_string(),
            ],
            ..OwnList::default()
        });
        for phone in ["+12025550143", "+4930901820", "+442079460958", "030/901820", "+44 (0)20 7946 0958"] {
            assert!(own.has_phone(phone), "{phone}");
        }
        for phone in ["+12025550144", "+493090182", "55143", ""] {
            assert!(!own.has_phone(phone), "{phone}");
        }
    }

    #[test]
    fn brackets_of_any_width_part_a_word() {
        let own = OwnList { words: vec!["Lakeview ＜field office＞".to_string()], ..OwnList::default() };
        assert_eq!(own.normal_words(), ["lakeview", "field office"].map(String::from).into());
    }

    #[test]
    fn networks_hold_what_touches_them() {
        let own = Own::new(&OwnList {
            networks: vec![
                "185.174.101.0/24".to_string(),
                "2a02:6b8::/32".to_string(),
                "9.9.9.9".to_string(),
                "x".into(),
            ],
            ..OwnList::default()
        });
        for block in
            ["185.174.101.13", "185.174.0.0/16", "185.174.101.128/25", "2a02:6b8::1", "::ffff:9.9.9.9"]
        {
            assert!(own.has_network(block), "{block}");
        }
        for block in ["185.174.102.0", "185.174.100.0/24", "2a02:6b9::1", "9.9.9.8", "nothing"] {
            assert!(!own.has_network(block), "{block}");
        }
        assert!(Network::parse("0.0.0.0/0").is_some_and(|all| all.holds(IpAddr::from([1, 2, 3, 4]))));
    }
}
