//! The second reading: with the whole text in view, which candidates are meant.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::Found;
use super::candidate::{Candidate, Link, Place, What, Zone};
use super::ledger::Ledger;
use super::name::EVERYDAY_TYPE;
use super::reference::{is_namespace_host, is_reference_host};
use super::scan::Scan;
use crate::indicator::{Extension, Indicator, Kind, extension};
use crate::sanitize::fingerprint::{Fingerprint, fingerprint};
use crate::sanitize::url_parts::UrlParts;

const LINK: &str = "reference link, not defanged";
const LINK_WITH_WORDS: &str = "reference link with words of its own";
const LINK_TO_RESEARCH: &str = "reference link to a publisher of research, not defanged";
const LINK_IN_REFERENCES: &str = "reference link in a comment or a list of references";
const NAMESPACE: &str = "name of a markup language, not a link";
const CONTACT: &str = "mail address in running text, not defanged: most likely a contact of the report";
const NAME: &str = "domain in running text, not defanged, in a text that defangs";
const SOURCE_CODE: &str = "name in source code";
const RECIPIENT: &str = "recipient in a mail header";
const TRANSPORT: &str = "line of a mail header that the receiving side wrote";

/// Hands over each indicator that is meant, as often as it stands; the rest goes to the ledger.
pub(super) fn found(scan: Scan, ledger: &mut Ledger, mut take: impl FnMut(Found)) {
    let judge = Judge::of(&scan);
    for candidate in scan.candidates.into_iter() {
        let reason = judge.reason_against(&candidate);
        let as_file = judge.is_file(&candidate);
        let span = candidate.span();
        let stands_in_prose = judge.is_in_prose(&candidate);
        let indicator = match candidate.what {
            What::Nothing(nothing) => {
                ledger.add(&nothing.what, nothing.reason);
                continue;
            }
            What::DomainOrFile(domain) if as_file => {
                let is_telling = extension(domain.value()) == Some(Extension::Telling);
                match Indicator::parse(Kind::Filename, domain.value()) {
                    Ok(file) if is_telling => file,
                    _ => {
                        ledger.add(domain.value(), EVERYDAY_TYPE);
                        continue;
                    }
                }
            }
            What::Indicator(indicator) | What::File(indicator) | What::DomainOrFile(indicator) => indicator,
        };
        if let Some(reason) = reason {
            ledger.add(indicator.value(), reason);
        } else {
            let in_prose = stands_in_prose && !judge.meant.contains(&fingerprint(&indicator));
            take(Found { indicator, span, in_prose });
        }
    }
}

/// What the text as a whole says.
struct Judge {
    /// It has headings, tables or listings, and indicators by themselves; or it defangs.
    is_report: bool,
    /// It defangs domains, URLs, addresses or mail addresses.
    defangs: bool,
    /// It has indicators besides links, mail addresses and files.
    has_others: bool,
    prose_blocks: Vec<bool>,
    /// For each block, how many domains and URLs stand by themselves, less how many files.
    balance: Vec<i32>,
    /// For each block, how many of its lines are a value.
    values: Vec<u32>,
    /// The mail addresses that stand by themselves or are defanged, if others do not.
    meant: BTreeSet<Fingerprint>,
}

impl Judge {
    fn of(scan: &Scan) -> Judge {
        let is_network = |kind| {
            matches!(kind, Kind::Domain | Kind::Url | Kind::Email | Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr)
        };
        let defangs = scan.candidates.iter().any(|candidate| {
            candidate.link == Link::Defanged && candidate.what.kind().is_some_and(is_network)
        });
        let stands_out = |candidate: &&Candidate| {
            let kind = candidate.what.kind();
            candidate.place.is_by_itself()
                && kind.is_some_and(|kind| !matches!(kind, Kind::Url | Kind::Email | Kind::Filename))
        };
        let is_hard = |candidate: &Candidate| {
            let kind = candidate.what.kind();
            kind.is_some_and(|kind| !matches!(kind, Kind::Url | Kind::Email | Kind::Filename | Kind::Domain))
        };
        let has_others = scan.candidates.iter().any(|it| is_hard(it) || stands_out(&it));
        let is_report = defangs || (scan.is_marked_up && scan.candidates.iter().any(|it| stands_out(&it)));
        let blocks = scan.prose_blocks.len();
        let mut judge = Judge {
            is_report,
            defangs,
            has_others,
            prose_blocks: scan.prose_blocks.clone(),
            balance: alloc::vec![0; blocks],
            values: alloc::vec![0; blocks],
            meant: BTreeSet::new(),
        };
        for candidate in scan.candidates.iter().filter(|candidate| candidate.place.is_by_itself()) {
            let step = match (&candidate.what, candidate.what.kind()) {
                (What::File(_), _) => -1,
                (_, Some(Kind::Domain | Kind::Url)) => 1,
                _ => 0,
            };
            if let Some(balance) = judge.balance.get_mut(candidate.block()) {
                *balance = balance.saturating_add(step);
            }
            let is_line = candidate.place.fills_line();
            if let Some(values) = judge.values.get_mut(candidate.block()).filter(|_| is_line) {
                *values = values.saturating_add(1);
            }
        }
        if scan.candidates.iter().any(|candidate| judge.is_in_prose(candidate)) {
            let addresses = scan.candidates.iter().filter(|it| it.what.kind() == Some(Kind::Email));
            let meant = addresses.filter(|it| it.zone != Zone::Recipients && !judge.is_in_prose(it));
            judge.meant = meant.filter_map(|it| it.what.indicator().map(fingerprint)).collect();
        }
        judge
    }

    /// Whether what can be a domain or a file is a file: files outnumber domains in its block, or, where it does not fill
    /// a line, domains do not outnumber files.
    fn is_file(&self, candidate: &Candidate) -> bool {
        let balance = self.balance.get(candidate.block()).copied().unwrap_or(0);
        if candidate.place.fills_line() { balance < 0 } else { balance <= 0 }
    }

    /// Why a candidate is not meant, if it is not.
    fn reason_against(&self, candidate: &Candidate) -> Option<&'static str> {
        let indicator = match &candidate.what {
            What::Indicator(indicator) | What::File(indicator) | What::DomainOrFile(indicator) => indicator,
            What::Nothing(..) => return None,
        };
        let kind = indicator.kind();
        let is_name = matches!(kind, Kind::Domain | Kind::Filename | Kind::App);
        match candidate.zone {
            Zone::Recipients if matches!(kind, Kind::Email | Kind::Domain) => return Some(RECIPIENT),
            Zone::Transport => return Some(TRANSPORT),
            Zone::Source if is_name && candidate.link == Link::Plain => return Some(SOURCE_CODE),
            _ => {}
        }
        if candidate.link == Link::AsciiDoc {
            return Some(LINK_WITH_WORDS);
        }
        if candidate.link == Link::Defanged {
            return None;
        }
        if kind == Kind::Url {
            let host = UrlParts::split(indicator.value()).map_or("", |parts| parts.host);
            if is_namespace_host(host) {
                return Some(NAMESPACE);
            }
            if (self.is_report || self.has_others) && is_reference_host(host) {
                return Some(LINK_TO_RESEARCH);
            }
        }
        if !self.is_report {
            return None;
        }
        match kind {
            Kind::Url => self.against_link(candidate),
            Kind::Email if candidate.zone == Zone::Reference || self.is_running(candidate) => Some(CONTACT),
            Kind::Domain if candidate.zone == Zone::Reference => Some(LINK_IN_REFERENCES),
            Kind::Domain if is_reference_host(indicator.value()) => Some(LINK_TO_RESEARCH),
            Kind::Domain if self.defangs && self.is_running(candidate) => Some(NAME),
            _ => None,
        }
    }

    /// Why a plain link in a report is not meant, if it is not.
    fn against_link(&self, candidate: &Candidate) -> Option<&'static str> {
        if candidate.link == Link::Markdown {
            Some(LINK_WITH_WORDS)
        } else if candidate.zone == Zone::Reference {
            Some(LINK_IN_REFERENCES)
        } else if self.is_running(candidate) {
            Some(LINK)
        } else {
            None
        }
    }

    /// Whether it is a mail address in running text that is not defanged.
    fn is_in_prose(&self, candidate: &Candidate) -> bool {
        candidate.what.kind() == Some(Kind::Email)
            && candidate.link == Link::Plain
            && candidate.zone != Zone::Senders
            && self.is_running(candidate)
    }

    /// Whether a value stands in running text: between words, or on a line that continues a sentence. Such a line has
    /// no list mark and is the only value of its block among prose.
    fn is_running(&self, candidate: &Candidate) -> bool {
        let block = candidate.block();
        let continues = || {
            matches!(candidate.place, Place::Line | Place::Label)
                && self.prose_blocks.get(block).copied().unwrap_or(false)
                && self.values.get(block).copied().unwrap_or(0) < 2
        };
        candidate.place == Place::Running || continues()
    }
}
