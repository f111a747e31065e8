//! The lines of a text and what markup and mail headers say about them.
//!
//! Knows just enough AsciiDoc, Markdown and RFC 5322 to tell listings, headings, comments and headers apart; renders
//! nothing.

use alloc::string::String;

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

/// Reads a text line by line.
pub(super) struct Layout<'a> {
    /// What is not read yet.
    rest: core::str::SplitInclusive<'a, char>,
    /// Where it starts.
    start: usize,
    /// Whether headings, tables or listings were met.
    pub(super) is_marked_up: bool,
    /// The number of the block that is open.
    block: usize,
    /// Whether it has lines.
    block_has_lines: bool,
    /// How many armoured keys and certificates were left out.
    pub(super) armoured: u32,
    in_armour: bool,
    /// The delimiter of the listing that is open, and whether it holds source code.
    listing: Option<(&'a str, bool)>,
    /// A `[source]` line announced the next listing.
    source_follows: bool,
    in_block_comment: bool,
    in_references: bool,
    /// What the mail header line above says about continuation lines.
    header: Option<Zone>,
}

impl<'a> Iterator for Layout<'a> {
    type Item = Line<'a>;

    /// The next line that can hold values.
    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let line = self.rest.next()?;
            let start = self.start;
            self.start = start.saturating_add(line.len());
            let text = line.trim_end_matches(['\n', '\r']);
            if let Some((text, zone)) = self.read(text) {
                self.block_has_lines = true;
                // `text` is the line or its end.
                let skipped = line.trim_end_matches(['\n', '\r']).len().saturating_sub(text.len());
                return Some(Line { text, start: start.saturating_add(skipped), zone, block: self.block });
            }
        }
    }
}

impl<'a> Layout<'a> {
    pub(super) fn of(text: &'a str) -> Layout<'a> {
        Layout {
            rest: text.split_inclusive('\n'),
            start: 0,
            is_marked_up: false,
            block: 0,
            block_has_lines: false,
            armoured: 0,
            in_armour: false,
            listing: None,
            source_follows: false,
            in_block_comment: false,
            in_references: false,
            header: None,
        }
    }

    /// What of a line can hold values, and its zone.
    fn read(&mut self, text: &'a str) -> Option<(&'a str, Zone)> {
        let trimmed = text.trim();
        if is_armour_start(trimmed) {
            self.in_armour = true;
            self.armoured = self.armoured.saturating_add(1);
            return None;
        }
        if self.in_armour {
            self.in_armour = is_armour(trimmed);
            if self.in_armour || trimmed.starts_with("-----END ") {
                return None;
            }
        }
        if trimmed.is_empty() {
            self.header = None;
            self.new_block();
            return None;
        }
        if let Some((delimiter, is_source)) = self.listing {
            if trimmed == delimiter {
                self.listing = None;
                self.new_block();
                return None;
            }
            let zone = if is_source { Zone::Source } else { self.header_zone(text, trimmed) };
            return Some((text, zone));
        }
        if let Some(title) = heading(trimmed) {
            self.is_marked_up = true;
            self.in_references = is_reference_word(title);
            self.header = None;
            self.new_block();
            return Some((text.get(text.find(title)?..)?, self.zone()));
        }
        if self.is_markup(trimmed) {
            self.header = None;
            self.new_block();
            return None;
        }
        if self.in_block_comment || is_comment(trimmed) {
            return Some((text, Zone::Reference));
        }
        let zone = self.header_zone(text, trimmed);
        Some((text, zone))
    }

    fn zone(&self) -> Zone {
        if self.in_references { Zone::Reference } else { Zone::Ordinary }
    }

    /// Blocks without lines are not counted, so that a text of empty lines costs nothing.
    fn new_block(&mut self) {
        if self.block_has_lines {
            self.block = self.block.saturating_add(1);
            self.block_has_lines = false;
        }
    }

    /// Takes in a line that is markup and holds no value.
    fn is_markup(&mut self, trimmed: &'a str) -> bool {
        if trimmed == "////" {
            self.in_block_comment = !self.in_block_comment;
            return true;
        }
        if let Some(language) = trimmed.strip_prefix("```").or_else(|| trimmed.strip_prefix("~~~")) {
            self.is_marked_up = true;
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
        let is_rule = trimmed.contains("---") && trimmed.bytes().all(|byte| b"|-: ".contains(&byte));
        if trimmed.starts_with("|==") || (trimmed.starts_with('|') && is_rule) {
            self.is_marked_up = true;
            return true;
        }
        if is_attribute(trimmed) {
            self.source_follows = trimmed.starts_with("[source");
            self.is_marked_up |= trimmed.starts_with('[');
            return true;
        }
        false
    }

    /// The zone of a line, which may be part of a mail header.
    fn header_zone(&mut self, text: &str, trimmed: &str) -> Zone {
        if !text.starts_with([' ', '\t']) || self.header.is_none() {
            self.header = header(trimmed);
        }
        self.header.unwrap_or_else(|| self.zone())
    }
}

/// What a mail header line is, also in a quoted or forwarded mail.
fn header(trimmed: &str) -> Option<Zone> {
    const RECIPIENTS: [&str; 7] =
        ["to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"];
    const SENDERS: [&str; 14] = [
        "from",
        "sender",
        "reply-to",
        "return-path",
        "resent-from",
        "von",
        "absender",
        "de",
        "da",
        "van",
        "od",
        "fra",
        "från",
        "expéditeur",
    ];
    const TRANSPORT: [&str; 6] =
        ["received", "received-spf", "authentication-results", "dkim-signature", "message-id", "in-reply-to"];
    const TRANSPORT_FAMILIES: [&str; 8] =
        ["arc-", "x-ms-", "x-received", "x-google-", "x-gm-", "x-spam", "x-forefront", "x-microsoft"];
    let quoted = trimmed.trim_start_matches(['>', ' ', '*', '_']);
    let (name, _) = quoted.split_at_checked(quoted.find(':')?)?;
    let name = name.trim_matches(['*', '_', ' ']);
    let starts = |known: &str| name.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
    if RECIPIENTS.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        Some(Zone::Recipients)
    } else if SENDERS.contains(&start_of_header(name).as_str()) {
        Some(Zone::Senders)
    } else if TRANSPORT.iter().any(|known| name.eq_ignore_ascii_case(known))
        // A mail's references are message ids; a report's are links.
        || (name.eq_ignore_ascii_case("references") && trimmed.contains('@'))
        || TRANSPORT_FAMILIES.into_iter().any(starts)
    {
        Some(Zone::Transport)
    } else {
        None
    }
}

/// The name of a header in lower case, if it can be one.
fn start_of_header(name: &str) -> String {
    if name.len() > 16 { String::new() } else { name.to_lowercase() }
}

/// The first line of a key, certificate or signature in letters. A signed message is readable and is none.
fn is_armour_start(trimmed: &str) -> bool {
    trimmed.strip_prefix("-----BEGIN ").is_some_and(|label| {
        ["KEY", "CERTIFICATE", "SIGNATURE", "PGP MESSAGE", "WATCHFIRE"]
            .iter()
            .any(|known| label.contains(known))
    })
}

/// Whether a line goes on with an armoured block; anything but base64 and its headers ends it, so that a block without an
/// end hides nothing.
fn is_armour(trimmed: &str) -> bool {
    trimmed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        || trimmed.starts_with("Version: ")
        || trimmed.starts_with("Comment: ")
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
