//! What is known of a warninglist as a whole.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::indicator::Kind;

/// How the entries of a list are compared, in MISP's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ListKind {
    /// The value is an entry.
    String,
    /// The value holds an entry.
    Substring,
    /// The value's host is an entry or a name under one.
    Hostname,
    /// The address is in a block.
    Cidr,
    /// The value matches a pattern.
    Regex,
}

impl ListKind {
    /// By the name that MISP has for it.
    pub fn named(name: &str) -> Option<ListKind> {
        [ListKind::String, ListKind::Substring, ListKind::Hostname, ListKind::Cidr, ListKind::Regex]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// The name that MISP has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ListKind::String => "string",
            ListKind::Substring => "substring",
            ListKind::Hostname => "hostname",
            ListKind::Cidr => "cidr",
            ListKind::Regex => "regex",
        }
    }
}

/// What a hit means for a value that would leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    /// It is harmless, or many depend on it: it stays home.
    Dropped,
    /// It may still be an attacker's: a person decides.
    Held,
    /// Nothing: the list tells where machines are for rent, and attackers rent them too. Readers are told.
    Told,
}

impl Effect {
    /// The name that the command line prints.
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Dropped => "dropped",
            Effect::Held => "held",
            Effect::Told => "told",
        }
    }
}

/// A warninglist without its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListInfo {
    /// Its name; what a person is shown.
    pub name: String,
    /// What it holds, in its makers' words.
    pub description: String,
    /// The number that its makers raise with each change.
    pub version: u64,
    /// How its entries are compared.
    pub kind: ListKind,
    /// What a hit means.
    pub effect: Effect,
    /// How many of its entries can be used.
    pub entries: u32,
    /// How many cannot.
    pub bad: u32,
    /// The kinds of indicator that it is about: bits in the order of [`Kind::ALL`].
    pub(super) kinds: u32,
}

impl ListInfo {
    /// Whether it says anything about indicators of `kind`.
    pub fn is_about(&self, kind: Kind) -> bool {
        self.kinds & bit(kind) != 0
    }
}

fn bit(kind: Kind) -> u32 {
    let position = Kind::ALL.iter().position(|known| *known == kind);
    position.and_then(|position| u32::try_from(position).ok()).map_or(0, |position| 1_u32 << (position & 31))
}

/// The kinds that MISP's attribute types stand for. A list that names none is about all.
pub(super) fn kinds_of<'a>(attributes: impl Iterator<Item = &'a str>) -> u32 {
    let mut kinds = 0;
    let mut names_any = false;
    for attribute in attributes {
        names_any = true;
        for part in attribute.split('|') {
            for kind in kinds_of_part(part) {
                kinds |= bit(*kind);
            }
        }
    }
    if names_any { kinds } else { u32::MAX }
}

fn kinds_of_part(part: &str) -> &'static [Kind] {
    match part {
        "ALL" => &Kind::ALL,
        "domain" | "hostname" => &[Kind::Domain],
        "ip" | "ip-src" | "ip-dst" => &[Kind::Ipv4, Kind::Ipv6, Kind::Cidr],
        "url" | "uri" | "link" => &[Kind::Url],
        "md5" => &[Kind::Md5],
        "sha1" => &[Kind::Sha1],
        "sha256" => &[Kind::Sha256],
        "sha512" => &[Kind::Sha512],
        "ssdeep" => &[Kind::Ssdeep],
        "tlsh" => &[Kind::Tlsh],
        "filename" | "attachment" | "malware-sample" => &[Kind::Filename],
        "AS" => &[Kind::Asn],
        "user-agent" => &[Kind::UserAgent],
        "phone-number" | "whois-registrant-phone" => &[Kind::Phone],
        "ja3-fingerprint-md5" => &[Kind::Ja3],
        "btc" | "xmr" | "dash" => &[Kind::CryptoAddress],
        "vulnerability" => &[Kind::Cve],
        _ if part.starts_with("x509-fingerprint-") => &[Kind::Certificate],
        _ if part.starts_with("email") || part.ends_with("-email") => &[Kind::Email],
        _ => &[],
    }
}

/// Words in the names of lists of addresses that anybody can rent, one machine at a time.
const FOR_RENT: [&str; 7] = ["amazon aws", "azure", "gcp", "google cloud", "ovh", "vpn", "datacenter"];

/// Words in the names of lists whose entries strangers share or many merely use: shorteners, dynamic DNS, scanners and
/// their like. What is on such a list is no proof of harmlessness.
const SHARED: [&str; 18] = [
    "shorten",
    "dynamic dns",
    "link in bio",
    "living off trusted",
    "ipfs",
    "disposable",
    "universit",
    "parking",
    "sinkhole",
    "security provider",
    "vpn",
    "public dns",
    "scanning",
    "scanner",
    "cloud",
    "azure",
    "tenable",
    "crux",
];

/// Words in the names of lists of blocks that are one owner's alone; on other blocks one address serves many.
const ONE_OWNER: [&str; 14] = [
    "rfc",
    "multicast",
    "link local",
    "link-local",
    "gmail sending",
    "googlebot",
    "gptbot",
    "office 365",
    "windows 10",
    "known apple ip",
    "wikimedia",
    "blockpage",
    "crl and ocsp",
    "smtp receiving",
];

/// What a hit means: by MISP's category (`known` says what something is, not that it is harmless) and by the name.
pub(super) fn effect(name: &str, category: &str, kind: ListKind) -> Effect {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_blocks = kind == ListKind::Cidr;
    if is_blocks && has(&FOR_RENT) {
        Effect::Told
    } else if category == "known" || has(&SHARED) || (is_blocks && !has(&ONE_OWNER)) {
        Effect::Held
    } else {
        Effect::Dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_name_kinds() {
        let kinds = kinds_of(
            ["domain|ip", "ip-dst|port", "x509-fingerprint-sha1", "whois-registrant-email"].into_iter(),
        );
        let expected = [Kind::Domain, Kind::Ipv4, Kind::Ipv6, Kind::Cidr, Kind::Certificate, Kind::Email];
        for kind in Kind::ALL {
            assert_eq!(kinds & bit(kind) != 0, expected.contains(&kind), "{kind:?}");
        }
        assert_eq!(kinds_of(core::iter::empty()), u32::MAX);
        assert_eq!(kinds_of(["azure-application-id"].into_iter()), 0);
    }

    #[test]
    fn a_lists_name_and_category_say_what_a_hit_means() {
        for (name, kind, expected) in [
            ("List of known URL Shorteners domains", ListKind::Hostname, Effect::Held),
            ("List of known dynamic DNS domains", ListKind::Hostname, Effect::Held),
            ("List of known Amazon AWS IP address ranges", ListKind::Cidr, Effect::Told),
            ("Specialized list of vpn-ipv4 addresses", ListKind::Cidr, Effect::Told),
            ("List of known Cloudflare IP ranges", ListKind::Cidr, Effect::Held),
            ("List of RFC 1918 CIDR blocks", ListKind::Cidr, Effect::Dropped),
            ("Top 1000 website from Alexa", ListKind::Hostname, Effect::Dropped),
            ("List of known bank domains", ListKind::Hostname, Effect::Dropped),
            ("List of something new", ListKind::Cidr, Effect::Held),
        ] {
            assert_eq!(effect(name, "", kind), expected, "{name}");
        }
        assert_eq!(effect("Anything", "known", ListKind::String), Effect::Held);
    }
}
