//! The first reading: every word of a text that may be an indicator, with what its surroundings say.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use super::candidate::{Candidate, Link, Place, What, Zone};
use super::layout::{Layout, Line};
use super::ledger::Ledger;
use super::name::{Name, name};
use super::reference::is_reference_word;
use super::shape::{Shape, cve, email, shape};
use crate::indicator::{Extension, Indicator, Kind, Refanged, extension, real_scheme, refang, trim_wrappers};

/// A line longer than this is read in pieces, cut at blanks.
const MAX_PIECE_BYTES: usize = 64 * 1024;

/// No indicator that is read out of text is longer.
const MAX_WORD_BYTES: usize = 4096;

/// More candidates than this are not kept.
const MAX_CANDIDATES: usize = 100_000;

/// How far around a link the words that stand for it are looked for.
const MAX_LINK_WORDS_BYTES: usize = 300;

/// What the first reading found.
pub(super) struct Scan {
    pub(super) candidates: Vec<Candidate>,
    /// Whether the text has headings, tables or listings.
    pub(super) is_marked_up: bool,
    /// For each block, whether it has a line of running words.
    pub(super) prose_blocks: Vec<bool>,
}

impl Scan {
    pub(super) fn read(text: &str, ledger: &mut Ledger) -> Scan {
        let layout = Layout::of(text);
        for _ in 0..layout.armoured.min(1000) {
            ledger.add("armoured block", "a key or certificate in letters: no indicator");
        }
        let scan = Scan {
            candidates: Vec::new(),
            is_marked_up: layout.is_marked_up,
            prose_blocks: alloc::vec![false; layout.blocks.saturating_add(1)],
        };
        let mut reader = Reader { scan, ledger, link_words_end: 0 };
        for line in &layout.lines {
            for piece in pieces(line.text) {
                let start = line.start.saturating_add(piece.start);
                let text = line.text.get(piece).unwrap_or_default();
                let line = Line { text, start, zone: line.zone, block: line.block };
                reader.piece(&line);
            }
        }
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

struct Reader<'l> {
    scan: Scan,
    ledger: &'l mut Ledger,
    /// Up to where in the refanged line the words of a link go, which are no values.
    link_words_end: usize,
}

/// A stretch of one line in which values stand alike.
struct Stretch<'a> {
    line: &'a Line<'a>,
    refanged: &'a Refanged,
    /// In the refanged line.
    range: Range<usize>,
    place: Place,
    zone: Zone,
}

impl Stretch<'_> {
    fn text(&self) -> &str {
        self.refanged.text.get(self.range.clone()).unwrap_or_default()
    }

    /// The same for `part`, a slice of this stretch's text.
    fn sub(&self, part: &str, place: Place) -> Stretch<'_> {
        Stretch { line: self.line, refanged: self.refanged, range: self.locate(part), place, zone: self.zone }
    }

    /// Where `part`, a slice of this line's text, stands.
    fn locate(&self, part: &str) -> Range<usize> {
        let base = self.refanged.text.as_ptr().addr();
        let start = part.as_ptr().addr().saturating_sub(base);
        start..start.saturating_add(part.len())
    }
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
        if line.zone != Zone::Source && body.contains('|') {
            for cell in body.split('|') {
                self.cell(&whole.sub(cell, Place::Cell));
            }
        } else {
            self.cell(&whole.sub(body, mark));
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
                if value.zone == Zone::Ordinary && is_reference_word(label) {
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

    /// A value that has blanks in it and fills its place. Says whether the stretch is dealt with.
    fn with_blanks(&mut self, stretch: &Stretch<'_>) -> bool {
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
            let around = |index: Option<usize>| index.and_then(|index| self.quote_at(stretch, index));
            let quoted = around(at.start.checked_sub(1)).is_some() && around(Some(at.end)).is_some();
            let place = if quoted && stretch.place == Place::Running { Place::Cell } else { stretch.place };
            self.word(&stretch.sub(word, place));
        }
    }

    fn quote_at(&self, stretch: &Stretch<'_>, index: usize) -> Option<()> {
        (stretch.refanged.text.as_bytes().get(index) == Some(&b'"')).then_some(())
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

    /// The URLs in a word, and what stands before the first.
    fn urls(&mut self, word: &Stretch<'_>) {
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
                let what = What::Nothing(url.to_string(), "looks like a URL and has no normal form");
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
    fn hide_link_words(&mut self, word: &Stretch<'_>, at: usize) {
        if let Some(words) = self.link_words(word, at) {
            let start = word.range.start.saturating_add(at);
            self.link_words_end = start.saturating_add(words.len());
        }
    }

    /// A word that is one value as a whole. Says whether it is dealt with.
    fn value(&mut self, word: &Stretch<'_>) -> bool {
        let text = word.text();
        let before = word.refanged.text.get(..word.range.start).unwrap_or_default();
        let defanged = word.refanged.defanged(&word.range);
        let link = if defanged { Link::Defanged } else { Link::Plain };
        if let Some(shape) = shape(text, tail(before), word.place.is_by_itself()) {
            let what = match shape {
                Shape::Indicator(indicator) => What::Indicator(indicator),
                Shape::Nothing(reason) => What::Nothing(text.to_string(), reason),
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
            Name::Nothing(reason) => What::Nothing(text.to_string(), reason),
        };
        let link = if defanged { Link::Defanged } else { Link::Plain };
        self.add(word, word.range.clone(), link, what);
        true
    }

    /// The parts of a word between punctuation.
    fn parts(&mut self, word: &Stretch<'_>) {
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

    fn add(&mut self, stretch: &Stretch<'_>, range: Range<usize>, link: Link, what: What) {
        if self.scan.candidates.len() >= MAX_CANDIDATES {
            self.ledger.add("more", "more than 100,000 values in one text: split it");
            return;
        }
        let origin = stretch.refanged.origin(range);
        let start = stretch.line.start.saturating_add(origin.start);
        let end = stretch.line.start.saturating_add(origin.end);
        let (place, zone, block) = (stretch.place, stretch.zone, stretch.line.block);
        self.scan.candidates.push(Candidate { what, span: start..end, place, zone, link, block });
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

/// Whether the URL at `start` is the target of `[words](url)`.
fn is_markdown_link(line: &str, start: usize) -> bool {
    let Some(words) = line.get(..start).and_then(|before| before.strip_suffix("](")) else { return false };
    let words = tail(words);
    let words = words.rsplit('[').next().unwrap_or_default();
    !words.contains("://")
}

/// The last [`MAX_LINK_WORDS_BYTES`] of `text`.
fn tail(text: &str) -> &str {
    let mut start = text.len().saturating_sub(MAX_LINK_WORDS_BYTES);
    while !text.is_char_boundary(start) {
        start = start.saturating_add(1);
    }
    text.get(start..).unwrap_or_default()
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
