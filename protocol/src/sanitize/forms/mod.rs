//! The forms in which a forbidden string can stand in a text.
//!
//! Decides for the rules whether and where a text holds something of a list, by undoing encodings and searching what comes
//! out for all strings at once. (The leak guard does the opposite, and shares nothing with this folder.)
//!
//! # What is looked for
//! Text is compared without case, accents, width, invisible characters and the homoglyphs of other scripts; blanks and
//! punctuation between words are skipped.
//!
//! | of a | found in any text | as a whole token only (a part of a URL, a word of a file name or handle; a word that a person wrote, from six letters on or with its dot) |
//! | --- | --- | --- |
//! | domain | itself and every name under it, also as `xn--`, defanged (`[.]`, ` dot `, `\.`), back to front (`org.campaign.app`); from eight letters on with hyphens or nothing for dots (`campaign-org`); its own label where that has six characters and a digit, from eight characters on inside longer words too (`pdfsmith2028`) | |
//! | mail address | itself, with `[at]`, ` at `, `_at_`, `=`, `%`, `-` or nothing for the `@`, with or without dots and a `+tag`, domain first; from twelve letters on inside longer words | the part before the `@` in either order of two words; not of offices (`info`, `press`, ...) |
//! | name | its words in order, last name first, without and with initials of what is between; joined by anything or, from six letters on, nothing; in `CamelCase`; `ä` also as `ae`; from eight letters on however its letters are spaced | as logins shorten it: `a.lee`, `alee`, `lee.a`, `anna.l` |
//! | word | as a whole word; two words in either order | |
//! | telephone number | by its last digits (nine, or two fewer than it has), whatever stands before and between | |
//! | network | any address in it, defanged or with a port | |
//!
//! Names, words and local parts have three letters or more (two where a character is a syllable).
//!
//! # How it may be hidden
//! | form | undone |
//! | --- | --- |
//! | escapes | percent-escapes (also `%u0040`), HTML entities, `\u0040`, `\x40`, `\u{40}`, octal, quoted-printable; to the bottom, in any mixture; Latin-1 where it is no UTF-8 |
//! | base64 and base64url | from eight digits on (four in a token), from any offset, with or without padding, over line ends; of text in UTF-8 or UTF-16 |
//! | base32 | from twelve digits on, in any case, from any offset |
//! | hexadecimal | from ten digits on, from either offset, with `0x`, `\x`, `%` or any punctuation between |
//! | character codes | decimal, five or more with something between (`97-110-110-97`) |
//! | reversed, rot13 | from seven letters on; also before or after another encoding |
//! | digest | MD5, SHA-1, SHA-256, SHA-512, or the first sixteen digits of one: hexadecimal with any punctuation, base64, base32; of an address, its local part, a domain, a name (words joined by nothing, `.`, `_`, `-` or a blank), a telephone number; in lower case, capitals and as given, with and without a line end |
//! | split | over up to four neighbouring parts of a URL ([`Forbidden::parts_holding`]) |
//!
//! Up to three encodings inside one another are undone, escapes not counted. In decoded text strings of under five bytes are
//! not looked for (they stand there by chance), and from seven letters on nothing is asked about what stands around them.
//!
//! # What is not caught
//! Encryption, compression, salted or iterated digests, other digests than those above, base58, ascii85, base32hex, UTF-7,
//! UTF-16 of letters that are not ASCII, base64 whose case was lost (in a host name) but for that of addresses and digests,
//! a string split over parts that are no neighbours, first or last names by themselves, nicknames, misspelt names, pictures. What looks made for one recipient is
//! masked by other rules, whatever it says.
//!
//! # Bounds
//! Time is linear in the text: the readings of one text are at most 256 KiB and 32 times the text together; what would need
//! more counts as found ([`Form::Unread`]).

mod automaton;
mod decode;
mod digests;
mod fold;
mod forbidden;
mod needles;
mod networks;
mod parts;
#[cfg(test)]
mod plainly;
mod readings;
mod respell;
mod sieve;
mod skeleton;
mod stretches;
#[cfg(test)]
mod tests;
mod unescape;

pub(super) use fold::encloses;
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
