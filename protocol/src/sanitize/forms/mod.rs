//! The forms in which a forbidden string can stand in a text.
//!
//! Decides for the rules whether and where a text holds something of a list, by undoing encodings and searching what comes
//! out for all strings at once.

mod automaton;
mod decode;
mod digests;
mod fold;
mod forbidden;
mod needles;
mod networks;
mod parts;
mod readings;
mod respell;
mod skeleton;
#[cfg(test)]
mod tests;
mod unescape;

pub(super) use forbidden::{Forbidden, readings};
pub(super) use needles::{is_ordinary, own_label};
pub(super) use skeleton::skeleton_of;

/// How a string stands in a text; of encodings inside one another the outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is, in any case, defanged or in words.
    Plain,
    /// With percent-escapes, entities or the like.
    Escaped,
    Base64,
    Base32,
    Hexadecimal,
    /// As character codes.
    Decimal,
    Reversed,
    /// In rot13.
    Rotated,
    /// As MD5, SHA-1, SHA-256 or SHA-512.
    Digest,
    /// There is more in it than is read, which counts as found.
    Unread,
}
