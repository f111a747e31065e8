//! What can stand on the member's own list, and in which form.
//!
//! A word that the sanitizer would not recognise is refused here, so that nobody believes it is watched for.

use watchfire_keys::Name;
use watchfire_protocol::indicator::{Indicator, Kind, guess};
use watchfire_protocol::sanitize::OwnList;

use super::Sanitizer;
use crate::error::is_hidden;

/// The fewest letters and digits of a name that are searched for.
const MIN_NAME_LETTERS: usize = 3;
/// The fewest and the most digits of a telephone number (E.164 allows 15; trunk and exit prefixes may come on top).
const MIN_PHONE_DIGITS: usize = 7;
const MAX_PHONE_DIGITS: usize = 18;
/// The longest name or mail address, in characters.
const MAX_NAME_CHARS: usize = 254;

impl Sanitizer {
    /// The list as the sanitizer takes it.
    pub fn own_list(&self) -> OwnList {
        OwnList {
            domains: self.own_domains.clone(),
            names: self.own_names.clone(),
            words: self.own_words.clone(),
            phones: self.own_phones.clone(),
            networks: self.own_networks.clone(),
        }
    }

    /// Adds what is not there yet: domains and names in their forms.
    pub fn add(
        &mut self,
        domains: impl IntoIterator<Item = String>,
        names: impl IntoIterator<Item = String>,
    ) {
        add_new(&mut self.own_domains, domains);
        add_new(&mut self.own_names, names);
    }

    /// Adds the member's own name, unless it is too short to be searched for: that one cannot be kept home.
    pub fn add_member(&mut self, name: &Name) {
        add_new(&mut self.own_names, own_name(name.as_str()).ok());
    }
}

fn add_new(list: &mut Vec<String>, values: impl IntoIterator<Item = String>) {
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

/// The normal form of an own domain; an address or a link gives the domain in it. The error completes "`x` ...".
pub fn own_domain(text: &str) -> Result<String, String> {
    let text = text.trim();
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or(host);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Indicator::parse(Kind::Domain, host)
        .map(|domain| domain.value().to_owned())
        .map_err(|fault| format!("is no domain ({fault})"))
}

/// The form of an own name or mail address: single spaces, case as given. The error completes "`x` ...".
pub fn own_name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().filter(|character| character.is_alphanumeric()).count() < MIN_NAME_LETTERS {
        return Err(format!("is too short to search for: {MIN_NAME_LETTERS} letters are needed"));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(format!("is longer than {MAX_NAME_CHARS} characters"));
    }
    if name.chars().any(is_hidden) {
        return Err("holds invisible characters".to_owned());
    }
    Ok(name)
}

/// The form of an own word, which is found as a whole word: like a name. The error completes "`x` ...".
pub fn own_word(text: &str) -> Result<String, String> {
    own_name(text)
}

/// The form of an own telephone number: single spaces, otherwise as given. The error completes "`x` ...".
pub fn own_phone(text: &str) -> Result<String, String> {
    let phone = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let is_mark = |c: char| matches!(c, '+' | '-' | '.' | '/' | '(' | ')' | ' ');
    if !phone.chars().all(|c| c.is_ascii_digit() || is_mark(c)) {
        return Err("is no telephone number (digits, blanks and `+-./()` only)".to_owned());
    }
    if !(MIN_PHONE_DIGITS..=MAX_PHONE_DIGITS).contains(&digits) || phone.len() > 2 * MAX_PHONE_DIGITS {
        return Err(format!(
            "is no telephone number ({MIN_PHONE_DIGITS} to {MAX_PHONE_DIGITS} digits are needed)"
        ));
    }
    Ok(phone)
}

/// The normal form of an own block of addresses; one address is a block too. The error completes "`x` ...".
pub fn own_network(text: &str) -> Result<String, String> {
    let found = guess(text).map(|found| (found.kind(), found.value().to_owned()));
    match found {
        Some((Kind::Ipv4, address)) => Ok(format!("{address}/32")),
        Some((Kind::Ipv6, address)) => Ok(format!("{address}/128")),
        Some((Kind::Cidr, block)) => Ok(block),
        _ => Err("is no address and no block of addresses such as 185.10.20.0/24".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{own_domain, own_name, own_network, own_phone};

    #[test]
    fn a_domain_is_found_in_whatever_was_pasted() {
        for text in [
            "Smith2028.example",
            " smith2028[.]example. ",
            "https://smith2028.example/donate?x=1",
            "@smith2028.example",
            "jordan@smith2028.example",
        ] {
            assert_eq!(own_domain(text).unwrap(), "smith2028.example", "{text}");
        }
        for text in ["", "com", "co.uk", "smith", "two words.example", "192.0.2.1"] {
            assert!(own_domain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_network_is_a_block_and_a_phone_has_enough_digits() {
        assert_eq!(own_network("185.10.20.9").unwrap(), "185.10.20.9/32");
        assert_eq!(own_network(" 185.10.20.9/32").unwrap(), "185.10.20.9/32");
        assert_eq!(own_network("185.10.20.9/24").unwrap(), "185.10.20.0/24");
        assert_eq!(own_network("2a00:1450::1").unwrap(), "2a00:1450::1/128");
        for text in ["", "smith2028.org", "0.0.0.0/0", "185.10.20"] {
            assert!(own_network(text).is_err(), "{text}");
        }
        assert_eq!(own_phone(" (614)  555-0123 ").unwrap(), "(614) 555-0123");
        for text in ["", "911", "614-555-012x", &"1".repeat(19)] {
            assert!(own_phone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_keeps_its_case_and_loses_its_extra_spaces() {
        assert_eq!(own_name("  Jordan \t Smith ").unwrap(), "Jordan Smith");
        assert_eq!(own_name("jordan@smith2028.example").unwrap(), "jordan@smith2028.example");
        for text in ["", "JS", "...", "Jo\u{202e}rdan", &"x".repeat(255)] {
            assert!(own_name(text).is_err(), "{text}");
        }
    }
}
