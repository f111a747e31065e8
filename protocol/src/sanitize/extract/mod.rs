//! Indicators out of running text: prose, lists, tables, AsciiDoc, Markdown, pasted mails; defanged or plain.
//!
//! Decides which words of a text are meant as indicators. Never decides whether one may leave (that is
//! [`decide`](super::decide)), and never drops a likely one in silence: what is passed over is counted with its reason.
//!
//! # Places
//! Where a word stands says as much as its shape. A value is *by itself* when it fills a line (a list mark, quotes and
//! backticks aside), a table cell, a piece of `code`, a quoted word, or what follows a short `label:`. Everything else
//! is *running text*.
//!
//! # What is read where
//! - Anywhere: hashes, addresses and blocks, URLs, mail addresses, CVE numbers, ssdeep, TLSH, JA4, certificate
//!   fingerprints, cryptocurrency addresses (by their checksum), AS numbers of four digits or more.
//! - A plain name is a domain when its end stands in the Public Suffix List, it is not written like a detection name
//!   (`Win32/Korplug.TC`, `Trojan.Agent.TK`) or two sentences (`end.In`), and no code surrounds it. A defanged name may end
//!   in any top-level domain.
//! - A plain name whose end is a file extension too (`.zip .sh .py .pl .rs .md .so .ps .mov ...`) is a file name, unless it
//!   is part of a URL, has a second-level suffix (`example.com.pl`) or a `www.`, or stands by itself among domains: on a
//!   line of its own in a block where files do not outnumber domains, in a cell where domains outnumber files.
//! - File names are taken when they are by themselves and of a telling type (programs, scripts, archives, documents); of
//!   a path the last part. User agents, accounts, apps and telephone numbers are taken when they are by themselves.
//! - Hashtags and patterns are not read out of running text; they come by a structured format.
//! - Not read: armoured keys and certificates, recipients and the receiving side's lines of a mail header.
//!
//! # Reference links
//! Reports link to blogs and name their authors, and none of that is an indicator. A text is a *report* when it defangs a
//! domain, URL, address or mail address somewhere, or when it has headings, tables or listings *and* indicators that stand by
//! themselves. A list of URLs and a pasted phishing mail are neither, and keep all their links. In a report, a plain
//! (not defanged) URL or mail address is passed over when one of these holds:
//! - it is the target of a link with words of its own (`https://...[the article]`, `[the article](https://...)`; the former
//!   also outside reports, because only authors write AsciiDoc);
//! - it stands in running text, or alone on a line inside a paragraph;
//! - its label or heading says so (`Source:`, `== References`), or it is in a comment;
//! - its host is a publisher or home of research (`welivesecurity.com`, `github.com`, ...); this one holds in every text
//!   that has indicators besides links, mail addresses and files.
//!
//! A plain domain in running text is passed over in a report that defangs, and for hosts of the last kind. All of it stands
//! in [`Skipped`], so that a person can see what was passed over and defang what was meant; the reasons for URLs begin with
//! "reference link".
//!
//! # Bounds
//! At most [`MAX_TEXT_BYTES`]; work is linear in the text, whatever it holds; at most 1,500,000 values and
//! 2,000 distinct things passed over (the rest is counted together).

mod blanks;
mod candidate;
mod layout;
mod ledger;
mod links;
mod name;
mod pile;
mod reference;
mod scan;
mod shape;
mod stretch;
mod verdict;
mod words;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::fingerprint::{Fingerprint, fingerprint};
use crate::indicator::Indicator;

use ledger::Ledger;
use scan::Scan;

/// The longest text that is read: 32 MiB, a list of well over a million indicators.
pub const MAX_TEXT_BYTES: usize = 32 * 1024 * 1024;

/// An indicator and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The indicator.
    pub indicator: Indicator,
    /// The bytes of the text that it was read from.
    pub span: Range<usize>,
    /// Whether it is a mail address that stands only between words, not defanged.
    pub in_prose: bool,
}

/// Something that looked like an indicator and was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The text itself, shortened.
    pub what: String,
    /// How often it occurs.
    pub count: u32,
    /// Why it was not taken, in plain words.
    pub reason: &'static str,
}

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// Each indicator once, where it first stands, in the order of the text.
    pub found: Vec<Found>,
    /// What was not taken, in the order of the text.
    pub skipped: Vec<Skipped>,
}

/// Every indicator in `text`, defanged or not. A text above [`MAX_TEXT_BYTES`] is passed over as a whole.
pub fn extract(text: &str) -> Extraction {
    let mut found = Vec::new();
    let mut seen: BTreeSet<Fingerprint> = BTreeSet::new();
    let skipped = extract_each(text, |each| {
        if seen.insert(fingerprint(&each.indicator)) {
            found.push(each);
        }
    });
    Extraction { found, skipped }
}

/// Like [`extract`], for texts of a million indicators: each goes to `take` in the order of the text and is held only
/// there, so the same one comes as often as it stands in the text. Returns what was not taken.
pub fn extract_each(text: &str, take: impl FnMut(Found)) -> Vec<Skipped> {
    let mut ledger = Ledger::default();
    if text.len() > MAX_TEXT_BYTES {
        ledger.add("the whole text", "longer than 32 MiB: split it");
        return ledger.into_skipped();
    }
    let scan = Scan::read(text, &mut ledger);
    verdict::found(scan, &mut ledger, take);
    ledger.into_skipped()
}
