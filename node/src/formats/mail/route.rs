//! The way a mail came, from its `Received` lines: which server handed it over to the reporter's side.
//!
//! Walks from the newest line down. What the reporter's own servers and mail services wrote is theirs; the first server
//! from outside is the handover; every line below it is the sender's word and counts for nothing.

use std::net::IpAddr;

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{is_mail_service, registrable_domain};

use super::header::Header;
use super::learned::Learned;

/// Lines beyond this are not read; no mail goes through so many servers.
const MAX_LINES: usize = 200;

/// What the `Received` lines tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Route {
    /// The address of the server that handed the mail over.
    pub(super) handover: Option<IpAddr>,
    /// That server belongs to a mail service through which many send: its address says nothing.
    pub(super) is_service: bool,
    /// How many lines the reporter's side wrote, the one about the handover included.
    pub(super) reporter_lines: u32,
    /// How many lines below are the sender's word.
    pub(super) sender_lines: u32,
    /// Hosts and addresses of the reporter's side.
    pub(super) hosts: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
    /// For whom the reporter's side took it.
    pub(super) envelope: Vec<String>,
    /// For whom the lines below say it was.
    pub(super) claimed: Vec<String>,
}

/// One `Received` line.
struct Hop {
    /// What the sending server calls itself.
    helo: Option<String>,
    /// What the receiving server found its name to be.
    found: Option<String>,
    has_from: bool,
    addresses: Vec<IpAddr>,
    by: Option<String>,
    recipients: Vec<String>,
}

/// Reads the `Received` lines of a header.
pub(super) fn read(header: &Header<'_>, learned: &Learned) -> Route {
    let mut route = Route::default();
    let mut is_open = true;
    for field in header.all("received").take(MAX_LINES) {
        let hop = Hop::read(&field.raw_text());
        if !is_open {
            route.sender_lines += 1;
            route.claimed.extend(hop.recipients);
            continue;
        }
        route.reporter_lines += 1;
        route.envelope.extend(hop.recipients.iter().cloned());
        route.hosts.extend(hop.by.clone());
        let host = hop.found.as_deref().or(hop.helo.as_deref()).unwrap_or_default().to_ascii_lowercase();
        if hop.has_from && is_service(&host) && !is_filter(&host) {
            route.is_service = true;
            is_open = false;
        } else if hop.is_inside(&host, learned) {
            route.hosts.extend(hop.found.into_iter().chain(hop.helo));
            route.addresses.extend(hop.addresses);
        } else {
            is_open = false;
            // A stranger that calls itself the reporter is one, and the reporter's own server may be unnamed: not told apart.
            let claims = hop.found.is_none() && learned.has_host(&host);
            route.handover =
                hop.addresses.into_iter().find(|address| is_public(*address)).filter(|_| !claims);
        }
    }
    route
}

impl Hop {
    fn read(line: &str) -> Hop {
        let lower = line.to_ascii_lowercase();
        let word = |word: &str, from: usize| {
            let found = lower.get(from..)?.find(word)? + from;
            let is_start = found == 0 || lower.as_bytes().get(found - 1).is_some_and(u8::is_ascii_whitespace);
            is_start.then_some(found)
        };
        let has_from = lower.starts_with("from ");
        let by = if lower.starts_with("by ") { Some(0) } else { word("by ", 0) };
        let from_part = if has_from { line.get(5..by.unwrap_or(line.len())).unwrap_or_default() } else { "" };
        let by_part = by.and_then(|at| line.get(at + 3..)).unwrap_or_default();
        let mut words = from_part.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']'));
        let helo = words.next().and_then(host);
        // Exim and qmail: `(helo=name)`, `(HELO name)`; others: `(name [address])`.
        let comment = from_part.split_once('(').map_or("", |(_, comment)| comment);
        let first =
            comment.split(|c: char| c.is_whitespace() || matches!(c, ')' | '[')).next().unwrap_or_default();
        let found = (!first.to_ascii_lowercase().starts_with("helo")).then(|| host(first)).flatten();
        let recipients = word("for ", by.unwrap_or(0))
            .and_then(|at| line.get(at + 4..))
            .and_then(|rest| rest.split([';', ' ']).find(|word| !word.is_empty()))
            .map(|word| word.trim_matches(['<', '>', '(', ')', ',']).to_owned())
            .filter(|word| word.contains('@'));
        Hop {
            helo,
            found,
            has_from,
            addresses: addresses(from_part),
            by: by_part.split([' ', ';', '(']).next().and_then(host),
            recipients: recipients.into_iter().collect(),
        }
    }

    /// Whether the sending server is one of the reporter's side too.
    fn is_inside(&self, host: &str, learned: &Learned) -> bool {
        if !self.has_from || is_filter(host) || host == "localhost" {
            return true;
        }
        let public: Vec<&IpAddr> = self.addresses.iter().filter(|address| is_public(**address)).collect();
        if public.is_empty() && !self.addresses.is_empty() {
            return true;
        }
        if self.found.is_some() && learned.has_host(host) {
            return true;
        }
        let by = self.by.as_deref().unwrap_or_default().to_ascii_lowercase();
        let same = registrable_domain(host).is_some_and(|domain| registrable_domain(&by) == Some(domain));
        same || (is_microsoft(host) && is_microsoft(&by))
    }
}

/// A word that is a host's name.
fn host(word: &str) -> Option<String> {
    let word = word.trim_matches(['[', ']', '(', ')', ',', ';']);
    let is_name = word.contains('.') && word.parse::<IpAddr>().is_err();
    if word.eq_ignore_ascii_case("localhost") {
        return Some("localhost".to_owned());
    }
    is_name
        .then(|| Indicator::parse(Kind::Domain, word).ok().map(|domain| domain.value().to_owned()))
        .flatten()
}

fn addresses(text: &str) -> Vec<IpAddr> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '%')));
    let words = words.map(|word| word.split('%').next().unwrap_or_default());
    // `IPv6:2001:db8::1` is cut at the letters that are no digits of an address.
    let mut addresses: Vec<IpAddr> = words
        .filter_map(|word| word.parse().ok().or_else(|| word.trim_start_matches("6:").parse().ok()))
        .collect();
    addresses.truncate(8);
    addresses
}

/// Whether an address can be met on the Internet. The rules look once more, and closer.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || (first == 100 && (64..128).contains(&second)))
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified())
        }
    }
}

fn is_microsoft(host: &str) -> bool {
    ["outlook.com", "office365.com", "office365.us", "exchangelabs.com"]
        .iter()
        .any(|name| is_under(host, name))
}

fn is_under(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Filters that stand before the reporter's own servers.
fn is_filter(host: &str) -> bool {
    FILTERS.iter().any(|name| is_under(host, name))
}

/// Services through which many send, beside those that the rules know.
fn is_service(host: &str) -> bool {
    // Microsoft's servers hand a mail on among themselves; only those that send to others are a sender's.
    SERVICES.iter().any(|name| is_under(host, name)) || (is_mail_service(host) && !is_microsoft(host))
}

const FILTERS: &[&str] = &[
    "pphosted.com",
    "ppe-hosted.com",
    "mimecast.com",
    "mimecast-offshore.com",
    "ess.barracudanetworks.com",
    "barracudanetworks.com",
    "messagelabs.com",
    "iphmx.com",
    "hornetsecurity.com",
    "antispameurope.com",
    "mailcontrol.com",
    "trendmicro.com",
    "trendmicro.eu",
    "sophos.com",
    "fireeyecloud.com",
    "antispamcloud.com",
    "mailspamprotection.com",
    "spamexperts.com",
    "mxlogic.net",
    "mailguard.com.au",
];

const SERVICES: &[&str] = &[
    "outbound.protection.outlook.com",
    "googlemail.com",
    "amazonaws.com",
    "zdsys.com",
    "zendesk.com",
    "salesforce.com",
    "hubspot.com",
    "intercom.io",
    "docusign.net",
    "facebookmail.com",
    "linkedin.com",
    "twitter.com",
    "apple.com",
    "kundenserver.de",
    "perfora.net",
    "secureserver.net",
    "ovh.net",
    "hostedemail.com",
    "emailsrvr.com",
    "messagingengine.com",
    "yandex.net",
    "mailchannels.net",
    "smtp2go.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn route(lines: &[&str]) -> Route {
        let mail: String = lines.iter().map(|line| format!("Received: {line}\r\n")).collect();
        let mut learned = Learned::default();
        learned.address("anna.lee@smith2028.org", true);
        read(&Header::split(mail.as_bytes()).0, &learned)
    }

    #[test]
    fn the_first_server_from_outside_is_the_handover() {
        let route = route(&[
            "from EXCH01.smith.local (10.1.2.3) by EXCH02.smith.local (10.1.2.4) with Microsoft SMTP Server id 15.1",
            "from mx1.smith2028.org (mx1.smith2028.org [203.10.98.7]) by EXCH01.smith.local with ESMTP id 1 for <anna.lee@smith2028.org>; Mon",
            "from relay.ohio-invoices.net (unknown [185.174.101.13]) by mx1.smith2028.org (Postfix) with ESMTP id 2 for <anna.lee@smith2028.org>; Mon",
            "from forged.bank.com (1.2.3.4) by relay.ohio-invoices.net with SMTP for <other@smith2028.org>",
        ]);
        assert_eq!(route.handover, "185.174.101.13".parse().ok());
        assert_eq!((route.reporter_lines, route.sender_lines), (3, 1));
        assert_eq!(
            route.hosts,
            [
                "exch02.smith.local",
                "exch01.smith.local",
                "exch01.smith.local",
                "mx1.smith2028.org",
                "mx1.smith2028.org",
                "mx1.smith2028.org"
            ]
        );
        assert_eq!(route.envelope.len(), 2);
        assert_eq!(route.claimed, ["other@smith2028.org"]);
    }

    #[test]
    fn the_lines_of_a_large_service_are_walked_through() {
        let route = route(&[
            "from DM4PR19MB5929.namprd19.prod.outlook.com (::1) by MN0PR19MB6312.namprd19.prod.outlook.com with HTTPS; Wed",
            "from BN9PR03CA0223.namprd03.prod.outlook.com (2603:10b6:408:f8::18) by DM4PR19MB5929.namprd19.prod.outlook.com (2603:10b6:8:68::16) with Microsoft SMTP Server",
            "from BN1NAM02FT046.eop-nam02.prod.protection.outlook.com (2603:10b6:408:f8:cafe::7a) by BN9PR03CA0223.outlook.office365.com (2603:10b6:408:f8::18) with Microsoft",
            "from relay.ohio-invoices.net (185.174.101.13) by BN1NAM02FT046.mail.protection.outlook.com (10.13.3.181) with Microsoft SMTP Server",
            "from User (unknown [147.78.103.9]) by relay.ohio-invoices.net (Postfix) with SMTP id 6",
        ]);
        assert_eq!(route.handover, "185.174.101.13".parse().ok());
    }

    #[test]
    fn a_filter_is_the_reporters_and_a_service_is_nobodys() {
        let filtered = route(&[
            "from mx0a-0012.pphosted.com (67.231.144.1) by BN8.mail.protection.outlook.com (10.1.1.1) with Microsoft",
            "from relay.ohio-invoices.net (relay.ohio-invoices.net [185.174.101.13]) by mx0a-0012.pphosted.com with ESMTP",
        ]);
        assert_eq!(filtered.handover, "185.174.101.13".parse().ok());
        let sent = route(&[
            "by 2002:a05:7010:1a5:b0:3a1 with SMTP id abc; Mon",
            "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS id x for <anna.lee@smith2028.org>; Mon",
        ]);
        assert_eq!((sent.handover, sent.is_service), (None, true));
    }

    #[test]
    fn a_server_that_only_calls_itself_the_reporters_is_left_open() {
        let route = route(&["from mail.smith2028.org ([185.174.101.13]) by mx.hoster-mail.net with ESMTP"]);
        assert_eq!(route.handover, None);
    }
}
