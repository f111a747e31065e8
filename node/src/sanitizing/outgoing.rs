//! What would leave: one report, or several when one publication cannot hold it.
//!
//! Decides where a long list is cut. It holds no indicator itself, because there may be a million of them.

use std::ops::Range;

use watchfire_protocol::limits::{MAX_INDICATORS_PER_RECORD, MAX_PART_COUNT, MAX_TITLE_CHARS};
use watchfire_protocol::sanitize::Kept;

use crate::control::{IndicatorDoc, PublishDoc};

/// Indicators in one publication: what its parts hold, the head left aside.
const MAX_PER_REPORT: usize = MAX_INDICATORS_PER_RECORD * MAX_PART_COUNT as usize;

/// Bytes of indicators in one publication: what its parts hold even when each wastes as much room as one pattern of the
/// largest size (32 KiB) can make it waste.
const MAX_BYTES_PER_REPORT: usize = 26 * 1024 * MAX_PART_COUNT as usize;

/// Bytes of indicators and of the words around them in a report for named readers, which is one record: what is left
/// beside 32 slots, with room for a step of padding and for what the encoding adds.
const MAX_BYTES_FOR_READERS: usize = 20 * 1024;

/// What an indicator takes in a record beside its value: its kind and its length.
const OVERHEAD_BYTES: usize = 4;

/// What may leave of one input: the leak guard has looked at each text of it.
#[derive(Debug)]
pub struct Outgoing {
    /// Everything but the indicators; the title as the person wants it.
    pub head: PublishDoc,
    /// The titles of the publications, in their order: the head's, with ` (2 of 8)` when there are several.
    titles: Vec<String>,
    /// For each publication, which of the kept indicators it has.
    pieces: Vec<Range<usize>>,
}

impl Outgoing {
    pub(super) fn new(head: PublishDoc, kept: &[Kept]) -> Outgoing {
        let pieces = if head.to.is_empty() {
            pieces(kept, MAX_PER_REPORT, MAX_BYTES_PER_REPORT)
        } else {
            let words = head.references.iter().chain(&head.techniques).chain([&head.title, &head.summary]);
            let room = words
                .fold(MAX_BYTES_FOR_READERS, |room, text| room.saturating_sub(text.len() + OVERHEAD_BYTES));
            pieces(kept, MAX_INDICATORS_PER_RECORD, room)
        };
        let count = pieces.len();
        let title = |number: usize| match count {
            1 => head.title.clone(),
            _ => numbered(&head.title, number, count),
        };
        let titles = (1..=count).map(title).collect();
        Outgoing { head, titles, pieces }
    }

    /// The titles of the publications: one each.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Every text that would leave beside the indicators, in the order in which they are shown.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let PublishDoc { summary, references, techniques, .. } = &self.head;
        let summary = Some(summary).filter(|summary| !summary.is_empty());
        let words = self.titles.iter().chain(summary).chain(references).chain(techniques);
        words.map(String::as_str)
    }

    /// Every text that would leave. `kept` is what the sanitizer kept for this report.
    pub fn texts<'a>(&'a self, kept: &'a [Kept]) -> impl Iterator<Item = &'a str> {
        self.words().chain(kept.iter().map(|kept| kept.indicator.value()))
    }

    /// The reports to sign, one at a time.
    pub fn reports<'a>(&'a self, kept: &'a [Kept]) -> impl ExactSizeIterator<Item = PublishDoc> + 'a {
        self.titles.iter().zip(&self.pieces).map(move |(title, piece)| {
            let kept = kept.get(piece.clone()).unwrap_or_default();
            let indicators = kept.iter().map(|kept| IndicatorDoc::from(&kept.indicator)).collect();
            PublishDoc { title: title.clone(), indicators, ..self.head.clone() }
        })
    }
}

/// The title of one of several publications, cut so that the numbers fit.
fn numbered(title: &str, number: usize, count: usize) -> String {
    let numbers = format!(" ({number} of {count})");
    let room = MAX_TITLE_CHARS.saturating_sub(numbers.len());
    let title: String = title.chars().take(room).collect();
    format!("{}{numbers}", title.trim_end())
}

/// `kept` cut into runs of at most so many indicators and bytes; at least one run.
fn pieces(kept: &[Kept], most: usize, most_bytes: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut bytes) = (0_usize, 0_usize);
    for (index, kept) in kept.iter().enumerate() {
        let size = kept.indicator.value().len() + OVERHEAD_BYTES;
        if index > start && (index - start >= most || bytes + size > most_bytes) {
            pieces.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    pieces.push(start..kept.len());
    pieces
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_protocol::indicator::{Indicator, Kind};
    use watchfire_protocol::sanitize::Kept;

    use super::{numbered, pieces};

    fn kept(count: u32) -> Vec<Kept> {
        let domain = |number| Indicator::parse(Kind::Domain, &format!("n{number:03}.net")).unwrap();
        (0..count).map(|number| Kept { indicator: domain(number), number }).collect()
    }

    #[test]
    fn a_long_list_is_cut_and_nothing_is_lost() {
        assert_eq!(pieces(&kept(5), 2, 1000), [0..2, 2..4, 4..5]);
        assert_eq!(pieces(&kept(5), 100, 24), [0..2, 2..4, 4..5]);
        assert_eq!(pieces(&kept(5), 100, 1), [0..1, 1..2, 2..3, 3..4, 4..5]);
        assert_eq!(pieces(&kept(5), 5, 1000), vec![0..5]);
        assert_eq!(pieces(&kept(0), 5, 1000), vec![0..0]);
    }

    #[test]
    fn a_title_with_its_number_is_no_longer_than_a_title() {
        assert_eq!(numbered("Fake pages", 2, 8), "Fake pages (2 of 8)");
        assert_eq!(numbered(&"x".repeat(200), 2, 8).chars().count(), 200);
    }
}
