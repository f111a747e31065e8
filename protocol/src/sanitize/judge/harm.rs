//! Rules about meaning and harm: what names nothing outside, what every computer has, what others depend on.

use core::net::IpAddr;

use super::Sanitizer;
use crate::indicator::Kind;
use crate::sanitize::origin::Candidate;
use crate::sanitize::rules::{EMPTY_FILE, EVERYDAY_FILE, PUBLIC_RESOLVER, Rule};
use crate::sanitize::url_parts::UrlParts;
use crate::sanitize::{reserved, special};

impl Sanitizer<'_> {
    pub(super) fn by_whom_it_harms(&self, candidate: &Candidate) -> Option<Rule> {
        let value = candidate.indicator.value();
        match candidate.indicator.kind() {
            Kind::Ipv4 | Kind::Ipv6 => value.parse().ok().and_then(address_rule),
            Kind::Cidr => {
                let (first, prefix) = value.split_once('/')?;
                reserved::block(first.parse().ok()?, prefix.parse().ok()?)
            }
            Kind::Domain => special::whole_name(value),
            Kind::Url => {
                let parts = UrlParts::split(value)?;
                if let Ok(host) = parts.bare_host().parse::<IpAddr>() {
                    return address_rule(host);
                }
                if parts.is_whole_site() {
                    special::whole_name(parts.host)
                } else {
                    special::name(parts.host)
                }
            }
            Kind::Email => special::name(value.rsplit_once('@')?.1),
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
