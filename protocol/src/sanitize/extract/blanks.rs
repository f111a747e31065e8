//! Values with blanks in them: only where they fill a place is it clear where they end.

use super::candidate::{Link, Place, What, Zone};
use super::scan::{MAX_WORD_BYTES, Reader};
use super::stretch::Stretch;
use crate::indicator::{Extension, Indicator, Kind, extension, refang};

impl Reader<'_> {
    /// A value that has blanks in it and fills its place. Says whether the stretch is dealt with.
    pub(super) fn with_blanks(&mut self, stretch: &Stretch<'_>) -> bool {
        let text = stretch.text();
        if text.len() > MAX_WORD_BYTES || stretch.zone == Zone::Source {
            return false;
        }
        if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("magnet:")) {
            self.ledger.add(text, "magnet link: no type for it");
            return true;
        }
        let kind = if text.starts_with("Mozilla/") {
            Kind::UserAgent
        } else if text.starts_with('+') && text.bytes().all(|b| b.is_ascii_digit() || b" +-().".contains(&b))
        {
            Kind::Phone
        } else if is_file_with_blanks(text, stretch.place) {
            Kind::Filename
        } else if [" dot ", " DOT ", " Dot "].iter().any(|dot| text.contains(dot)) {
            return self.spelled_out(stretch);
        } else {
            return false;
        };
        match Indicator::parse(kind, text) {
            Ok(file) if kind == Kind::Filename => {
                self.add(stretch, stretch.range.clone(), Link::Plain, What::File(file))
            }
            Ok(value) => self.add(stretch, stretch.range.clone(), Link::Plain, What::Indicator(value)),
            Err(_) => return false,
        }
        true
    }

    /// `anna at evil dot com`, with nothing else around it.
    fn spelled_out(&mut self, stretch: &Stretch<'_>) -> bool {
        let plain = refang(stretch.text());
        if plain.contains(char::is_whitespace) {
            return false;
        }
        let kind = if plain.contains('@') { Kind::Email } else { Kind::Domain };
        match Indicator::parse(kind, &plain) {
            Ok(value) => {
                self.add(stretch, stretch.range.clone(), Link::Defanged, What::Indicator(value));
                true
            }
            Err(_) => false,
        }
    }
}

/// Whether `text`, which fills its place, is a path or a file name with blanks in it.
fn is_file_with_blanks(text: &str, place: Place) -> bool {
    if extension(text) != Some(Extension::Telling) || text.len() > 400 {
        return false;
    }
    if text.contains("//") || text.contains(['<', '>', '"', '@']) {
        return false;
    }
    let first = text.as_bytes();
    let is_path =
        text.starts_with(['%', '/', '~', '$']) || text.starts_with("\\\\") || first.get(1) == Some(&b':');
    let is_path = is_path && text.contains(['/', '\\']);
    // A name with blanks in a cell; a sentence that ends in a file name has one of these words.
    const SENTENCE: [&str; 22] = [
        "that",
        "which",
        "installs",
        "drops",
        "dropped",
        "downloads",
        "downloaded",
        "named",
        "called",
        "is",
        "are",
        "was",
        "executes",
        "loads",
        "loaded",
        "runs",
        "using",
        "via",
        "as",
        "with",
        "into",
        "by",
    ];
    let is_sentence =
        || text.split_whitespace().any(|word| SENTENCE.contains(&word) || word.ends_with([',', ':', ';']));
    let is_name = place == Place::Cell && text.split_whitespace().count() <= 16 && !is_sentence();
    if is_path { !text.contains(", ") } else { is_name && !text.contains(['/', '\\']) }
}
