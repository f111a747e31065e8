//! Indicators out of running text.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::indicator::{Indicator, Kind, guess};

/// The longest text that is read.
pub const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// An indicator and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The indicator.
    pub indicator: Indicator,
    /// The bytes of the text that it was read from, at its first occurrence.
    pub span: Range<usize>,
}

/// Something that looked like an indicator and was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What it is.
    pub what: String,
    /// How often it occurs.
    pub count: u32,
    /// Why it was not taken, in plain words.
    pub reason: &'static str,
}

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// Each indicator once, in the order of the text.
    pub found: Vec<Found>,
    /// What was not taken, in the order of the text.
    pub skipped: Vec<Skipped>,
}

/// Every indicator in `text`, defanged or not.
pub fn extract(text: &str) -> Extraction {
    let mut extraction = Extraction::default();
    if text.len() > MAX_TEXT_BYTES {
        let reason = "longer than 8 MiB: split it";
        extraction.skipped.push(Skipped { what: String::from("the whole text"), count: 1, reason });
        return extraction;
    }
    let mut seen = BTreeSet::new();
    let mut at = 0_usize;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || c == '|') {
        let span = at..at.saturating_add(word.len());
        at = span.end;
        let word = word.trim_end_matches(|c: char| c.is_whitespace() || c == '|');
        if let Some(indicator) = guess(word).filter(|it| it.kind() != Kind::Filename)
            && seen.insert(indicator.clone())
        {
            let span = span.start..span.start.saturating_add(word.len());
            extraction.found.push(Found { indicator, span });
        }
    }
    extraction
}
