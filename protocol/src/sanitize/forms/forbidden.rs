//! The strings that must not leave, and how a text holds them.
//!
//! Decides for the rules where a forbidden string stands, by undoing encodings and looking at what comes out.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::encoded::{Form, readings};
use crate::indicator::{Refanged, trim_wrappers};
use crate::sanitize::own::OwnList;

/// The strings of an own list, ready for searching.
pub(in crate::sanitize) struct Forbidden {
    domains: BTreeSet<String>,
    /// Letters and digits only.
    names: BTreeSet<String>,
}

impl Forbidden {
    pub(in crate::sanitize) fn new(lists: &[&OwnList]) -> Forbidden {
        let mut domains: BTreeSet<String> = lists.iter().flat_map(|list| list.normal_domains()).collect();
        let unicode = |domain: &String| idna::domain_to_unicode(domain).0;
        let also: Vec<String> = domains.iter().map(unicode).collect();
        domains.extend(also);
        let squeeze = |name: &String| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let names = lists.iter().flat_map(|list| list.normal_names());
        let names = names.map(|name| squeeze(&name)).filter(|name| name.chars().count() >= 3).collect();
        Forbidden { domains, names }
    }

    /// How `text` holds one of the strings, if it does.
    pub(in crate::sanitize) fn form_in(&self, text: &str) -> Option<Form> {
        if self.domains.is_empty() && self.names.is_empty() {
            return None;
        }
        readings(text).into_iter().find(|(form, reading)| self.is_in(reading, *form)).map(|(form, _)| form)
    }

    /// The byte ranges of `text`, in order, joined where they overlap, that hold one of the strings in any form.
    pub(in crate::sanitize) fn ranges_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        if self.form_in(text).is_none() {
            return ranges;
        }
        let refanged = Refanged::text(text);
        let mut at = 0_usize;
        for word in refanged.text.split_inclusive(char::is_whitespace) {
            let core = trim_wrappers(word);
            let start = at.saturating_add(word.find(core).unwrap_or(0));
            at = at.saturating_add(word.len());
            if self.form_in(core).is_some() {
                ranges.push(refanged.origin(start..start.saturating_add(core.len())));
            }
        }
        let lower = refanged.text.to_lowercase();
        if lower.len() == refanged.text.len() {
            ranges.extend(self.names_in(&lower).into_iter().map(|range| refanged.origin(range)));
        }
        merged(ranges)
    }

    #[allow(dead_code)]
    /// Which of the parts of a URL (path segments and query values, decoded or not, in their order) hold one of the
    /// strings: alone, as a whole token, or joined with their neighbours.
    pub(in crate::sanitize) fn parts_holding(&self, parts: &[&str]) -> BTreeSet<usize> {
        let holds = |part: &&str| self.form_in(part).is_some() || self.token_is(part);
        let alone = parts.iter().enumerate().filter(|(_, part)| holds(part)).map(|(index, _)| index);
        let mut holding: BTreeSet<usize> = alone.collect();
        for (index, pair) in parts.windows(2).enumerate() {
            let both = [index, index.saturating_add(1)];
            if both.iter().all(|index| !holding.contains(index)) && self.form_in(&pair.concat()).is_some() {
                holding.extend(both);
            }
        }
        holding
    }

    #[allow(dead_code)]
    /// Whether `token`, a whole part of a URL or a word of a file name, is the local part of a listed address, or a
    /// name as logins shorten it (`a.lee`).
    pub(in crate::sanitize) fn token_is(&self, token: &str) -> bool {
        self.form_in(token).is_some()
    }

    fn is_in(&self, reading: &str, form: Form) -> bool {
        let shortest = if matches!(form, Form::Base64 | Form::Hexadecimal) { 5 } else { 0 };
        let long_enough = |range: &Range<usize>| range.len() >= shortest;
        let mut domains = self.domains.iter().filter(|domain| domain.len() >= shortest);
        domains.any(|domain| has_domain(reading, domain)) || self.names_in(reading).iter().any(long_enough)
    }

    /// Where in lower-case `text` names stand, as byte ranges, unordered.
    fn names_in(&self, text: &str) -> Vec<Range<usize>> {
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

/// The ranges in order, overlapping ones joined.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
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
