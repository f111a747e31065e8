//! One word: a value as a whole, or values between its punctuation.

use super::candidate::{Link, Place, What};
use super::links::tail;
use super::name::{Name, name};
use super::scan::Reader;
use super::shape::{Shape, cve, email, shape};
use super::stretch::Stretch;
use crate::indicator::trim_wrappers;

impl Reader<'_> {
    /// A word that is one value as a whole. Says whether it is dealt with.
    pub(super) fn value(&mut self, word: &Stretch<'_>) -> bool {
        let text = word.text();
        let before = word.refanged.text.get(..word.range.start).unwrap_or_default();
        let defanged = word.refanged.defanged(&word.range);
        let link = if defanged { Link::Defanged } else { Link::Plain };
        if let Some(shape) = shape(text, tail(before), word.place.is_by_itself()) {
            let what = match shape {
                Shape::Indicator(indicator) => What::Indicator(indicator),
                Shape::Nothing(reason) => What::nothing(text, reason),
            };
            self.add(word, word.range.clone(), link, what);
            return true;
        }
        if let Some((indicator, _)) = cve(text) {
            self.add(word, word.range.clone(), link, What::Indicator(indicator));
            return true;
        }
        if text.contains('@') {
            if let Some(email) = email(text, defanged) {
                self.add(word, word.range.clone(), link, What::Indicator(email));
                return true;
            }
            return false;
        }
        if text.contains(|c: char| !is_name_character(c)) {
            // `host/path?query` is one value all the same.
            let is_url =
                text.split_once('/').is_some_and(|(host, _)| !host.contains(|c: char| !is_name_character(c)));
            if !is_url || !matches!(name(text, defanged, word.place), Name::Url(_)) {
                return false;
            }
        }
        self.name(word, text, defanged)
    }

    fn name(&mut self, word: &Stretch<'_>, text: &str, defanged: bool) -> bool {
        if !text.contains(['.', '\\']) || (!defanged && is_code_around(word)) {
            return false;
        }
        let what = match name(text, defanged, word.place) {
            Name::Ordinary => return false,
            Name::Domain(indicator) | Name::Url(indicator) | Name::App(indicator) => {
                What::Indicator(indicator)
            }
            Name::File(indicator) => What::File(indicator),
            Name::DomainOrFile(domain) => What::DomainOrFile(domain),
            Name::Nothing(reason) => What::nothing(text, reason),
        };
        let link = if defanged { Link::Defanged } else { Link::Plain };
        self.add(word, word.range.clone(), link, what);
        true
    }

    /// The parts of a word between punctuation.
    pub(super) fn parts(&mut self, word: &Stretch<'_>) {
        let text = word.text();
        // `a,b` without blanks, as in CSV: each part fills its cell. Other punctuation makes it running text.
        let is_row = text.contains([',', ';']) && word.place.is_by_itself();
        let place = if is_row { Place::Cell } else { Place::Running };
        for part in text.split(|c: char| !is_name_character(c) && c != '@') {
            let part = trim_wrappers(part);
            if part.len() >= 4
                && part.len() < text.len()
                && !self.value(&word.sub(part, place))
                && part.contains(':')
            {
                for piece in part.split(':').map(trim_wrappers).filter(|piece| piece.len() >= 4) {
                    self.value(&word.sub(piece, place));
                }
            }
        }
    }
}

/// What can stand inside a domain, a path or a hash; everything else ends it.
fn is_name_character(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '.' | '-' | '_' | '/' | '\\' | ':' | '%' | '+')
        || (!c.is_ascii() && !c.is_whitespace())
}

/// Whether a name is part of an expression in some programming language.
fn is_code_around(word: &Stretch<'_>) -> bool {
    let text = &word.refanged.text;
    let before = text.get(..word.range.start).unwrap_or_default();
    let after = text.get(word.range.end..).unwrap_or_default();
    before.ends_with(['$', '@', '#', '&'])
        || before.ends_with("->")
        || after.starts_with('(')
        || after.starts_with("->")
}
