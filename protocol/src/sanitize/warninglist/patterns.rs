//! Entries that are looked for inside a value: substrings, and regular expressions in the spelling of PHP.
//!
//! Both are matched in time linear in the value. A pattern that the `regex` crate cannot express (look-around, back
//! references) or that would need too much memory is refused, never approximated.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Regex, RegexBuilder};

/// Bounds the automaton of all substrings to some ten megabytes.
pub(super) const MAX_SUBSTRING_BYTES: usize = 512 * 1024;
/// A shorter one would be inside everything.
pub(super) const MIN_SUBSTRING_BYTES: usize = 3;
pub(super) const MAX_REGEXES: usize = 256;
const MAX_REGEX_CHARS: usize = 1024;
const MAX_COMPILED_BYTES: usize = 128 * 1024;

/// Looked-for parts, each with the number of its list.
#[derive(Clone, Default)]
pub(super) struct Patterns {
    /// In lower case.
    pub(super) substrings: Vec<(String, u16)>,
    /// As the list has them.
    pub(super) regexes: Vec<(String, u16)>,
    finder: Option<AhoCorasick>,
    compiled: Vec<(Regex, u16)>,
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patterns({} substrings, {} regexes)", self.substrings.len(), self.regexes.len())
    }
}

impl Patterns {
    /// `None` when a regular expression is not usable; a caller has tried each before.
    pub(super) fn new(substrings: Vec<(String, u16)>, regexes: Vec<(String, u16)>) -> Option<Patterns> {
        let bytes: usize = substrings.iter().map(|(text, _)| text.len()).sum();
        if bytes > MAX_SUBSTRING_BYTES || regexes.len() > MAX_REGEXES {
            return None;
        }
        let finder = if substrings.is_empty() {
            None
        } else {
            let mut builder = AhoCorasick::builder();
            let builder = builder.kind(Some(AhoCorasickKind::ContiguousNFA));
            Some(builder.build(substrings.iter().map(|(text, _)| text)).ok()?)
        };
        let compiled: Option<Vec<(Regex, u16)>> =
            regexes.iter().map(|(text, list)| Some((regex(text)?, *list))).collect();
        Some(Patterns { substrings, regexes, finder, compiled: compiled? })
    }

    /// The lists with an entry inside `value` (given in lower case too), perhaps several times. Only lists that
    /// `is_about` says yes to are looked at.
    pub(super) fn find(&self, value: &str, lower: &str, is_about: impl Fn(u16) -> bool) -> Vec<u16> {
        // A value is at most 32 KiB; more than this many hits say no more than these.
        const MOST: usize = 64;
        let inside = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(lower).take(MOST));
        let inside = inside
            .filter_map(|found| self.substrings.get(found.pattern().as_usize()).map(|(_, list)| *list))
            .filter(|list| is_about(*list));
        let tried = self.compiled.iter().filter(|(_, list)| is_about(*list));
        let matching = tried.filter(|(regex, _)| regex.is_match(value)).map(|(_, list)| *list);
        inside.chain(matching).collect()
    }
}

/// A regular expression out of `/pattern/flags`, or without delimiters. `None` when it cannot be used; one that matches
/// the empty text matches everything and cannot be used either.
pub(super) fn regex(text: &str) -> Option<Regex> {
    if text.chars().count() > MAX_REGEX_CHARS {
        return None;
    }
    let delimiter = text.chars().next().filter(|c| matches!(c, '/' | '#' | '~' | '@' | '%' | '!'));
    let (pattern, flags) = match delimiter.and_then(|delimiter| text.get(1..)?.rsplit_once(delimiter)) {
        Some((pattern, flags)) if flags.chars().all(|flag| flag.is_ascii_lowercase() || flag == 'D') => {
            (pattern, flags)
        }
        _ => (text, ""),
    };
    let escaped = delimiter.map(|delimiter| alloc::format!("\\{delimiter}"));
    let pattern = match (&escaped, delimiter) {
        (Some(escaped), Some(delimiter)) => pattern.replace(escaped, &delimiter.to_string()),
        _ => pattern.to_string(),
    };
    let regex = RegexBuilder::new(&pattern)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build()
        .ok()?;
    (!regex.is_match("")).then_some(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_come_in_the_spelling_of_php() {
        let matches = |pattern: &str, value: &str| regex(pattern).map(|regex| regex.is_match(value));
        assert_eq!(matches("/^(security|abuse)\\@.*\\..*$/i", "Abuse@evil.ru"), Some(true));
        assert_eq!(matches("/^(security|abuse)\\@.*\\..*$/", "Abuse@evil.ru"), Some(false));
        assert_eq!(matches("#^https?://a/#", "https://a/b"), Some(true));
        assert_eq!(matches("/^a\\/b$/", "a/b"), Some(true));
        assert_eq!(matches("55501[0-9]{2}", "+15550023"), Some(false));
        assert_eq!(matches("^\\+1555", "+15550123"), Some(true));
        for unusable in ["/(?=x)y/", "/(a)\\1/", "/a*/", "/(/", "", "/((a{1000}){1000}){1000}/"] {
            assert!(regex(unusable).is_none(), "{unusable}");
        }
    }
}
