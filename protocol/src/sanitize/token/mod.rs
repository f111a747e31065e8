//! What looks made for one recipient: who reads it can look up who that was.
//!
//! Decides how random a text looks and what the name of a parameter says; which rule follows is the business of
//! [`super::judge`]. Never touches the name that somebody registered.
//!
//! # What is taken
//! - by its outline: UUIDs, ULIDs, JSON web tokens; hexadecimal of eight digits and more with letters and digits in it;
//!   six digits and more that are no date; letters and digits mixed (`Xk29fLq`, `x8d7f2`); base64 of sixteen digits and
//!   more; mixed case without words (`XkqfLqZw`); fourteen letters and more that nobody can say;
//! - by the name of its parameter (`keys`): any value of `email`, `rid`, `user`, ... and of `token`, `password`, `sid`, ...
//!   but switches (`true`), single characters and numbers of two digits; of `id`, `t`, `code`, ... also words and numbers
//!   of four digits are left.
//!
//! # What is left
//! Words, hyphenated words, `CamelCase`, versions, dates, locales, small numbers; content identifiers of IPFS; file names
//! that end like a program, script, archive, document or style sheet: a random payload's name is the indicator itself;
//! labels under a suffix of a service (`x8d7f2.web.app`) or of a provider's machines; on services where strangers have
//! pages (`docs.google.com`, `bit.ly`) what looks random in a path.
//!
//! # What is not caught
//! Letters alone up to thirteen (`kqzvbxwm`), numbers up to five digits, and a word chosen for one person, outside of
//! parameters whose name says so.

mod file;
mod keys;
mod known;
mod label;
mod shape;
mod words;

pub(super) use file::{Tail, file_tail};
pub(super) use keys::{Key, is_everyday, is_generic, key, names_person_clearly};
pub(super) use known::{is_date as is_date_number, is_spelled_json};
pub(super) use label::{labels_below, token_labels, uncalled_labels};
pub(super) use shape::{Likeness, is_called, is_long_mix, is_mix, likeness, names_page};
