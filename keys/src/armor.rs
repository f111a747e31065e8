//! Cards and tickets as text that survives mail and chat.
//!
//! ```text
//! -----BEGIN WATCHFIRE CARD-----
//! AQ1FeGFtcGxlIENhbXBhaWduCmRlbW9jcmF0aWMg...   lines of 64 base64 characters (RFC 4648, padded)
//! =q83vEg==                                      four bytes of a hash over the kind and the bytes
//! -----END WATCHFIRE CARD-----
//! ```
//!
//! Reading forgives what mail programs do: text before and after, spaces at the ends of lines, `>` quoting, CRLF, empty and
//! rewrapped lines. It forgives nothing within the block, and the checksum tells damage from forgery; who made the contents
//! is for the signature inside to tell.

use crate::hash::hash;
use crate::labels::HASH_ARMOR;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
use core::fmt;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A member's card.
    Card,
    /// A sealed ticket into a circle.
    Ticket,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Card, Self::Ticket];

    /// The word in the first and last line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "CARD",
            Self::Ticket => "TICKET",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Longest text that is searched for a block: a mail with all its quotes. More is refused unread.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// Characters of base64 on a line.
const LINE_CHARS: usize = 64;

/// Why a text gave no block. Whoever pasted it can ask for it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmorError {
    /// There is no block in the text.
    Missing,
    /// There is a block, but of another kind.
    WrongKind {
        /// The kind that was found first.
        found: Kind,
        /// The kind that was asked for.
        wanted: Kind,
    },
    /// A line of the block is missing or was changed.
    Damaged,
    /// The text or the block is longer than it may be.
    TooLarge,
}

impl ArmorError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing => "paste everything from the BEGIN line to the END line",
            Self::WrongKind { found: Kind::Card, .. } => {
                "this is a card; ask for the ticket that was made for it"
            }
            Self::WrongKind { found: Kind::Ticket, .. } => "this is a ticket; ask for the card",
            Self::Damaged => "ask for it again, as an attached file if mail changed the lines",
            Self::TooLarge => "give only the block from the BEGIN line to the END line",
        }
    }
}

impl fmt::Display for ArmorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no card or ticket in this text"),
            Self::WrongKind { found, wanted } => write!(f, "this is a {found} where a {wanted} is needed"),
            Self::Damaged => f.write_str("a line is missing or was changed on the way"),
            Self::TooLarge => f.write_str("too long"),
        }
    }
}

impl core::error::Error for ArmorError {}

/// `bytes` as a block of text, every line ended by a line feed.
#[must_use]
pub fn encode(kind: Kind, bytes: &[u8]) -> String {
    let body = Base64::encode_string(bytes);
    let mut text =
        String::with_capacity(body.len().saturating_add(body.len() / LINE_CHARS).saturating_add(96));
    push_marker(&mut text, "BEGIN", kind);
    for (index, character) in body.chars().enumerate() {
        if index > 0 && index % LINE_CHARS == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    if !body.is_empty() {
        text.push('\n');
    }
    text.push('=');
    text.push_str(&Base64::encode_string(&checksum(kind, bytes)));
    text.push('\n');
    push_marker(&mut text, "END", kind);
    text
}

fn push_marker(text: &mut String, word: &str, kind: Kind) {
    for part in ["-----", word, " WATCHFIRE ", kind.as_str(), "-----\n"] {
        text.push_str(part);
    }
}

/// The bytes of the first block of `kind` in `text`, of which there may be at most `max_bytes`.
///
/// # Errors
///
/// See [`ArmorError`]. The size of the text is checked before anything else.
pub fn decode(kind: Kind, text: &str, max_bytes: usize) -> Result<Vec<u8>, ArmorError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ArmorError::TooLarge);
    }
    let mut lines = text.lines().map(bare);
    let mut other = None;
    loop {
        let line = lines.next().ok_or(match other {
            Some(found) => ArmorError::WrongKind { found, wanted: kind },
            None => ArmorError::Missing,
        })?;
        match marker(line, "BEGIN") {
            Some(found) if found == kind => break,
            Some(found) => other = other.or(Some(found)),
            None => {}
        }
    }
    decode_block(kind, lines, max_bytes)
}

/// Reads on after the first line of a block.
fn decode_block<'a>(
    kind: Kind,
    lines: impl Iterator<Item = &'a str>,
    max_bytes: usize,
) -> Result<Vec<u8>, ArmorError> {
    let max_chars = max_bytes.div_ceil(3).saturating_mul(4);
    let mut body = String::new();
    let mut found_checksum = None;
    for line in lines {
        if marker(line, "END") == Some(kind) {
            let bytes = Base64::decode_vec(&body).map_err(|_| ArmorError::Damaged)?;
            if bytes.len() > max_bytes {
                return Err(ArmorError::TooLarge);
            }
            return if found_checksum == Some(checksum(kind, &bytes)) {
                Ok(bytes)
            } else {
                Err(ArmorError::Damaged)
            };
        }
        match line.strip_prefix('=') {
            _ if line.is_empty() => {}
            _ if found_checksum.is_some() => return Err(ArmorError::Damaged),
            // A rewrapped line can begin with padding; a checksum is always longer than that.
            Some(rest) if rest.len() > 2 => {
                let mut bytes = [0; 6];
                let bytes = Base64::decode(rest, &mut bytes).map_err(|_| ArmorError::Damaged)?;
                found_checksum = Some(bytes.try_into().map_err(|_| ArmorError::Damaged)?);
            }
            _ if body.len().saturating_add(line.len()) > max_chars => return Err(ArmorError::TooLarge),
            _ => body.push_str(line),
        }
    }
    Err(ArmorError::Damaged)
}

/// A line without quoting and without white space at its ends.
fn bare(line: &str) -> &str {
    line.trim_start_matches(|c: char| c == '>' || c.is_whitespace() || c == '\u{feff}').trim_end()
}

/// The kind in a line such as `-----BEGIN WATCHFIRE CARD-----`. Dashes may have been turned into longer ones.
fn marker(line: &str, word: &str) -> Option<Kind> {
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}');
    let inner = line.strip_prefix(is_dash)?.strip_suffix(is_dash)?.trim_matches(is_dash);
    let name = inner.strip_prefix(word)?.strip_prefix(" WATCHFIRE ")?;
    Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

fn checksum(kind: Kind, bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = hash(HASH_ARMOR, &[kind.as_str().as_bytes(), bytes]);
    [a, b, c, d]
}
