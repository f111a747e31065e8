//! What can stand on the member's own list, and in which form.
//!
//! A word that the sanitizer would not recognise is refused here, so that nobody believes it is watched for.

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::OwnList;

use super::Sanitizer;
use crate::error::is_hidden;

/// The fewest letters and digits of a name that are searched for.
const MIN_NAME_LETTERS: usize = 3;
/// The longest name or mail address, in characters.
const MAX_NAME_CHARS: usize = 254;

impl Sanitizer {
    /// The list as the sanitizer takes it.
    pub fn own_list(&self) -> OwnList {
        OwnList { domains: self.own_domains.clone(), names: self.own_names.clone(), ..OwnList::default() }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{own_domain, own_name};

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
    fn a_name_keeps_its_case_and_loses_its_extra_spaces() {
        assert_eq!(own_name("  Jordan \t Smith ").unwrap(), "Jordan Smith");
        assert_eq!(own_name("jordan@smith2028.example").unwrap(), "jordan@smith2028.example");
        for text in ["", "JS", "...", "Jo\u{202e}rdan", &"x".repeat(255)] {
            assert!(own_name(text).is_err(), "{text}");
        }
    }
}
