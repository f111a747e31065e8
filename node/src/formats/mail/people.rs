//! Who sent a mail and to whom it went, by its header.
//!
//! Decides which of the named are the people of the reporter. A sender writes into `To` what he likes; what the
//! receiving servers noted (`Delivered-To`, `for <...>`) counts more. When in doubt an address is a recipient's.

use std::collections::BTreeSet;

use watchfire_protocol::sanitize::{is_public_mail, registrable_domain};

use super::header::{Field, Header, MAX_FIELDS, MAX_LIST_BYTES, Person};
use super::learned::Learned;
use super::route::Route;
use crate::formats::FormatError;

/// More recipients than this are not read.
const MAX_RECIPIENTS: usize = 2000;

/// Whom a mail says it is from.
const SENDERS: &[&str] = &[
    "from",
    "reply-to",
    "sender",
    "return-path",
    "errors-to",
    "resent-from",
    "resent-sender",
    "resent-reply-to",
    "disposition-notification-to",
    "return-receipt-to",
    "x-sender",
    "x-original-from",
    "x-google-original-from",
];

/// What the receiving side notes about whom a mail was for.
const ENVELOPE: &[&str] = &[
    "delivered-to",
    "x-delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "apparently-to",
    "x-apparently-to",
    "x-rcpt-to",
    "x-receiver",
    "x-forwarded-to",
    "x-ms-exchange-organization-originalenveloperecipients",
    "x-gm-original-to",
];

/// The people of one mail.
#[derive(Default)]
pub(super) struct People {
    /// With the name of the field.
    pub(super) senders: Vec<(String, Person)>,
    pub(super) recipients: Vec<(String, Person)>,
    /// Addresses that the receiving side noted.
    envelope: Vec<String>,
    /// Telephone numbers in the header.
    pub(super) phones: Vec<String>,
    /// Domains that servers noted as the receiving one.
    domains: Vec<String>,
    /// The receiving side found that the mail is from the domain that it names.
    is_authentic: bool,
}

impl People {
    /// # Errors
    /// When there are more recipients than are read: whoever is not read could leave.
    pub(super) fn of(header: &Header<'_>) -> Result<People, FormatError> {
        let too_many = || FormatError::TooMany { what: "recipients", max: MAX_RECIPIENTS };
        if header.is_cut {
            // A recipient may stand in what was not read.
            return Err(FormatError::TooMany { what: "fields in its header", max: MAX_FIELDS });
        }
        let mut people = People::default();
        let mut left = MAX_LIST_BYTES;
        for field in &header.fields {
            let name = field.name();
            if SENDERS.contains(&name.as_str()) {
                let found = field.people().into_iter().take(20);
                people.senders.extend(found.map(|person| (name.clone(), person)));
            } else if is_recipients(&name) {
                left = left.checked_sub(field.len()).ok_or_else(too_many)?;
                let found = people_in(field);
                if ENVELOPE.contains(&name.as_str()) {
                    people.envelope.extend(found.iter().filter_map(|person| person.address.clone()));
                }
                people.recipients.extend(found.into_iter().map(|person| (name.clone(), person)));
                if people.recipients.len() > MAX_RECIPIENTS {
                    return Err(too_many());
                }
            } else if name.contains("phone") || name == "x-fax" {
                people.phones.push(field.text());
            } else if name.ends_with("authentication-results") {
                let text = field.raw_text().to_ascii_lowercase();
                people.domains.extend(after(&text, "rcpttodomain="));
            }
        }
        people.is_authentic = people.is_authentic(header);
        Ok(people)
    }

    /// Whether the receiving side found the mail to be from the domain in `From`.
    fn is_authentic(&self, header: &Header<'_>) -> bool {
        let Some(field) = header.first("authentication-results") else { return false };
        let text = field.raw_text().to_ascii_lowercase();
        let from = self.sender_domains("from");
        let names = |key: &str| after(&text, key).iter().any(|domain| from.contains(&organisation(domain)));
        (text.contains("dmarc=pass") && names("header.from="))
            || (text.contains("dkim=pass") && (names("header.d=") || names("header.i=@")))
            || (text.contains("spf=pass") && (names("smtp.mailfrom=") || names("@")))
    }

    fn sender_domains(&self, field: &str) -> BTreeSet<String> {
        let senders = self.senders.iter().filter(|(name, _)| field.is_empty() || name == field);
        senders.filter_map(|(_, person)| domain_of(person.address.as_deref()?)).collect()
    }

    /// Whether a host belongs to the domain that the mail says it is from.
    pub(super) fn is_senders(&self, host: &str) -> bool {
        self.sender_domains("").contains(&organisation(host))
    }

    /// Names and addresses of the senders, in lower case.
    pub(super) fn sender_words(&self) -> Vec<String> {
        let words = self.senders.iter().flat_map(|(_, person)| [&person.name, &person.address]);
        words.flatten().map(|word| word.to_lowercase()).collect()
    }

    /// Learns who was written to.
    pub(super) fn learn(&self, learned: &mut Learned) {
        for (_, person) in &self.recipients {
            let address = person.address.as_deref().unwrap_or_default();
            if self.is_senders_own(address) {
                continue;
            }
            learned.person(person, true);
        }
        let senders = self.sender_domains("");
        for domain in self.domains.iter().filter(|domain| !senders.contains(&organisation(domain))) {
            learned.address(&format!("postmaster@{domain}"), true);
        }
        self.phones.iter().for_each(|phone| learned.phone(phone));
    }

    /// Learns for whom servers took the mail; what the sender's own servers say counts only for the person.
    pub(super) fn learn_route(&self, route: &Route, learned: &mut Learned) {
        for address in route.envelope.iter().chain(&route.claimed) {
            if !self.is_senders_own(address) {
                learned.address(address, true);
            }
        }
        for host in &route.hosts {
            if learned.has_host(host) || !self.is_senders(host) {
                learned.host(host);
            }
        }
        for address in &route.addresses {
            learned.network(*address);
        }
    }

    /// Notes for whom the receiving side took it.
    pub(super) fn add_envelope(&mut self, route: &Route) {
        self.envelope.extend(route.envelope.iter().cloned());
    }

    /// Whether an address in `To` is the attacker's: he writes to himself and to the victims in blind copy. That is so
    /// only if the receiving side noted other recipients, and found that the mail is truly from that domain; otherwise
    /// somebody feigns a colleague, or the victim itself.
    fn is_senders_own(&self, address: &str) -> bool {
        let Some(domain) = domain_of(address) else { return false };
        let elsewhere = !self.envelope.is_empty()
            && self.envelope.iter().all(|noted| domain_of(noted).is_none_or(|noted| noted != domain));
        let is_same = self.senders.iter().any(|(_, person)| {
            person.address.as_deref().is_some_and(|sender| sender.eq_ignore_ascii_case(address))
        });
        if is_public_mail(&domain) {
            // Only the very same address, because all the world writes from there.
            return is_same && elsewhere;
        }
        elsewhere && self.is_authentic && self.sender_domains("").contains(&domain)
    }
}

/// The registrable domain of an address.
fn domain_of(address: &str) -> Option<String> {
    let (_, domain) = address.trim_matches(['<', '>', ' ']).rsplit_once('@')?;
    (!domain.is_empty()).then(|| organisation(domain))
}

fn organisation(host: &str) -> String {
    let host = host.to_lowercase();
    registrable_domain(&host).map(str::to_owned).unwrap_or(host)
}

/// What follows each `key`, up to the end of a host's name.
fn after(text: &str, key: &str) -> Vec<String> {
    let found = text.match_indices(key).take(20).filter_map(|(at, _)| {
        let rest = text.get(at + key.len()..)?;
        let rest = rest.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | ')')).next()?;
        let host = rest.rsplit('@').next().unwrap_or(rest);
        (!host.is_empty()).then(|| host.to_owned())
    });
    found.collect()
}

fn is_recipients(name: &str) -> bool {
    const OTHERS: [&str; 4] =
        ["in-reply-to", "disposition-notification-options", "x-reply-to", "x-in-reply-to"];
    matches!(
        name,
        "to" | "cc" | "bcc" | "resent-cc" | "resent-bcc" | "x-forwarded-for" | "x-beenthere" | "x-loop"
    ) || ((name.ends_with("-to") || name.contains("recipient") || name.contains("rcpt"))
        && !OTHERS.contains(&name)
        && !name.starts_with("list-"))
}

/// Everybody in a field of recipients: as the parser reads it, and whatever else looks like an address.
fn people_in(field: &Field<'_>) -> Vec<Person> {
    let mut people = field.people();
    let known: BTreeSet<String> =
        people.iter().filter_map(|person| person.address.as_deref().map(str::to_lowercase)).collect();
    let text = field.text();
    people.extend(
        super::addresses_in(&text)
            .filter(|address| !known.contains(&address.to_lowercase()))
            .map(|address| Person { name: None, address: Some(address.to_owned()) }),
    );
    people.retain(|person| {
        person.address.as_deref().is_some_and(|address| address.contains('@')) || person.name.is_some()
    });
    people
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchfire_protocol::sanitize::OwnList;

    fn learned(header: &str) -> OwnList {
        let (header, _) = Header::split(header.as_bytes());
        let mut learned = Learned::default();
        let mut people = People::of(&header).unwrap();
        let route = super::super::route::read(&header, &learned);
        people.add_envelope(&route);
        people.learn(&mut learned);
        people.learn_route(&route, &mut learned);
        learned.into_list()
    }

    #[test]
    fn recipients_stand_in_many_places() {
        for header in [
            "To: =?utf-8?Q?Anna_Lee?= <anna.lee@smith2028.org>\n",
            "Cc: team: Anna Lee <anna.lee@smith2028.org>;\n",
            "Delivered-To: anna.lee@smith2028.org\nTo: \"Anna Lee\" <x@other-victim.org>\n",
            "X-Forwarded-For: anna.lee@smith2028.org other@gmail.com\nTo: Anna Lee\n",
            "X-MS-Exchange-Organization-OriginalEnvelopeRecipients: anna.lee@smith2028.org\nTo: \"Lee, Anna\" <>\n",
            "Received: from a.ohio-invoices.net (185.174.101.13) by mx.hoster-mail.net for <anna.lee@smith2028.org>; x\nTo: Anna Lee <undisclosed>\n",
        ] {
            let list = learned(header);
            assert!(list.names.contains(&"anna.lee@smith2028.org".to_owned()), "{header}: {list:?}");
            assert!(list.domains.contains(&"smith2028.org".to_owned()), "{header}: {list:?}");
            assert!(list.names.iter().any(|name| name == "Anna Lee"), "{header}: {list:?}");
        }
    }

    #[test]
    fn a_mail_in_the_recipients_own_name_still_tells_the_recipient() {
        let list = learned("From: anna.lee@smith2028.org\nTo: anna.lee@smith2028.org\n");
        assert_eq!(list.domains, ["smith2028.org"]);
        let list = learned(
            "From: Boss <boss@smith2028.org>\nTo: anna.lee@smith2028.org\nDelivered-To: 17-a@box.hoster-mail.net\n",
        );
        assert!(list.domains.contains(&"smith2028.org".to_owned()));
    }

    #[test]
    fn an_attacker_who_writes_to_himself_is_no_recipient() {
        let list = learned(
            "Delivered-To: anna.lee@smith2028.org\nAuthentication-Results: mx.hoster-mail.net; dmarc=pass header.from=ohio-invoices.net\nFrom: Billing <b@ohio-invoices.net>\nTo: b@ohio-invoices.net\n",
        );
        assert_eq!(list.domains, ["smith2028.org"]);
        assert!(!list.names.iter().any(|name| name.contains("ohio")));
    }

    #[test]
    fn too_many_recipients_are_refused() {
        let to = vec!["x@smith2028.org"; MAX_RECIPIENTS + 1].join(", ");
        let header = format!("To: {to}\n");
        assert!(People::of(&Header::split(header.as_bytes()).0).is_err());
        let header = format!("To: {}\n", "a".repeat(MAX_LIST_BYTES + 1));
        assert!(People::of(&Header::split(header.as_bytes()).0).is_err());
    }
}
