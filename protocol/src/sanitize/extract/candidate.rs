//! What a first reading finds, before the text as a whole is judged.

use alloc::string::String;
use core::ops::Range;

use crate::indicator::{Indicator, Kind};

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In running text.
    Running,
    /// Fills a table cell, a piece of code or a pair of quotes.
    Cell,
    /// Follows a short `label:` on its line.
    Label,
    /// Fills a line that stands in a paragraph's place.
    Line,
    /// Fills a line with a list mark.
    Item,
}

impl Place {
    /// Whether nothing but the value is meant there.
    pub(super) fn is_by_itself(self) -> bool {
        self != Place::Running
    }

    pub(super) fn fills_line(self) -> bool {
        matches!(self, Place::Line | Place::Item)
    }
}

/// What the surroundings say about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// Nothing.
    Ordinary,
    /// A listing of source code.
    Source,
    /// A comment, a list of references, or a label such as `Source:`.
    Reference,
    /// The recipients of a mail.
    Recipients,
    /// What mail servers on the way noted.
    Transport,
}

/// How a value was meant to be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// It was not defanged and no words stand for it.
    Plain,
    /// It was defanged.
    Defanged,
    /// AsciiDoc: `https://...[words]`.
    AsciiDoc,
    /// Markdown: `[words](https://...)`.
    Markdown,
}

/// A value that may be an indicator.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) what: What,
    /// In the original text.
    pub(super) span: Range<usize>,
    pub(super) place: Place,
    pub(super) zone: Zone,
    pub(super) link: Link,
    /// The number of its block; blocks are set apart by empty lines and headings.
    pub(super) block: usize,
}

/// What a candidate is.
#[derive(Debug)]
pub(super) enum What {
    Indicator(Indicator),
    /// A file name: the last part of it is the value.
    File(Indicator),
    /// A name that can be a domain and a file.
    DomainOrFile(Indicator),
    /// It is none, for this reason; what it was.
    Nothing(String, &'static str),
}

impl What {
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            What::Indicator(indicator) => Some(indicator.kind()),
            What::File(_) => Some(Kind::Filename),
            What::DomainOrFile(_) | What::Nothing(..) => None,
        }
    }
}
