//! Why a file could not be read at all, and what to try. Never repeats what stands in the file.

use std::fmt;

use super::Format;
use crate::error::Error;
use crate::exit::Exit;

/// The whole file is of no use. (A single value that is of no use is a [`Skipped`](super::Skipped) instead.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// Longer than what is read of such a file.
    TooLarge {
        /// The file's length.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// Nothing in it, or only white space.
    Empty,
    /// Not text but this kind of file.
    Binary {
        /// A word for people: `a PDF document`.
        what: &'static str,
        /// What to do with such a file.
        remedy: &'static str,
    },
    /// JSON or CSV that is not UTF-8, at this byte.
    NotUtf8 {
        /// The offset of the first wrong byte.
        offset: usize,
    },
    /// Not JSON, or JSON that was cut short or damaged.
    BrokenJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// True when the file ends too early.
        cut: bool,
    },
    /// JSON, but neither STIX nor MISP.
    UnknownJson,
    /// It was to be read as this format, and is something else.
    NotThatFormat {
        /// The format that was asked for.
        format: Format,
        /// What is missing.
        missing: &'static str,
    },
    /// More of something than a file may hold.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: usize,
    },
}

impl FormatError {
    /// The machine name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            FormatError::TooLarge { .. } => "file-too-large",
            FormatError::Empty => "file-empty",
            FormatError::Binary { .. } => "file-not-text",
            FormatError::NotUtf8 { .. } => "file-not-utf8",
            FormatError::BrokenJson { .. } => "file-damaged",
            FormatError::UnknownJson | FormatError::NotThatFormat { .. } => "file-format",
            FormatError::TooMany { .. } => "file-too-many",
        }
    }

    /// What to try, on one line.
    pub fn remedy(&self) -> String {
        match self {
            FormatError::TooLarge { .. } | FormatError::TooMany { .. } => {
                "split the file and publish the parts one by one".to_owned()
            }
            FormatError::Empty => {
                "check that the right file was given, and that saving it had finished".to_owned()
            }
            FormatError::Binary { remedy, .. } => (*remedy).to_owned(),
            FormatError::NotUtf8 { .. } => {
                "save the file as UTF-8, or read it as plain text with --from text".to_owned()
            }
            FormatError::BrokenJson { cut: true, .. } => {
                "fetch or export the file again: its end is missing".to_owned()
            }
            FormatError::BrokenJson { cut: false, .. } | FormatError::UnknownJson => {
                "export it again as STIX 2.1 or as a MISP event, or read it as plain text with --from text"
                    .to_owned()
            }
            FormatError::NotThatFormat { .. } => {
                "leave out --from, or name the format that it really is".to_owned()
            }
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::TooLarge { bytes, max } => {
                write!(f, "the file has {bytes} bytes, more than the {max} that are read of such a file")
            }
            FormatError::Empty => f.write_str("the file is empty"),
            FormatError::Binary { what, .. } => write!(f, "the file is {what}, not text"),
            FormatError::NotUtf8 { offset } => write!(f, "the file is not UTF-8 (byte {offset})"),
            FormatError::BrokenJson { line, column, cut: true } => {
                write!(f, "the JSON is cut short (at line {line}, column {column})")
            }
            FormatError::BrokenJson { line, column, cut: false } => {
                write!(f, "the JSON is damaged at line {line}, column {column}")
            }
            FormatError::UnknownJson => f.write_str("the file is JSON, but neither STIX nor MISP"),
            FormatError::NotThatFormat { format, missing } => {
                write!(f, "the file cannot be read as {format}: {missing}")
            }
            FormatError::TooMany { what, max } => write!(f, "the file has more than {max} {what}"),
        }
    }
}

impl std::error::Error for FormatError {}

impl From<FormatError> for Error {
    fn from(error: FormatError) -> Error {
        Error::new(Exit::Refused, error.code(), error.to_string(), error.remedy())
    }
}
