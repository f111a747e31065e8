//! Prose, lists and tables without structure: indicators by their shape, defanged or not.
//!
//! Decides what the text calls itself (its first heading), its marking and its techniques. What looks like an indicator
//! is decided in `watchfire_protocol::sanitize::extract`.

use watchfire_protocol::indicator::Tlp;
use watchfire_protocol::sanitize::{MAX_TEXT_BYTES, Origin, extract_each};

use super::collect::Collector;
use super::place::Place;
use super::repeated::drop_repeated;
use super::{Format, FormatError, Found, Parsed};

/// How a link to the article that a report accompanies is passed over; such links are kept as references. Other links
/// are not: who wrote them down did not say that they may be handed on.
const PUBLISHER_LINK: &str = "reference link to a publisher of research";
/// How much the extractor shows of what it passes over.
const EXTRACT_SHOWS_CHARS: usize = 160;
/// How many of the things that were passed over for one reason are shown.
const SHOWN_OF_A_GROUP: usize = 3;

/// How much of each of several such things is shown.
const SHOWN_CHARS_OF_MANY: usize = 50;

/// How far down a heading is looked for.
const HEADING_LINES: usize = 20;

/// Reads everything that looks like an indicator.
pub(super) fn read(text: &str) -> Result<Parsed, FormatError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(FormatError::TooLarge { bytes: text.len(), max: MAX_TEXT_BYTES });
    }
    let mut collector = Collector::new(Format::Text);
    collector.title = heading(text).map(str::to_owned);
    if let Some(tlp) = marking(text) {
        collector.mark(tlp);
    }
    if text.contains("ATT&CK") || text.contains("attack.mitre.org") || text.contains("DISARM") {
        collector.techniques_in(text);
    }
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut found: Vec<Found> = Vec::new();
    let passed_over = extract_each(text, |each| {
        let place = Place::Line(lines.line_of(each.span.start));
        let origin = if each.in_prose { Origin::Prose } else { Origin::Text };
        found.push(Found { indicator: each.indicator, place, origin });
    });
    drop_repeated(&mut found);
    collector.keep_all(found)?;
    let mut groups: Vec<Group> = Vec::new();
    for skipped in passed_over {
        // The extractor shows the beginning of what is longer, and half an address is no link.
        if skipped.reason.starts_with(PUBLISHER_LINK) && skipped.what.chars().count() < EXTRACT_SHOWS_CHARS {
            collector.reference(&skipped.what);
        }
        match groups.iter_mut().find(|group| group.reason == skipped.reason) {
            Some(group) => group.add(&skipped.what, skipped.count),
            None => groups.push(Group::new(skipped.reason, &skipped.what, skipped.count)),
        }
    }
    for group in groups {
        collector.attributes(group.count);
        collector.skip_many(&group.shown(), group.count, group.reason);
    }
    Ok(collector.finish())
}

/// What was passed over for one reason. Prose has no types to count by, so some of it is shown instead.
struct Group {
    reason: &'static str,
    shown: Vec<String>,
    /// How many different things.
    different: usize,
    count: u32,
}

impl Group {
    fn new(reason: &'static str, what: &str, count: u32) -> Self {
        let mut group = Group { reason, shown: Vec::new(), different: 0, count: 0 };
        group.add(what, count);
        group
    }

    fn add(&mut self, what: &str, count: u32) {
        self.different = self.different.saturating_add(1);
        self.count = self.count.saturating_add(count);
        if self.shown.len() < SHOWN_OF_A_GROUP {
            self.shown.push(what.to_owned());
        }
    }

    fn shown(&self) -> String {
        let more = self.different.saturating_sub(self.shown.len());
        let each = if self.different > 1 { SHOWN_CHARS_OF_MANY } else { EXTRACT_SHOWS_CHARS };
        let cut = |what: &String| match what.char_indices().nth(each) {
            Some((end, _)) => format!("{}…", what.get(..end).unwrap_or("")),
            None => what.clone(),
        };
        let shown = self.shown.iter().map(cut).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    }
}

/// Counts lines once, as long as the places asked for only go forward.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn line_of(&mut self, offset: usize) -> u32 {
        if let Some(between) = self.text.as_bytes().get(self.at..offset) {
            let ends = between.iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
            self.at = offset;
        }
        self.line
    }
}

/// The first heading of Markdown, AsciiDoc or reStructuredText.
fn heading(text: &str) -> Option<&str> {
    let lines: Vec<&str> = text.lines().take(HEADING_LINES).map(str::trim_end).collect();
    lines.iter().enumerate().find_map(|(index, line)| {
        let marked = line.strip_prefix("= ").or_else(|| line.strip_prefix("# "));
        let ruled = lines.get(index + 1).is_some_and(|next| is_ruling(next, line));
        marked.or(ruled.then_some(*line)).map(str::trim).filter(|title| !title.is_empty())
    })
}

/// `=====` below a line of about that length.
fn is_ruling(ruling: &str, line: &str) -> bool {
    let drawn = |c: char| ruling.len() >= 3 && ruling.chars().all(|r| r == c);
    (drawn('=') || drawn('-'))
        && line.chars().any(char::is_alphabetic)
        && line.chars().count().abs_diff(ruling.chars().count()) <= 2
}

/// The most restrictive `TLP:NAME` that stands in the text.
fn marking(text: &str) -> Option<Tlp> {
    let named = text.match_indices(':').filter_map(|(colon, _)| {
        text.get(colon.checked_sub(3)?..colon).filter(|word| word.eq_ignore_ascii_case("TLP"))?;
        let name = text.get(colon + 1..)?.trim_start_matches([' ', '\t']);
        let end = name.find(|c: char| !(c.is_ascii_alphabetic() || c == '+')).unwrap_or(name.len());
        name.get(..end)?.trim_end_matches('+').parse::<Tlp>().ok()
    });
    named.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_the_usual_markups_are_the_title() {
        assert_eq!(heading(":toc:\n\n= BlackLotus -- IoCs\ntext"), Some("BlackLotus -- IoCs"));
        assert_eq!(heading("Malware Indicators\n==================\n"), Some("Malware Indicators"));
        assert_eq!(heading("evil.com\nbad.com\n"), None);
        assert_eq!(heading("----\nabc\n"), None);
    }

    #[test]
    fn the_strictest_marking_in_the_text_counts() {
        assert_eq!(marking("TLP:GREEN, but below: tlp: amber+strict."), Some(Tlp::AmberStrict));
        assert_eq!(marking("TLP:PURPLE"), None);
        assert_eq!(marking(":é:TLP :green tlp:TLP:Green"), Some(Tlp::Green));
    }

    #[test]
    fn a_group_shows_a_few_and_counts_the_rest() {
        let mut group = Group::new("because", "a", 2);
        for what in ["b", "c", "d", "e"] {
            group.add(what, 1);
        }
        assert_eq!((group.shown().as_str(), group.count), ("a, b, c and 2 more", 6));
    }
}
