//! URLs, and the words that stand for them in AsciiDoc and Markdown.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::candidate::{Link, Place, What};
use super::scan::Reader;
use super::stretch::Stretch;
use crate::indicator::{Indicator, Kind, real_scheme, trim_wrappers};

/// How far around a link the words that stand for it are looked for.
const MAX_LINK_WORDS_BYTES: usize = 300;

impl Reader<'_> {
    /// The URLs in a word, and what stands before the first.
    pub(super) fn urls(&mut self, word: &Stretch<'_>) {
        let text = word.text();
        let mut starts: Vec<usize> = Vec::new();
        for (at, _) in text.match_indices("://") {
            let head = text.get(..at).unwrap_or_default();
            let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '*');
            let start = head.trim_end_matches(is_scheme).len();
            // A URL inside another is part of it; one after a comma is the next of a list.
            let is_next = head.get(..start).is_some_and(|head| head.ends_with([',', ';']));
            if starts.is_empty() || is_next {
                starts.push(start);
            }
        }
        let first = starts.first().copied().unwrap_or(0);
        if let Some(before) = text.get(..first).filter(|before| before.len() >= 4) {
            self.parts(&word.sub(before, Place::Running));
        }
        let place = if first == 0 { word.place } else { Place::Running };
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index.saturating_add(1)).copied().unwrap_or(text.len());
            if let Some(url) = text.get(*start..end) {
                self.url(&word.sub(url, place));
            }
        }
    }

    fn url(&mut self, word: &Stretch<'_>) {
        let text = word.text();
        let bracket = text.find("://").and_then(|at| {
            let after = at.saturating_add(4);
            text.get(after..)?.find('[').map(|found| after.saturating_add(found))
        });
        let (url, words) = match bracket.and_then(|at| Some((at, self.link_words(word, at)?))) {
            Some((at, words)) => {
                self.hide_link_words(word, at);
                (text.get(..at).unwrap_or_default(), Some(words))
            }
            None => (trim_wrappers(text), None),
        };
        let range = word.locate(url);
        let link = if word.refanged.defanged(&range) || real_scheme(url).is_some() {
            Link::Defanged
        } else if words.is_some_and(|words| !words.contains("://")) {
            Link::AsciiDoc
        } else if is_markdown_link(&word.refanged.text, range.start) {
            Link::Markdown
        } else {
            Link::Plain
        };
        // Pasted HTML writes `&` as an entity.
        let value = if url.contains("&amp;") { url.replace("&amp;", "&") } else { url.to_string() };
        match Indicator::parse(Kind::Url, &value) {
            Ok(indicator) => self.add(word, range, link, What::Indicator(indicator)),
            Err(_) => {
                let what = What::nothing(url, "looks like a URL and has no normal form");
                self.add(word, range, link, what);
            }
        }
    }

    /// The words in the brackets that open at `at` of `word`, if they are words: AsciiDoc's `https://...[words]`.
    fn link_words<'a>(&self, word: &'a Stretch<'_>, at: usize) -> Option<&'a str> {
        let start = word.range.start.saturating_add(at).saturating_add(1);
        let rest = word.refanged.text.get(start..)?;
        let mut limit = rest.len().min(MAX_LINK_WORDS_BYTES);
        while !rest.is_char_boundary(limit) {
            limit = limit.saturating_sub(1);
        }
        let words = rest.get(..limit)?.split(']').next()?;
        let after = rest.get(words.len().saturating_add(1)..).unwrap_or_default();
        let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '=' | '&' | '['));
        let is_words = words.chars().any(char::is_alphabetic) && !goes_on;
        is_words.then_some(words)
    }

    /// Leaves out what stands in the brackets that open at `at` of `word`.
    pub(super) fn hide_link_words(&mut self, word: &Stretch<'_>, at: usize) {
        if let Some(words) = self.link_words(word, at) {
            let start = word.range.start.saturating_add(at);
            self.link_words_end = start.saturating_add(words.len());
        }
    }
}

/// Whether the URL at `start` is the target of `[words](url)`.
fn is_markdown_link(line: &str, start: usize) -> bool {
    let Some(words) = line.get(..start).and_then(|before| before.strip_suffix("](")) else { return false };
    let words = tail(words);
    let words = words.rsplit('[').next().unwrap_or_default();
    !words.contains("://")
}

/// The last [`MAX_LINK_WORDS_BYTES`] of `text`.
pub(super) fn tail(text: &str) -> &str {
    let mut start = text.len().saturating_sub(MAX_LINK_WORDS_BYTES);
    while !text.is_char_boundary(start) {
        start = start.saturating_add(1);
    }
    text.get(start..).unwrap_or_default()
}
