//! What a mail tells of the people it was sent to: nothing of it may leave.
//!
//! Decides which words of a name are a person's and which are anybody's (`customer`, `info`). When in doubt a name is
//! learned: the price of one too many is a question to the person, the price of one too few is a leak.

use std::collections::BTreeSet;

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{OwnList, is_public_mail, registrable_domain};

use super::header::Person;
use crate::formats::FormatError;

/// More people than this are not kept apart; such a mail is refused, because whoever is not known could leave.
const MAX_NAMES: usize = 4000;
const MAX_HOSTS: usize = 500;
const MAX_NAME_CHARS: usize = 100;

/// What was learned so far.
#[derive(Default)]
pub(super) struct Learned {
    names: BTreeSet<String>,
    words: BTreeSet<String>,
    domains: BTreeSet<String>,
    phones: BTreeSet<String>,
    networks: BTreeSet<String>,
}

impl Learned {
    /// A person, with the organisation of their address unless `is_domain_theirs` is false.
    pub(super) fn person(&mut self, person: &Person, is_domain_theirs: bool) {
        if let Some(name) = &person.name {
            self.name(name);
        }
        if let Some(address) = &person.address {
            self.address(address, is_domain_theirs);
        }
    }

    /// A mail address. Whatever it is, its text is learned.
    pub(super) fn address(&mut self, address: &str, is_domain_theirs: bool) {
        let address = address.trim().trim_matches(['<', '>', '"', '\'']).to_lowercase();
        let Some((local, domain)) = address.rsplit_once('@') else {
            self.name(&address);
            return;
        };
        if local.is_empty() {
            return;
        }
        self.add_name(&address);
        // `anna.lee+news` is Anna Lee too.
        let plain = local.split('+').next().unwrap_or_default();
        if plain.len() < local.len() {
            self.add_name(&format!("{plain}@{domain}"));
        }
        if plain.chars().count() >= 4 && !is_anybody(plain) {
            self.add_name(plain);
        }
        let parts: Vec<&str> = plain.split(['.', '_', '-']).collect();
        if (2..=3).contains(&parts.len()) {
            parts.into_iter().for_each(|part| self.word(part));
        }
        if is_domain_theirs {
            self.domain(domain);
        }
    }

    /// An organisation's domain, unless it is a provider's where anybody has an address.
    fn domain(&mut self, domain: &str) {
        let Ok(domain) = Indicator::parse(Kind::Domain, domain) else {
            if domain.contains('.') {
                self.domains.insert(domain.to_owned());
            }
            return;
        };
        let whole = registrable_domain(domain.value()).unwrap_or(domain.value());
        if !is_public_mail(whole) && !is_public_mail(domain.value()) {
            self.domains.insert(whole.to_owned());
        }
    }

    /// A person's name as it is written: `Lee, Anna`, `Anna Lee (Finance)`.
    pub(super) fn name(&mut self, name: &str) {
        let name = name.trim().trim_matches(['"', '\'', ' ', ',', ';']);
        if name.contains('@') {
            for word in name.split_whitespace().filter(|word| word.contains('@')) {
                self.address(word.trim_matches(['(', ')', ',', ';', '<', '>']), true);
            }
            return;
        }
        let parts: Vec<&str> =
            name.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.iter().all(|part| is_anybody(part)) {
            return;
        }
        self.add_name(&parts.join(" "));
        if name.contains(',') && parts.len() == 2 {
            let turned: Vec<&str> = parts.iter().rev().copied().collect();
            self.add_name(&turned.join(" "));
        }
        // Two or three words are a person's; more are a department's.
        if (2..=3).contains(&parts.len()) {
            parts.into_iter().for_each(|part| self.word(part));
        }
    }

    /// One word of a name: looked for as a whole word only.
    pub(super) fn word(&mut self, word: &str) {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        let is_name =
            word.chars().count() >= 3 && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-');
        if is_name && !is_anybody(word) && self.words.len() < MAX_NAMES {
            self.words.insert(word.to_lowercase());
        }
    }

    fn add_name(&mut self, name: &str) {
        let name: String = name.chars().take(MAX_NAME_CHARS).collect();
        if name.chars().count() >= 3 {
            self.names.insert(name);
        }
    }

    /// A host on the receiving side, this one name.
    pub(super) fn host(&mut self, host: &str) {
        if self.domains.len() < MAX_HOSTS
            && let Ok(host) = Indicator::parse(Kind::Domain, host)
        {
            self.domains.insert(host.value().to_owned());
        }
    }

    /// An address on the receiving side.
    pub(super) fn network(&mut self, address: std::net::IpAddr) {
        if self.networks.len() < MAX_HOSTS {
            let length = if address.is_ipv4() { 32 } else { 128 };
            self.networks.insert(format!("{address}/{length}"));
        }
    }

    pub(super) fn phone(&mut self, phone: &str) {
        if self.phones.len() < MAX_HOSTS && phone.chars().filter(char::is_ascii_digit).count() >= 7 {
            self.phones.insert(phone.trim().to_owned());
        }
    }

    /// Whether a host in its normal form belongs to a domain that was learned.
    pub(super) fn has_host(&self, host: &str) -> bool {
        self.domains.contains(host)
            || registrable_domain(host).is_some_and(|domain| self.domains.contains(domain))
    }

    /// # Errors
    /// When there are more people than are kept apart.
    pub(super) fn check(&self) -> Result<(), FormatError> {
        match self.names.len() > MAX_NAMES {
            true => Err(FormatError::TooMany { what: "recipients", max: MAX_NAMES }),
            false => Ok(()),
        }
    }

    pub(super) fn into_list(self) -> OwnList {
        OwnList {
            domains: self.domains.into_iter().collect(),
            names: self.names.into_iter().collect(),
            words: self.words.into_iter().collect(),
            phones: self.phones.into_iter().collect(),
            networks: self.networks.into_iter().collect(),
        }
    }
}

/// Words that stand for anybody in the place of a name or before an `@`.
pub(super) fn is_anybody(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    word.is_empty() || word.chars().all(|c| c.is_ascii_digit()) || ANYBODY.contains(&word.as_str())
}

const ANYBODY: &[&str] = &[
    "abuse",
    "account",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "all",
    "amigo",
    "anfrage",
    "any",
    "applicant",
    "approved",
    "beneficiary",
    "billing",
    "booking",
    "bonjour",
    "business",
    "buyer",
    "campaign",
    "candidate",
    "care",
    "clerk",
    "client",
    "clients",
    "client(e)",
    "cliente",
    "colleague",
    "colleagues",
    "contact",
    "customer",
    "customers",
    "damen",
    "dear",
    "department",
    "desk",
    "donate",
    "email",
    "employee",
    "everyone",
    "finance",
    "folks",
    "for",
    "friend",
    "friends",
    "geschäftsführung",
    "good",
    "guest",
    "hello",
    "help",
    "helpdesk",
    "herren",
    "holder",
    "hostmaster",
    "hr",
    "info",
    "information",
    "inbox",
    "jobs",
    "kontakt",
    "kunde",
    "kundin",
    "ladies",
    "legal",
    "list",
    "madam",
    "mail",
    "mailbox",
    "manager",
    "marketing",
    "media",
    "member",
    "members",
    "mesdames",
    "messieurs",
    "morning",
    "newsletter",
    "noreply",
    "office",
    "order",
    "orders",
    "our",
    "owner",
    "partner",
    "partners",
    "patron",
    "payroll",
    "person",
    "post",
    "postmaster",
    "press",
    "recipient",
    "recipients",
    "reception",
    "sales",
    "security",
    "service",
    "services",
    "sir",
    "sirs",
    "staff",
    "student",
    "subscriber",
    "supplier",
    "support",
    "team",
    "test",
    "the",
    "there",
    "undisclosed",
    "unlisted",
    "user",
    "users",
    "username",
    "valued",
    "vendor",
    "voter",
    "webmaster",
    "winner",
    "you",
    "your",
    "zusammen",
    "cher",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(fill: impl FnOnce(&mut Learned)) -> OwnList {
        let mut learned = Learned::default();
        fill(&mut learned);
        learned.into_list()
    }

    #[test]
    fn an_address_tells_a_person_and_an_organisation() {
        let list = learned(|learned| learned.address("Anna.Lee+news@mail.Smith2028.org", true));
        assert_eq!(list.domains, ["smith2028.org"]);
        assert_eq!(list.words, ["anna", "lee"]);
        assert_eq!(
            list.names,
            ["anna.lee", "anna.lee+news@mail.smith2028.org", "anna.lee@mail.smith2028.org"]
        );
    }

    #[test]
    fn a_public_provider_and_a_role_are_nobodys() {
        let list = learned(|learned| learned.address("info@gmail.com", true));
        assert_eq!((list.domains.len(), list.names.as_slice()), (0, &["info@gmail.com".to_owned()][..]));
        assert!(learned(|learned| learned.name("Valued Customer")).names.is_empty());
    }

    #[test]
    fn a_turned_name_is_learned_both_ways() {
        let list = learned(|learned| learned.name("Lee, Anna"));
        assert_eq!(list.names, ["Anna Lee", "Lee Anna"]);
    }
}
