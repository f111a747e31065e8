//! Cards, tickets and backups of keys as text that survives mail and chat.
//!
//! ```text
//! -----BEGIN WATCHFIRE CARD-----
//! AQ1FeGFtcGxlIENhbXBhaWduCmRlbW9jcmF0aWMg...   lines of 64 base64 characters (RFC 4648, padded)
//! =q83vEg==                                      four bytes of a hash over the kind and the bytes
//! -----END WATCHFIRE CARD-----
//! ```
//!
//! Reading forgives what mail programs and chats do: text before and after, quoting with `>` or `|`, CRLF,
//! rewrapped or joined lines, white space, dashes drawn longer, and the invisible characters that some put
//! in. It forgives nothing else: the checksum finds what was damaged, missing or added. It does not find
//! forgery; who made the contents is for the signature inside to tell.

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
    /// A key file, to be kept in a safe place.
    Backup,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Card, Self::Ticket, Self::Backup];

    /// The word in the first and last line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "CARD",
            Self::Ticket => "TICKET",
            Self::Backup => "BACKUP",
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
    /// Something in the block is missing, was added or was changed.
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
            Self::WrongKind { found: Kind::Backup, .. } => {
                "this is a backup of somebody's keys, which nobody else should have"
            }
            Self::Damaged => "ask for it again, as an attached file if mail changed the lines",
            Self::TooLarge => "give only the block from the BEGIN line to the END line",
        }
    }
}

impl fmt::Display for ArmorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no card, ticket or backup in this text"),
            Self::WrongKind { found, wanted } => write!(f, "this is a {found} where a {wanted} is needed"),
            Self::Damaged => f.write_str("something is missing or was changed on the way"),
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
    for part in ["-----", begin(kind), "-----\n"] {
        text.push_str(part);
    }
    for (index, character) in body.chars().enumerate() {
        text.push(character);
        if index % LINE_CHARS == LINE_CHARS - 1 || index + 1 == body.len() {
            text.push('\n');
        }
    }
    for part in ["=", &Base64::encode_string(&checksum(kind, bytes)), "\n-----", end(kind), "-----\n"] {
        text.push_str(part);
    }
    text
}

/// The bytes of the first whole block of `kind` in `text`, of which there may be at most `max_bytes`.
///
/// # Errors
///
/// See [`ArmorError`]. The size of the text is checked before anything else; the work is linear in it.
pub fn decode(kind: Kind, text: &str, max_bytes: usize) -> Result<Vec<u8>, ArmorError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ArmorError::TooLarge);
    }
    let mut failure = None;
    let mut rest = cut(text, begin(kind)).map(|(_, rest)| rest);
    while let Some(start) = rest {
        // A block ends where the next one begins: of text that was pasted twice, the whole one counts.
        let next = cut(start, begin(kind));
        match decode_block(kind, next.map_or(start, |(block, _)| block), max_bytes) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => failure = failure.or(Some(error)),
        }
        rest = next.map(|(_, rest)| rest);
    }
    let other = || Kind::ALL.into_iter().find(|found| cut(text, begin(*found)).is_some());
    Err(match (failure, other()) {
        (Some(failure), _) => failure,
        (None, Some(found)) => ArmorError::WrongKind { found, wanted: kind },
        (None, None) => ArmorError::Missing,
    })
}

/// Reads what follows the first line of a block.
fn decode_block(kind: Kind, block: &str, max_bytes: usize) -> Result<Vec<u8>, ArmorError> {
    let (inner, _) = cut(block, end(kind)).ok_or(ArmorError::Damaged)?;
    let max_chars = max_bytes.div_ceil(3).saturating_mul(4).saturating_add(CHECKSUM_CHARS);
    let characters = inner.chars().filter(|character| !is_ignored(*character));
    let mut body: String = characters.take(max_chars.saturating_add(1)).collect();
    if body.len() > max_chars {
        return Err(ArmorError::TooLarge);
    }
    let body_chars = body.len().checked_sub(CHECKSUM_CHARS).ok_or(ArmorError::Damaged)?;
    if !body.is_char_boundary(body_chars) {
        return Err(ArmorError::Damaged);
    }
    let tail = body.split_off(body_chars);
    let mut buffer = [0; 6];
    let found = tail.strip_prefix('=').and_then(|tail| Base64::decode(tail, &mut buffer).ok());
    let bytes = Base64::decode_vec(&body).map_err(|_| ArmorError::Damaged)?;
    if bytes.len() > max_bytes {
        return Err(ArmorError::TooLarge);
    }
    if found == Some(&checksum(kind, &bytes)) { Ok(bytes) } else { Err(ArmorError::Damaged) }
}

/// Characters of the checksum in the text: `=`, six of base64, and `==`.
const CHECKSUM_CHARS: usize = 9;

const fn begin(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "BEGIN WATCHFIRE CARD",
        Kind::Ticket => "BEGIN WATCHFIRE TICKET",
        Kind::Backup => "BEGIN WATCHFIRE BACKUP",
    }
}

const fn end(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "END WATCHFIRE CARD",
        Kind::Ticket => "END WATCHFIRE TICKET",
        Kind::Backup => "END WATCHFIRE BACKUP",
    }
}

/// What stands before and after the first `marker` that has dashes on both sides.
fn cut<'a>(text: &'a str, marker: &str) -> Option<(&'a str, &'a str)> {
    text.match_indices(marker).find_map(|(start, _)| {
        let (before, rest) = text.split_at_checked(start)?;
        let after = rest.strip_prefix(marker)?;
        (before.ends_with(is_dash) && after.starts_with(is_dash)).then_some((before, after))
    })
}

/// A hyphen, or what a program made of one or two.
fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}')
}

/// Whether a character within a block means nothing: none of them is one of base64.
fn is_ignored(character: char) -> bool {
    character.is_whitespace()
        || is_dash(character)
        || matches!(character, '>' | '|' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn checksum(kind: Kind, bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = hash(HASH_ARMOR, &[kind.as_str().as_bytes(), bytes]);
    [a, b, c, d]
}
