//! What a first reading finds, before the text as a whole is judged.

use alloc::boxed::Box;
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
    /// Whom a mail says it is from.
    Senders,
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
    /// Where in the original text, start and end. Texts are shorter than 4 GiB, and there may be a million of these.
    span: (u32, u32),
    pub(super) place: Place,
    pub(super) zone: Zone,
    pub(super) link: Link,
    /// The number of its block; blocks are set apart by empty lines and headings.
    block: u32,
}

/// What a candidate is.
#[derive(Debug)]
pub(super) enum What {
    Indicator(Indicator),
    /// A file name: the last part of it is the value.
    File(Indicator),
    /// A name that can be a domain and a file.
    DomainOrFile(Indicator),
    /// It is none.
    Nothing(Box<Nothing>),
}

/// What looks like an indicator and is none.
#[derive(Debug)]
pub(super) struct Nothing {
    pub(super) what: Box<str>,
    /// Why it is none.
    pub(super) reason: &'static str,
}

impl Candidate {
    pub(super) fn new(
        what: What,
        span: Range<usize>,
        place: Place,
        zone: Zone,
        link: Link,
        block: usize,
    ) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Candidate {
            what,
            span: (narrow(span.start), narrow(span.end)),
            place,
            zone,
            link,
            block: narrow(block),
        }
    }

    /// Where in the original text.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.0 as usize..self.span.1 as usize
    }

    /// The number of its block.
    pub(super) fn block(&self) -> usize {
        self.block as usize
    }
}

impl What {
    pub(super) fn nothing(what: &str, reason: &'static str) -> What {
        What::Nothing(Box::new(Nothing { what: what.into(), reason }))
    }

    pub(super) fn indicator(&self) -> Option<&Indicator> {
        match self {
            What::Indicator(indicator) | What::File(indicator) | What::DomainOrFile(indicator) => {
                Some(indicator)
            }
            What::Nothing(..) => None,
        }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            What::Indicator(indicator) => Some(indicator.kind()),
            What::File(_) => Some(Kind::Filename),
            What::DomainOrFile(_) | What::Nothing(..) => None,
        }
    }
}
