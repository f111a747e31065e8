//! The first reading: every word of a text that may be an indicator, with what its surroundings say.

use alloc::vec::Vec;
use core::ops::Range;

use super::candidate::{Candidate, Link, Place, What, Zone};
use super::layout::{Layout, Line};
use super::ledger::Ledger;
use super::pile::Pile;
use super::reference::is_reference_word;
use super::stretch::Stretch;
use crate::indicator::{Indicator, Kind, Refanged, trim_wrappers};

/// A line longer than this is read in pieces, cut at blanks.
const MAX_PIECE_BYTES: usize = 64 * 1024;

/// No indicator that is read out of text is longer.
pub(super) const MAX_WORD_BYTES: usize = 4096;

/// More candidates than this are not kept: 90 MB of them.
const MAX_CANDIDATES: usize = 1_500_000;

/// What the first reading found.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) candidates: Pile,
    /// Whether the text has headings, tables or listings.
    pub(super) is_marked_up: bool,
    /// For each block, whether it has a line of running words.
    pub(super) prose_blocks: Vec<bool>,
}

impl Scan {
    pub(super) fn read(text: &str, ledger: &mut Ledger) -> Scan {
        let mut layout = Layout::of(text);
        let mut reader = Reader { scan: Scan::default(), ledger, link_words_end: 0 };
        for line in layout.by_ref() {
            reader.scan.prose_blocks.resize(line.block.saturating_add(1), false);
            for piece in pieces(line.text) {
                let start = line.start.saturating_add(piece.start);
                let text = line.text.get(piece).unwrap_or_default();
                let line = Line { text, start, zone: line.zone, block: line.block };
                reader.piece(&line);
            }
        }
        for _ in 0..layout.armoured.min(1000) {
            reader.ledger.add("armoured block", "a key or certificate in letters: no indicator");
        }
        reader.scan.is_marked_up = layout.is_marked_up;
        reader.scan
    }
}

/// `line` in pieces of at most [`MAX_PIECE_BYTES`], cut at blanks where there are any.
fn pieces(line: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0_usize;
    core::iter::from_fn(move || {
        let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
        let mut length = rest.len();
        if length > MAX_PIECE_BYTES {
            let mut cut = MAX_PIECE_BYTES;
            while !rest.is_char_boundary(cut) {
                cut = cut.saturating_sub(1);
            }
            let head = rest.get(..cut).unwrap_or_default();
            length = head.rfind(char::is_whitespace).filter(|blank| *blank > 0).unwrap_or(cut);
        }
        let start = at;
        at = at.saturating_add(length);
        Some(start..at)
    })
}

pub(super) struct Reader<'l> {
    pub(super) scan: Scan,
    pub(super) ledger: &'l mut Ledger,
    /// Up to where in the refanged line the words of a link go, which are no values.
    pub(super) link_words_end: usize,
}

impl Reader<'_> {
    fn piece(&mut self, line: &Line<'_>) {
        let refanged = Refanged::text(line.text);
        self.link_words_end = 0;
        let whole = Stretch {
            line,
            refanged: &refanged,
            range: 0..refanged.text.len(),
            place: Place::Running,
            zone: line.zone,
        };
        let text = whole.text();
        let body = without_list_mark(text);
        let mark = if body.len() < text.trim_start().len() { Place::Item } else { Place::Line };
        let separator = ['|', '\t'].into_iter().find(|separator| body.trim().contains(*separator));
        match separator.filter(|_| line.zone != Zone::Source) {
            Some(separator) => {
                for cell in body.split(separator) {
                    self.cell(&whole.sub(cell, Place::Cell));
                }
            }
            None => self.cell(&whole.sub(body, mark)),
        }
    }

    /// A table cell, or a line that is none.
    fn cell(&mut self, cell: &Stretch<'_>) {
        let text = cell.text();
        let bare = trim_wrappers(text);
        if bare.is_empty() {
            return;
        }
        if !bare.contains(char::is_whitespace) {
            return self.words(&cell.sub(bare, cell.place));
        }
        let mut is_code = false;
        for part in text.split('`') {
            if is_code {
                self.code(&cell.sub(part, Place::Cell));
            } else {
                self.plain(&cell.sub(part, cell.place), part.len() == text.len());
            }
            is_code = !is_code;
        }
    }

    /// What stands between backticks.
    fn code(&mut self, code: &Stretch<'_>) {
        let bare = trim_wrappers(code.text());
        let inner = code.sub(bare, Place::Cell);
        if !bare.contains(char::is_whitespace) {
            self.words(&inner);
        } else if !self.with_blanks(&inner) {
            self.words(&code.sub(bare, Place::Running));
        }
    }

    /// Text outside of code; `is_all` when the whole cell or line is.
    fn plain(&mut self, plain: &Stretch<'_>, is_all: bool) {
        let text = plain.text();
        if is_all {
            if self.with_blanks(&plain.sub(trim_wrappers(text), plain.place)) {
                return;
            }
            if let Some((label, value)) = labelled(text) {
                let place = if plain.place == Place::Line { Place::Label } else { Place::Cell };
                let mut value = plain.sub(value, place);
                if matches!(value.zone, Zone::Ordinary | Zone::Senders) && is_reference_word(label) {
                    value.zone = Zone::Reference;
                }
                return self.words(&value);
            }
        }
        let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
        if let Some(is_prose) = self.scan.prose_blocks.get_mut(plain.line.block) {
            *is_prose |= words.take(4).count() == 4;
        }
        self.words(&plain.sub(text, Place::Running));
    }

    fn words(&mut self, stretch: &Stretch<'_>) {
        let is_delimiter =
            |c: char| c.is_whitespace() || matches!(c, '`' | '<' | '>' | '|' | '"' | '“' | '”' | '«' | '»');
        let text = stretch.text();
        for word in text.split(is_delimiter) {
            if word.len() < 4 {
                continue;
            }
            // A quoted word is by itself.
            let at = stretch.locate(word);
            let is_quote =
                |at: Option<usize>| at.and_then(|at| stretch.refanged.text.as_bytes().get(at)) == Some(&b'"');
            let quoted = is_quote(at.start.checked_sub(1)) && is_quote(Some(at.end));
            let place = if quoted && stretch.place == Place::Running { Place::Cell } else { stretch.place };
            self.word(&stretch.sub(word, place));
        }
    }

    fn word(&mut self, word: &Stretch<'_>) {
        if word.range.start < self.link_words_end {
            return;
        }
        let core = trim_wrappers(word.text());
        if core.len() > MAX_WORD_BYTES {
            self.ledger.add(core, "longer than any indicator");
            return;
        }
        if core.contains("://") {
            return self.urls(&word.sub(core, word.place));
        }
        let starts =
            |scheme: &str| core.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        if starts("link:") || starts("image:") || starts("include:") || starts("xref:") {
            let text = word.text();
            let target = text.split('[').next().unwrap_or_default();
            self.ledger.add(target, "reference link to a file beside the text");
            self.hide_link_words(word, target.len());
            return;
        }
        if starts("magnet:") {
            self.ledger.add(core, "magnet link: no type for it");
            return;
        }
        if starts("tel:") {
            if let Ok(phone) = Indicator::parse(Kind::Phone, core) {
                self.add(word, word.locate(core), Link::Plain, What::Indicator(phone));
            }
            return;
        }
        let core = if starts("mailto:") {
            core.get(7..).and_then(|rest| rest.split('?').next()).unwrap_or_default()
        } else {
            core
        };
        if !self.value(&word.sub(core, word.place)) {
            self.parts(&word.sub(core, word.place));
        }
    }

    pub(super) fn add(&mut self, stretch: &Stretch<'_>, range: Range<usize>, link: Link, what: What) {
        if self.scan.candidates.len() >= MAX_CANDIDATES {
            self.ledger.add("more", "more than 1,500,000 values in one text: split it");
            return;
        }
        let origin = stretch.refanged.origin(range);
        let start = stretch.line.start.saturating_add(origin.start);
        let end = stretch.line.start.saturating_add(origin.end);
        let (place, zone, block) = (stretch.place, stretch.zone, stretch.line.block);
        self.scan.candidates.push(Candidate::new(what, start..end, place, zone, link, block));
    }
}

/// `text` without what opens an item of a list: `*`, `-`, `•`, `1.`, `a)`, `> ` of a quoted mail.
fn without_list_mark(text: &str) -> &str {
    let mut body = text.trim_start();
    for _ in 0..4 {
        let rest = body.trim_start_matches(['*', '-', '•', '–', '>', '·']);
        let numbered = || {
            let digits = body.bytes().take_while(u8::is_ascii_digit).count();
            let rest = body.get(digits..)?.strip_prefix(['.', ')'])?;
            (1..=3).contains(&digits).then_some(rest)
        };
        let rest = if rest.len() < body.len() { rest } else { numbered().unwrap_or(rest) };
        if rest.len() == body.len() || !rest.starts_with([' ', '\t']) {
            return body;
        }
        body = rest.trim_start();
    }
    body
}

/// A `label: value` of at most four words and one, or `label = value`.
fn labelled(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let value = text.split_whitespace().next_back()?;
    let label = text.strip_suffix(value)?.trim_end();
    let label = label.strip_suffix([':', '=']).or_else(|| label.strip_suffix("->"))?;
    let is_label = label.split_whitespace().take(5).count() <= 4 && label.len() <= 60;
    is_label.then_some((label, value))
}
