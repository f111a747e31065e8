//! Rules about meaning and harm: what names nothing outside, what every computer has, what others depend on.
//!
//! Decides by what a value is ([`facts`]) and never by whom it came from. A whole name that many depend on is dropped; a
//! page is judged apart from its host: on a host of strangers' pages the URL leaves and the host does not.

use core::net::IpAddr;

use super::Sanitizer;
use crate::indicator::{Kind, is_public_suffix};
use crate::sanitize::facts::{self, Role};
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{
    CAMPAIGN_PAGE, CAMPAIGN_PLATFORM, CLOUD_SERVICE, EMPTY_FILE, EVERYDAY_FILE, EVERYDAY_PAGE, MAIL_RELAY,
    MAIL_SERVICE, PARTY_SITE, PUBLIC_RESOLVER, Rule, SENDER_BORROWED, SHARED_HOST, SHORTENER, STATED_PAGE,
    TOP_SITE, WHOLE_SERVICE,
};
use crate::sanitize::url_parts::UrlParts;
use crate::sanitize::{reserved, special};

impl Sanitizer<'_> {
    pub(super) fn by_whom_it_harms(&self, candidate: &Candidate) -> Option<Rule> {
        built_in(candidate)
    }
}

/// The rule that the built-in facts have for a candidate.
pub(in crate::sanitize) fn built_in(candidate: &Candidate) -> Option<Rule> {
    let value = candidate.indicator.value();
    match candidate.indicator.kind() {
        Kind::Ipv4 | Kind::Ipv6 => address_rule(value.parse().ok()?, value),
        Kind::Cidr => {
            let (first, prefix) = value.split_once('/')?;
            reserved::block(first.parse().ok()?, prefix.parse().ok()?)
        }
        Kind::Domain => special::name(value).or_else(|| whole_name(value)),
        Kind::Url => {
            let parts = UrlParts::split(value)?;
            let host = parts.bare_host();
            if let Ok(address) = host.parse::<IpAddr>() {
                return address_rule(address, host);
            }
            special::name(host).or_else(|| {
                if parts.is_whole_site() {
                    whole_name(host)
                } else {
                    page(host, parts.path, candidate.origin)
                }
            })
        }
        Kind::Email => {
            let domain = value.rsplit_once('@')?.1;
            special::name(domain).or_else(|| address_at(domain))
        }
        Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => {
            EMPTY_HASHES.iter().any(|empty| value.starts_with(empty)).then_some(EMPTY_FILE)
        }
        Kind::Filename => facts::is_everyday_file(&value.to_lowercase()).then_some(EVERYDAY_FILE),
        Kind::Asn => reserved::autonomous_system(value.strip_prefix("AS")?.parse().ok()?),
        _ => None,
    }
}

fn address_rule(address: IpAddr, text: &str) -> Option<Rule> {
    reserved::address(address).or_else(|| facts::is_resolver(text).then_some(PUBLIC_RESOLVER))
}

/// The rule for a name as a thing to block.
fn whole_name(name: &str) -> Option<Rule> {
    match facts::role(name) {
        Some(Role::Resolver) => Some(PUBLIC_RESOLVER),
        Some(Role::TopSite) => Some(TOP_SITE),
        Some(Role::MailProvider) => Some(MAIL_SERVICE),
        Some(Role::MailService) => Some(MAIL_RELAY),
        Some(Role::SharedHost) => Some(SHARED_HOST),
        Some(Role::SharedName) => Some(WHOLE_SERVICE),
        Some(Role::Shortener) => Some(SHORTENER),
        Some(Role::Cloud) => Some(CLOUD_SERVICE),
        Some(Role::CampaignPlatform) => Some(CAMPAIGN_PLATFORM),
        Some(Role::PublicBody) => Some(PARTY_SITE),
        None => (is_public_suffix(name) && !facts::is_rented_machine(name)).then_some(WHOLE_SERVICE),
    }
}

/// The rule for a page: more than its host.
fn page(host: &str, path: &str, origin: Origin) -> Option<Rule> {
    let is_stated = matches!(origin, Origin::Stated | Origin::Text | Origin::Prose);
    match facts::role(host)? {
        _ if facts::is_redirector(host, path) => None,
        Role::TopSite if facts::has_writers(host) && is_stated => None,
        Role::TopSite | Role::MailProvider if is_stated => Some(STATED_PAGE),
        Role::TopSite | Role::MailProvider => Some(EVERYDAY_PAGE),
        Role::Resolver => Some(PUBLIC_RESOLVER),
        Role::CampaignPlatform => Some(CAMPAIGN_PAGE),
        Role::PublicBody => Some(PARTY_SITE),
        // A link of a mail service leads to the harmful page; the others host it.
        Role::MailService | Role::SharedHost | Role::SharedName | Role::Shortener | Role::Cloud => None,
    }
}

/// The rule for a mail address at `domain`.
fn address_at(domain: &str) -> Option<Rule> {
    (!facts::is_mail_provider(domain) && facts::role(domain).is_some()).then_some(SENDER_BORROWED)
}

/// MD5, SHA-1, SHA-256 and the first half of SHA-512 of nothing.
const EMPTY_HASHES: [&str; 4] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce",
];
