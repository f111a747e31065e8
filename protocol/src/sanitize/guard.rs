//! The leak guard: the last look at what would leave.
//!
//! Decides one thing: does any outgoing text hold something of the member's own list, as it is or in a simple encoding?
//! It knows nothing of indicators and rules, so that a mistake there does not pass here too. It changes nothing.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::encoded::{Form, readings};
use super::own::OwnList;

/// Something of the own list in an outgoing text. What it is, is not repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Which of the outgoing texts, from 0.
    pub index: usize,
    /// How it is written there: `as it is`, `percent-encoded`, `in base64` or `in hexadecimal`.
    pub form: &'static str,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outgoing text {} holds something of your own list, {}", self.index, self.form)
    }
}

impl core::error::Error for Leak {}

/// Looks through every text that would leave.
///
/// A domain is found where no letter or digit stands directly before or after it, so `mail.campaign.org`,
/// `campaign.org.evil.net` and `my-campaign.org` all count for `campaign.org`. A name is found as a word or row of words,
/// whatever punctuation or digits stand between or around them. Inside base64 and hexadecimal only strings of five
/// characters and more are looked for: shorter ones stand in any heap of hashes by chance.
///
/// # Errors
/// The first leak; nothing may be sent then.
pub fn guard(outgoing: &[String], own: &OwnList) -> Result<(), Leak> {
    let forbidden = Forbidden::new(own);
    match outgoing.iter().enumerate().find_map(|(index, text)| Some((index, forbidden.form_in(text)?))) {
        None => Ok(()),
        Some((index, form)) => {
            let form = match form {
                Form::Plain => "as it is",
                Form::Percent => "percent-encoded",
                Form::Base64 => "in base64",
                Form::Hexadecimal => "in hexadecimal",
            };
            Err(Leak { index, form })
        }
    }
}

/// The strings of an own list, ready for searching.
pub(super) struct Forbidden {
    domains: BTreeSet<String>,
    /// Letters and digits only.
    names: BTreeSet<String>,
}

impl Forbidden {
    pub(super) fn new(own: &OwnList) -> Forbidden {
        let mut domains = own.normal_domains();
        let unicode = |domain: &String| idna::domain_to_unicode(domain).0;
        let also: Vec<String> = domains.iter().map(unicode).collect();
        domains.extend(also);
        let squeeze = |name: &String| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let names = own.normal_names().iter().map(squeeze).filter(|name| name.chars().count() >= 3).collect();
        Forbidden { domains, names }
    }

    /// How `text` holds one of the strings, if it does.
    pub(super) fn form_in(&self, text: &str) -> Option<Form> {
        if self.domains.is_empty() && self.names.is_empty() {
            return None;
        }
        readings(text).into_iter().find(|(form, reading)| self.is_in(reading, *form)).map(|(form, _)| form)
    }

    fn is_in(&self, reading: &str, form: Form) -> bool {
        let shortest = if matches!(form, Form::Base64 | Form::Hexadecimal) { 5 } else { 0 };
        let long_enough = |range: &Range<usize>| range.len() >= shortest;
        let mut domains = self.domains.iter().filter(|domain| domain.len() >= shortest);
        domains.any(|domain| has_domain(reading, domain)) || self.names_in(reading).iter().any(long_enough)
    }

    /// Where in lower-case `text` names stand, as byte ranges, unordered.
    pub(super) fn names_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        if self.names.is_empty() {
            return ranges;
        }
        let squeezed = Squeezed::new(text);
        for name in &self.names {
            ranges.extend(squeezed.text.match_indices(name.as_str()).filter_map(|(at, _)| {
                squeezed.range(at, at.saturating_add(name.len())).filter(|range| is_word(text, range))
            }));
        }
        ranges
    }
}

fn has_domain(reading: &str, domain: &str) -> bool {
    reading.match_indices(domain).any(|(at, _)| {
        let before = reading.get(..at).and_then(|head| head.chars().next_back());
        let after = reading.get(at.saturating_add(domain.len())..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn is_word(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|tail| tail.chars().next());
    !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
}

/// The letters and digits of a text, and where each stood. Blanks and punctuation are left out; anything else, such as
/// the rubble of bytes that were no text, keeps its place, so that no name is read across it.
struct Squeezed {
    text: String,
    /// For each byte of `text`, the start and end of its character in the original.
    origins: Vec<(usize, usize)>,
}

impl Squeezed {
    fn new(original: &str) -> Squeezed {
        let mut squeezed = Squeezed { text: String::with_capacity(original.len()), origins: Vec::new() };
        let is_gap = |c: char| {
            c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{203a}' | '·')
        };
        for (start, character) in original.char_indices().filter(|(_, c)| !is_gap(*c)) {
            squeezed.text.push(character);
            let origin = (start, start.saturating_add(character.len_utf8()));
            squeezed.origins.extend(core::iter::repeat_n(origin, character.len_utf8()));
        }
        squeezed
    }

    fn range(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let (first, _) = self.origins.get(start)?;
        let (_, last) = self.origins.get(end.checked_sub(1)?)?;
        Some(*first..*last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn own() -> OwnList {
        OwnList {
            domains: vec!["Campaign.org".to_string(), "wähl-mich.de".to_string()],
            names: vec!["Anna  Maria Lee".to_string(), "x".to_string()],
        }
    }

    #[test]
    fn whatever_holds_an_own_string_is_stopped() {
        for text in [
            "mail.CAMPAIGN.org",
            "campaign[.]org",
            "http://campaign.org.evil.net/",
            "my-campaign.org",
            "campaign%2Eorg",
            "c=Y2FtcGFpZ24ub3Jn",
            "63616d706169676e2e6f7267",
            "xn--whl-mich-0za.de",
            "WÄHL-MICH.DE",
            "anna-maria_lee@webmail.net",
            "AnnaMariaLee2026.docx",
            "for Anna, Maria Lee",
        ] {
            assert!(guard(&[text.to_string()], &own()).is_err(), "{text}");
        }
    }

    #[test]
    fn other_peoples_names_pass() {
        let texts = [
            "supercampaign.org",
            "campaign.organic",
            "campaign.com",
            "joanna maria lee",
            "x",
            "d=Y2FtcGFpZ24=",
        ];
        assert_eq!(guard(&texts.map(ToString::to_string), &own()), Ok(()));
        assert_eq!(guard(&["campaign.org".to_string()], &OwnList::default()), Ok(()));
    }
}
