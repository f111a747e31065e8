//! Reading what other tools and people hand over.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod csv;
mod data;
mod detect;
mod hostile;
mod misp;
mod stix;
mod text;

use watchfire::formats::{Format, FormatError, Parsed, read};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/formats/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn parsed(text: &str) -> Parsed {
    balanced(read(text.as_bytes(), None, None).unwrap())
}

fn refused(text: &str) -> FormatError {
    read(text.as_bytes(), None, None).unwrap_err()
}

/// `type value` of everything that was found.
fn found(parsed: &Parsed) -> Vec<String> {
    let line =
        |found: &watchfire::formats::Found| format!("{} {}", found.indicator.kind(), found.indicator.value());
    parsed.indicators.iter().map(line).collect()
}

/// `count what: reason` of everything that was not used.
fn skipped(parsed: &Parsed) -> Vec<String> {
    parsed.skipped.iter().map(|s| format!("{} {}: {}", s.count, s.what, s.reason)).collect()
}

/// The promise that no value is lost: each was kept, was there before, or is counted with a reason.
fn balanced(parsed: Parsed) -> Parsed {
    let skipped: u32 = parsed.skipped.iter().map(|s| s.count).sum();
    let kept = u32::try_from(parsed.indicators.len()).unwrap();
    assert_eq!(parsed.values, kept + parsed.repeated + skipped);
    parsed
}

fn file(name: &str, format: Format) -> Parsed {
    let parsed = balanced(read(&fixture(name), Some(name), None).unwrap());
    assert_eq!(parsed.format, format);
    parsed
}
