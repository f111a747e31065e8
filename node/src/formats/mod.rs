//! Intake: reads what other tools and people hand over.
//!
//! Decides which format a file is in, and which values in it are candidates for indicators; counts and names every
//! value that it cannot use. It never decides what may leave the building (`watchfire_protocol::sanitize` does) nor
//! what a value's normal form is (`watchfire_protocol::indicator` does), and it neither opens files nor follows links.

mod collect;
mod csv;
mod decode;
mod detect;
mod error;
mod json;
pub(crate) mod mail;
mod misp;
mod names;
mod place;
mod repeated;
pub(crate) mod stix;
mod techniques;
mod text;
pub(crate) mod values;

pub(crate) use csv::GUARDED;
pub use error::FormatError;
pub use mail::MAX_MAIL_BYTES;
pub use place::Place;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use watchfire_protocol::indicator::{Indicator, Tlp};
use watchfire_protocol::sanitize::{Origin, OwnList};

use techniques::Techniques;

/// The longest file that is read, mails aside ([`MAX_MAIL_BYTES`]). The largest public feeds of a single incident have
/// a tenth of it.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// The most different indicators in one file: a list of a million with room to spare, and about 130 MB of memory.
pub const MAX_INDICATORS: usize = 1_500_000;

const MAX_FIELD_CHARS: usize = 200;
const MAX_BLOCK_CHARS: usize = 4000;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A STIX 2.1 or 2.0 bundle, a single object, or a list of objects.
    Stix,
    /// MISP events or attributes as JSON.
    Misp,
    /// A table with a delimiter.
    Csv,
    /// A mail with its header, or a mailbox of several.
    Mail,
    /// Anything else that is text.
    Text,
}

impl Format {
    /// The name on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Stix => "stix",
            Format::Misp => "misp",
            Format::Csv => "csv",
            Format::Mail => "mail",
            Format::Text => "text",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No such format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFormat;

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such format: stix, misp, csv, mail or text")
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        let all = [Format::Stix, Format::Misp, Format::Csv, Format::Mail, Format::Text];
        all.into_iter().find(|format| format.as_str() == name).ok_or(UnknownFormat)
    }
}

/// What stood in a file. `values` is always the number of `indicators`, plus `repeated`, plus the counts of `skipped`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The format it was read as.
    pub format: Format,
    /// What the file calls itself, on one line of at most 200 characters.
    pub title: Option<String>,
    /// What the file says about itself, at most 4000 characters.
    pub summary: Option<String>,
    /// The most restrictive marking on anything in the file.
    pub tlp: Option<Tlp>,
    /// Links to read more.
    pub references: Vec<String>,
    /// ATT&CK and DISARM technique ids, sorted.
    pub techniques: Vec<String>,
    /// The indicators in the order of the file, each once, with the first place it stood.
    pub indicators: Vec<Found>,
    /// How many items the file has of its own: STIX patterns and observables, MISP attributes, cells, matches in prose.
    pub attributes: u32,
    /// How many values these hold: a MISP `domain|ip` has two, an `IN` pattern as many as it lists.
    pub values: u32,
    /// Values that were there before.
    pub repeated: u32,
    /// Values that were not used, counted by what they are and why.
    pub skipped: Vec<Skipped>,
    /// What a person should know about the file as a whole.
    pub notes: Vec<String>,
    /// What the file tells of the people it was sent to: it must not leave.
    pub learned: OwnList,
}

/// An indicator in a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Its normal form.
    pub indicator: Indicator,
    /// Where, for people: `attribute 12`, `line 3, column domain`.
    pub place: Place,
    /// Where, for the rules.
    pub origin: Origin,
}

/// Shows the type and the place only: values stay out of logs.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found({:?}, {})", self.indicator, self.place)
    }
}

/// Values that were not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The name of their type in the file; for prose some of the values themselves, so this stays out of logs.
    pub what: String,
    /// How many.
    pub count: u32,
    /// Why.
    pub reason: String,
}

/// Reads a file. `name` is a hint only (`.csv`, `.tsv`); `force` takes the place of detection.
///
/// # Errors
/// When the file as a whole cannot be read; a value that cannot be used is counted in [`Parsed::skipped`].
pub fn read(bytes: &[u8], name: Option<&str>, force: Option<Format>) -> Result<Parsed, FormatError> {
    // A mail has charsets of its own, in each part another.
    if force == Some(Format::Mail) || (force.is_none() && mail::is_mail(bytes, name)) {
        return mail::read(bytes);
    }
    let decoded = decode::decode(bytes)?;
    let text = decoded.text.as_ref();
    // One that was pasted and saved as UTF-16.
    if force.is_none() && matches!(decoded.text, Cow::Owned(_)) && mail::is_mail(text.as_bytes(), None) {
        return mail::read(text.as_bytes());
    }
    let is_json = match force {
        Some(format) => matches!(format, Format::Stix | Format::Misp),
        None => detect::looks_like_json(text),
    };
    if let (Some(offset), true) = (decoded.damaged_at, is_json) {
        return Err(FormatError::NotUtf8 { offset });
    }
    let mut parsed = match force {
        Some(Format::Stix) => stix::read(&json(text)?),
        Some(Format::Misp) => misp::read(&json(text)?),
        Some(Format::Csv) => csv::read(text),
        Some(Format::Mail) => mail::read(text.as_bytes()),
        Some(Format::Text) => text::read(text),
        None if is_json => read_json(&json(text)?),
        None if csv::is_table(text, name) => csv::read(text),
        None => text::read(text),
    }?;
    if decoded.damaged_at.is_some() {
        parsed.notes.push("the file is not UTF-8: what could not be read was replaced".to_owned());
    }
    Ok(parsed)
}

fn read_json(json: &json::Json<'_>) -> Result<Parsed, FormatError> {
    if stix::is_stix(json) {
        stix::read(json)
    } else if misp::is_misp(json) {
        misp::read(json)
    } else {
        Err(FormatError::UnknownJson)
    }
}

fn json(text: &str) -> Result<json::Json<'_>, FormatError> {
    json::parse(text).map_err(|error| match error {
        json::JsonError::Broken { line, column, cut } => FormatError::BrokenJson { line, column, cut },
        json::JsonError::TooMany => {
            FormatError::TooMany { what: "JSON values", max: json::MAX_VALUES as usize }
        }
    })
}

/// One line, fit for a title: no control or invisible characters, at most 200 characters.
fn text_field(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), MAX_FIELD_CHARS)
}

/// Some lines, fit for a summary: no control or invisible characters, at most 4000 characters.
fn text_block(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    cut(lines.join("\n").trim(), MAX_BLOCK_CHARS)
}

fn cut(text: &str, max_chars: usize) -> Option<String> {
    let shown = |c: &char| *c == '\n' || !crate::error::is_hidden(*c);
    let mut kept: String = text.chars().filter(shown).take(max_chars + 1).collect();
    if kept.chars().count() > max_chars {
        kept = kept.chars().take(max_chars.saturating_sub(1)).collect();
        kept.push('…');
    }
    if kept.trim().is_empty() { None } else { Some(kept) }
}
