//! Gathers what a reader finds, so that nothing is lost without being counted.
//!
//! Keeps this promise: `values == indicators + repeated + the counts of skipped`. Every value that a reader comes
//! upon is either offered or skipped, exactly once. A `Skipped` counts by type names; only prose, which has none, shows
//! some of what was passed over.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use watchfire_protocol::indicator::{Indicator, Tlp};
use watchfire_protocol::sanitize::{Fingerprint, Origin, OwnList, fingerprint};

use super::place::{Place, Words};
use super::values::Wanted;
use super::{Format, FormatError, Found, MAX_INDICATORS, Parsed, Skipped, Techniques};

/// How many different skip reasons a file may fill before the rest is counted together.
const MAX_SKIP_REASONS: usize = 64;
/// The longest name of a type or a column that is repeated to a person, or the words for what was passed over in prose.
const MAX_NAME_CHARS: usize = 200;
const MAX_REFERENCES: usize = 32;

/// The reason given for a value that is not what its file says.
pub(super) const NOT_ITS_TYPE: &str = "the value is not of that type";

pub(super) struct Collector {
    format: Format,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    tlp: Option<Tlp>,
    references: Vec<String>,
    techniques: Techniques,
    indicators: Vec<Found>,
    seen: HashSet<Fingerprint>,
    /// The names of columns, once for all the places that have them.
    columns: Vec<Arc<Words>>,
    attributes: u32,
    values: u32,
    repeated: u32,
    skipped: BTreeMap<(String, String), u32>,
    /// Where what is offered next stands.
    pub(super) origin: Origin,
    /// What the file tells of the people it was sent to.
    pub(super) learned: OwnList,
}

impl Collector {
    pub(super) fn new(format: Format) -> Self {
        Collector {
            format,
            title: None,
            summary: None,
            tlp: None,
            references: Vec::new(),
            techniques: Techniques::default(),
            indicators: Vec::new(),
            seen: HashSet::new(),
            columns: Vec::new(),
            attributes: 0,
            values: 0,
            repeated: 0,
            skipped: BTreeMap::new(),
            origin: Origin::Stated,
            learned: OwnList::default(),
        }
    }

    /// Counts the file's own items: attributes, patterns, cells.
    pub(super) fn attributes(&mut self, count: u32) {
        self.attributes = self.attributes.saturating_add(count);
    }

    /// Reads one value and keeps it, or counts it as `what` that is not of its type.
    pub(super) fn value<P: Into<Place>>(
        &mut self,
        wanted: &Wanted,
        raw: &str,
        what: &str,
        place: impl FnOnce() -> P,
    ) -> Result<(), FormatError> {
        match wanted.read(raw) {
            Some(indicator) => self.keep(indicator, place),
            None => {
                self.skip(what, NOT_ITS_TYPE);
                Ok(())
            }
        }
    }

    /// Keeps an indicator unless the file had it before.
    pub(super) fn keep<P: Into<Place>>(
        &mut self,
        indicator: Indicator,
        place: impl FnOnce() -> P,
    ) -> Result<(), FormatError> {
        self.values = self.values.saturating_add(1);
        if !self.seen.insert(fingerprint(&indicator)) {
            self.repeated = self.repeated.saturating_add(1);
            return Ok(());
        }
        if self.indicators.len() >= MAX_INDICATORS {
            return Err(too_many());
        }
        let place = place().into().sharing(&mut self.columns);
        self.indicators.push(Found { indicator, place, origin: self.origin });
        Ok(())
    }

    /// Keeps everything that a file has, each an item of its own; no two are the same.
    pub(super) fn keep_all(&mut self, found: Vec<Found>) -> Result<(), FormatError> {
        if found.len() > MAX_INDICATORS {
            return Err(too_many());
        }
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        self.attributes(count);
        self.values = self.values.saturating_add(count);
        self.indicators = found;
        Ok(())
    }

    /// True for what the file had before.
    pub(super) fn knows(&self, indicator: &Indicator) -> bool {
        self.seen.contains(&fingerprint(indicator))
    }

    /// Counts a value that is not used.
    pub(super) fn skip(&mut self, what: &str, reason: &str) {
        self.skip_many(what, 1, reason);
    }

    /// Counts values that are not used.
    pub(super) fn skip_many(&mut self, what: &str, count: u32, reason: &str) {
        self.values = self.values.saturating_add(count);
        let mut key = (plain_name(what), reason.to_owned());
        if !self.skipped.contains_key(&key) && self.skipped.len() >= MAX_SKIP_REASONS {
            key = ("others".to_owned(), "more kinds of items than are listed".to_owned());
        }
        let counted = self.skipped.entry(key).or_default();
        *counted = counted.saturating_add(count);
    }

    /// The most restrictive marking wins.
    pub(super) fn mark(&mut self, tlp: Tlp) {
        self.tlp = self.tlp.max(Some(tlp));
    }

    /// A link to read more, if it is a plain web address.
    pub(super) fn reference(&mut self, link: &str) {
        let link = link.trim();
        let web = link.starts_with("https://") || link.starts_with("http://");
        let fits = link.len() <= 500 && !link.chars().any(|c| c.is_control() || c.is_whitespace());
        if web && fits && self.references.len() < MAX_REFERENCES && !self.references.iter().any(|r| r == link)
        {
            self.references.push(link.to_owned());
        }
    }

    /// An ATT&CK or DISARM technique named in this text.
    pub(super) fn techniques_in(&mut self, text: &str) {
        self.techniques.take_from(text);
    }

    pub(super) fn finish(self) -> Parsed {
        let skipped =
            self.skipped.into_iter().map(|((what, reason), count)| Skipped { what, count, reason }).collect();
        Parsed {
            format: self.format,
            title: self.title.as_deref().and_then(super::text_field),
            summary: self.summary.as_deref().and_then(super::text_block),
            tlp: self.tlp,
            references: self.references,
            techniques: self.techniques.into_list(),
            indicators: self.indicators,
            attributes: self.attributes,
            values: self.values,
            repeated: self.repeated,
            skipped,
            notes: Vec::new(),
            learned: self.learned,
        }
    }
}

fn too_many() -> FormatError {
    FormatError::TooMany { what: "indicators", max: MAX_INDICATORS }
}

/// A type or column name from a file, fit to be shown: short and without control characters.
pub(super) fn plain_name(name: &str) -> String {
    let shown = |c: &char| !c.is_control() && !crate::error::is_hidden(*c);
    let plain: String = name.trim().chars().filter(shown).take(MAX_NAME_CHARS).collect();
    if plain.is_empty() { "unnamed".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_protocol::indicator::Kind;

    use super::super::{FormatError, MAX_INDICATORS};
    use super::{Collector, Format, Found, Indicator, Origin, Place};

    #[test]
    fn more_indicators_than_a_list_of_a_million_and_a_half_are_refused() {
        let mut collector = Collector::new(Format::Text);
        let indicator = |value: &str| Indicator::parse(Kind::Asn, value).unwrap();
        let found = Found { indicator: indicator("AS1"), place: Place::Line(1), origin: Origin::Text };
        let too_many = |refused| matches!(refused, Err(FormatError::TooMany { what: "indicators", .. }));
        assert!(too_many(collector.keep_all(vec![found.clone(); MAX_INDICATORS + 1])));
        assert_eq!(collector.keep_all(vec![found; MAX_INDICATORS]), Ok(()));
        assert!(too_many(collector.keep(indicator("AS2"), || Place::Line(2))));
    }
}
