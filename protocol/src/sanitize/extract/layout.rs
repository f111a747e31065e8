//! The lines of a text and what markup and mail headers say about them.
//!
//! Knows just enough AsciiDoc, Markdown and RFC 5322 to tell listings, headings, comments and headers apart; renders
//! nothing.

use alloc::vec::Vec;

use super::candidate::Zone;
use super::reference::is_reference_word;

/// One line, without its end.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Where it starts in the whole text.
    pub(super) start: usize,
    pub(super) zone: Zone,
    pub(super) block: usize,
}

/// A text in lines.
#[derive(Default)]
pub(super) struct Layout<'a> {
    /// The lines that can hold values.
    pub(super) lines: Vec<Line<'a>>,
    /// Whether it has headings, tables or listings.
    pub(super) is_marked_up: bool,
    /// How many blocks there are.
    pub(super) blocks: usize,
    /// How many armoured keys and certificates were left out.
    pub(super) armoured: u32,
}

impl<'a> Layout<'a> {
    pub(super) fn of(text: &'a str) -> Layout<'a> {
        let mut reader = Reader::default();
        let mut start = 0_usize;
        for line in text.split_inclusive('\n') {
            reader.line(line.trim_end_matches(['\n', '\r']), start);
            start = start.saturating_add(line.len());
        }
        reader.layout.blocks = reader.layout.blocks.saturating_add(1);
        reader.layout
    }
}

#[derive(Default)]
struct Reader<'a> {
    layout: Layout<'a>,
    /// The delimiter of the listing that is open, and whether it holds source code.
    listing: Option<(&'a str, bool)>,
    /// A `[source]` line announced the next listing.
    source_follows: bool,
    in_armour: bool,
    in_block_comment: bool,
    in_references: bool,
    /// What the mail header line above says about continuation lines.
    header: Option<Zone>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, text: &'a str, start: usize) {
        let trimmed = text.trim();
        if self.in_armour {
            self.in_armour = !trimmed.starts_with("-----END ");
            return;
        }
        if trimmed.starts_with("-----BEGIN ") {
            self.in_armour = true;
            self.layout.armoured = self.layout.armoured.saturating_add(1);
            return;
        }
        if trimmed.is_empty() {
            self.header = None;
            self.new_block();
            return;
        }
        if let Some((delimiter, is_source)) = self.listing {
            if trimmed == delimiter {
                self.listing = None;
                self.new_block();
            } else {
                self.push(text, start, if is_source { Zone::Source } else { self.zone() });
            }
            return;
        }
        if self.is_markup(trimmed) {
            self.header = None;
            self.new_block();
            return;
        }
        if self.in_block_comment || is_comment(trimmed) {
            self.push(text, start, Zone::Reference);
            return;
        }
        let zone = self.header_zone(text, trimmed).unwrap_or_else(|| self.zone());
        self.push(text, start, zone);
    }

    fn zone(&self) -> Zone {
        if self.in_references { Zone::Reference } else { Zone::Ordinary }
    }

    fn push(&mut self, text: &'a str, start: usize, zone: Zone) {
        self.layout.lines.push(Line { text, start, zone, block: self.layout.blocks });
    }

    fn new_block(&mut self) {
        self.layout.blocks = self.layout.blocks.saturating_add(1);
    }

    /// Takes in a line that is markup and holds no value.
    fn is_markup(&mut self, trimmed: &'a str) -> bool {
        if let Some(title) = heading(trimmed) {
            self.layout.is_marked_up = true;
            self.in_references = is_reference_word(title);
            return true;
        }
        if trimmed == "////" {
            self.in_block_comment = !self.in_block_comment;
            return true;
        }
        if let Some(language) = trimmed.strip_prefix("```").or_else(|| trimmed.strip_prefix("~~~")) {
            self.layout.is_marked_up = true;
            let delimiter = trimmed.get(..3).unwrap_or_default();
            let is_text =
                matches!(language.trim(), "" | "text" | "txt" | "plain" | "plaintext" | "none" | "csv");
            // "```" in one line with its content is no listing.
            if !language.contains('`') {
                self.listing = Some((delimiter, !is_text));
            }
            return !language.contains('`');
        }
        if trimmed.len() >= 4
            && ["-", ".", "="].iter().any(|mark| trimmed.trim_start_matches(mark).is_empty())
        {
            // "====" is a block or the underline of a title and not a listing.
            if !trimmed.starts_with('=') {
                self.listing = Some((trimmed, self.source_follows));
                self.source_follows = false;
            }
            return true;
        }
        if trimmed.starts_with("|==") {
            self.layout.is_marked_up = true;
            return true;
        }
        if is_attribute(trimmed) {
            self.source_follows = trimmed.starts_with("[source");
            self.layout.is_marked_up |= trimmed.starts_with('[');
            return true;
        }
        false
    }

    /// What a mail header line, or the continuation of one, is.
    fn header_zone(&mut self, text: &str, trimmed: &str) -> Option<Zone> {
        if text.starts_with([' ', '\t']) && self.header.is_some() {
            return self.header;
        }
        let quoted = trimmed.trim_start_matches(['>', ' ', '*', '_']);
        let (name, _) = quoted.split_at_checked(quoted.find(':')?)?;
        let name = name.trim_matches(['*', '_', ' ']);
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let starts =
            |known: &str| name.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
        self.header = if ["to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"]
            .into_iter()
            .any(is)
        {
            Some(Zone::Recipients)
        } else if [
            "received",
            "received-spf",
            "authentication-results",
            "dkim-signature",
            "message-id",
            "in-reply-to",
        ]
        .into_iter()
        .any(is)
            || ["arc-", "x-ms-", "x-received", "x-google-", "x-gm-", "x-spam", "x-forefront", "x-microsoft"]
                .into_iter()
                .any(starts)
        {
            Some(Zone::Transport)
        } else {
            None
        };
        self.header
    }
}

/// The words of a heading in AsciiDoc (`== Title`) or Markdown (`## Title`).
fn heading(trimmed: &str) -> Option<&str> {
    ['=', '#'].into_iter().find_map(|mark| {
        let title = trimmed.trim_start_matches(mark);
        let level = trimmed.len().saturating_sub(title.len());
        let is_heading = (1..=6).contains(&level) && title.starts_with(' ');
        is_heading.then(|| title.trim().trim_end_matches(mark).trim())
    })
}

/// `// words`, as AsciiDoc and many languages comment; a `//host/path` is none.
fn is_comment(trimmed: &str) -> bool {
    trimmed.strip_prefix("//").is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// AsciiDoc's `[options="header"]` and `:toclevels: 2`.
fn is_attribute(trimmed: &str) -> bool {
    let is_block = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|inside| {
        inside.contains('=')
            || matches!(inside.split(',').next(), Some("source" | "listing" | "NOTE" | "TIP" | "quote"))
    });
    let is_document =
        trimmed.strip_prefix(':').and_then(|rest| rest.split_once(':')).is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'!'))
        });
    is_block || is_document
}
