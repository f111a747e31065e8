//! What becomes of each indicator before it may leave.
//!
//! Decides by the table in `rules`: kept, masked, dropped or held. Never looks anything up and never asks a person.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use super::guard::Forbidden;
use super::own::{Own, OwnList};
use super::rules::{
    CREDENTIALS, ChangeKind, EMPTY_FILE, EVERYDAY_FILE, OWN_DOMAIN, OWN_EMAIL, OWN_INSIDE, OWN_TOKEN,
    OWN_URL, PUBLIC_RESOLVER, RECIPIENT_TOKEN, Rule,
};
use super::url_parts::{UrlParts, holds_address};
use super::{reserved, special};
use crate::indicator::{Indicator, Kind};

/// What happened to one candidate, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Masked, dropped or held.
    pub kind: ChangeKind,
    /// The number of the rule in [`RULES`](super::RULES).
    pub rule: u16,
    /// The rule's reason, in plain words.
    pub reason: &'static str,
    /// The value as it came. It stays home.
    pub before: String,
    /// The value that leaves instead, if it was masked.
    pub after: Option<String>,
}

impl Change {
    pub(super) fn new(rule: Rule, before: String, after: Option<String>) -> Change {
        Change { kind: rule.kind, rule: rule.number, reason: rule.reason, before, after }
    }
}

/// What may leave, and what became of the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The indicators that may leave, masked where needed, each once, in the order they came.
    pub kept: Vec<Indicator>,
    /// Every change, in the order the candidates came.
    pub changed: Vec<Change>,
}

/// Judges every candidate. Whatever is kept passes [`guard`](super::guard) with the same list.
pub fn decide(candidates: impl IntoIterator<Item = Indicator>, own: &OwnList) -> Decision {
    let judge = Judge { own: Own::new(own), forbidden: Forbidden::new(own) };
    let mut decision = Decision::default();
    let mut seen: BTreeSet<Indicator> = BTreeSet::new();
    let mut kept: BTreeSet<Indicator> = BTreeSet::new();
    for candidate in candidates {
        if !seen.insert(candidate.clone()) {
            continue;
        }
        if let Some(indicator) = judge.judge(candidate, &mut decision.changed)
            && kept.insert(indicator.clone())
        {
            decision.kept.push(indicator);
        }
    }
    decision
}

struct Judge {
    own: Own,
    forbidden: Forbidden,
}

impl Judge {
    fn judge(&self, candidate: Indicator, changed: &mut Vec<Change>) -> Option<Indicator> {
        if let Some(rule) = self.refusal(&candidate) {
            changed.push(Change::new(rule, candidate.value().to_string(), None));
            return None;
        }
        let kept = if candidate.kind() == Kind::Url { self.masked(candidate, changed) } else { candidate };
        if self.forbidden.form_in(kept.value()).is_some() {
            changed.push(Change::new(OWN_INSIDE, kept.value().to_string(), None));
            return None;
        }
        Some(kept)
    }

    /// The rule that keeps the whole candidate home.
    fn refusal(&self, candidate: &Indicator) -> Option<Rule> {
        let value = candidate.value();
        match candidate.kind() {
            Kind::Ipv4 | Kind::Ipv6 => address(value),
            Kind::Cidr => {
                let (first, prefix) = value.split_once('/')?;
                reserved::block(first.parse().ok()?, prefix.parse().ok()?)
            }
            Kind::Domain if self.own.has_host(value) => Some(OWN_DOMAIN),
            Kind::Domain => special::whole_name(value),
            Kind::Url => self.url(value),
            Kind::Email => {
                let (_, host) = value.rsplit_once('@')?;
                let is_own = self.own.has_host(host) || self.own.has_address(value);
                if is_own { Some(OWN_EMAIL) } else { special::name(host) }
            }
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => {
                EMPTY_HASHES.iter().any(|empty| value.starts_with(empty)).then_some(EMPTY_FILE)
            }
            Kind::Filename => {
                let lower = value.to_lowercase();
                EVERYDAY_FILES.contains(&lower.as_str()).then_some(EVERYDAY_FILE)
            }
            Kind::Asn => reserved::autonomous_system(value.strip_prefix("AS")?.parse().ok()?),
            _ => None,
        }
    }

    fn url(&self, value: &str) -> Option<Rule> {
        let parts = UrlParts::split(value)?;
        if let Ok(host) = parts.bare_host().parse::<IpAddr>() {
            return address_rule(host);
        }
        if self.own.has_host(parts.host) {
            return Some(OWN_URL);
        }
        if parts.is_whole_site() { special::whole_name(parts.host) } else { special::name(parts.host) }
    }

    /// The URL without what names a person or the member: user names, own strings and mail addresses in its parts.
    fn masked(&self, url: Indicator, changed: &mut Vec<Change>) -> Indicator {
        let Some(parts) = UrlParts::split(url.value()) else { return url };
        let mut rules: BTreeSet<u16> = BTreeSet::new();
        let rewritten = parts.rewrite(|part| {
            let rule = if self.forbidden.form_in(part).is_some() {
                OWN_TOKEN
            } else if holds_address(part) {
                RECIPIENT_TOKEN
            } else {
                return false;
            };
            rules.insert(rule.number);
            true
        });
        if parts.user.is_some() {
            rules.insert(CREDENTIALS.number);
        }
        // The first rule in the order of the table names the change; the value after it shows all of it.
        let rule =
            [OWN_TOKEN, CREDENTIALS, RECIPIENT_TOKEN].into_iter().find(|rule| rules.contains(&rule.number));
        match (rule, Indicator::parse(Kind::Url, &rewritten)) {
            (Some(rule), Ok(masked)) => {
                changed.push(Change::new(rule, url.value().to_string(), Some(masked.value().to_string())));
                masked
            }
            _ => url,
        }
    }
}

fn address(value: &str) -> Option<Rule> {
    value.parse().ok().and_then(address_rule)
}

fn address_rule(address: IpAddr) -> Option<Rule> {
    let is_resolver = PUBLIC_RESOLVERS.iter().any(|known| known.parse() == Ok(address));
    reserved::address(address).or(is_resolver.then_some(PUBLIC_RESOLVER))
}

/// Cloudflare, Google, Quad9, OpenDNS, AdGuard, Level 3: blocking one takes names from whole houses.
const PUBLIC_RESOLVERS: [&str; 20] = [
    "1.1.1.1",
    "1.0.0.1",
    "1.1.1.2",
    "1.1.1.3",
    "8.8.8.8",
    "8.8.4.4",
    "9.9.9.9",
    "149.112.112.112",
    "208.67.222.222",
    "208.67.220.220",
    "94.140.14.14",
    "94.140.15.15",
    "4.2.2.1",
    "4.2.2.2",
    "2606:4700:4700::1111",
    "2606:4700:4700::1001",
    "2001:4860:4860::8888",
    "2001:4860:4860::8844",
    "2620:fe::fe",
    "2620:fe::9",
];

/// MD5, SHA-1, SHA-256 and the first half of SHA-512 of nothing.
const EMPTY_HASHES: [&str; 4] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce",
];

/// Names on every Windows, macOS or Linux computer, in lower case.
const EVERYDAY_FILES: [&str; 30] = [
    "svchost.exe",
    "explorer.exe",
    "cmd.exe",
    "powershell.exe",
    "pwsh.exe",
    "rundll32.exe",
    "regsvr32.exe",
    "mshta.exe",
    "wscript.exe",
    "cscript.exe",
    "msiexec.exe",
    "services.exe",
    "lsass.exe",
    "winlogon.exe",
    "csrss.exe",
    "conhost.exe",
    "taskhostw.exe",
    "schtasks.exe",
    "winword.exe",
    "excel.exe",
    "outlook.exe",
    "chrome.exe",
    "firefox.exe",
    "msedge.exe",
    "kernel32.dll",
    "ntdll.dll",
    "user32.dll",
    "setup.exe",
    "readme.txt",
    "bash",
];
