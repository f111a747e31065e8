//! One cell of a table.
//!
//! Decides what an empty cell is, undoes the guard that our own export puts before what a spreadsheet would run as a
//! formula, and takes a cell with several values apart.

use super::super::FormatError;
use super::super::collect::{Collector, NOT_ITS_TYPE};
use super::super::names::{Named, named, without_port};
use super::super::place::Place;
use super::super::stix;
use super::super::values::Wanted;

/// A cell that begins with one of these is a formula to some spreadsheet, or is itself guarded. Export puts a `'` before
/// it, reading takes it away again.
pub(crate) const GUARDED: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// The cell without the guard of an export.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(GUARDED) => rest,
        _ => cell,
    }
}

/// True for nothing, and for the words that people write for it.
pub(super) fn is_empty(cell: &str) -> bool {
    let words = ["", "-", "--", "n/a", "na", "none", "null", "unknown", "tbd", "?"];
    words.iter().any(|word| cell.trim().eq_ignore_ascii_case(word))
}

/// A cell of a column with a known type.
pub(super) fn read(
    kind: &Named,
    cell: &str,
    column: &str,
    line: u64,
    collector: &mut Collector,
) -> Result<(), FormatError> {
    collector.attributes(1);
    let place = || Place::cell(line, column);
    match kind {
        Named::One(wanted) => read_one(wanted, cell, column, line, collector),
        Named::WithPort(wanted) => read_one(wanted, without_port(cell), column, line, collector),
        Named::Two(first, second) => match cell.rsplit_once('|') {
            Some((left, right)) => {
                collector.value(first, left, column, place)?;
                collector.value(second, right, column, place)
            }
            None => {
                collector.skip(column, NOT_ITS_TYPE);
                Ok(())
            }
        },
        Named::Pattern => stix::read_pattern(cell, collector, place),
        Named::Link => {
            collector.reference(cell);
            collector.skip(column, "a link to read, kept as a reference");
            Ok(())
        }
    }
}

/// A cell whose type stands in another cell (`kind`, which may be empty or say something else).
pub(super) fn read_any(
    kind: &str,
    cell: &str,
    column: &str,
    line: u64,
    collector: &mut Collector,
) -> Result<(), FormatError> {
    match named(kind) {
        Some(named) => read(&named, cell, kind, line, collector),
        None => {
            read(&Named::One(Wanted::Any), cell, if is_empty(kind) { column } else { kind }, line, collector)
        }
    }
}

fn read_one(
    wanted: &Wanted,
    cell: &str,
    column: &str,
    line: u64,
    collector: &mut Collector,
) -> Result<(), FormatError> {
    let place = || Place::cell(line, column);
    if let Some(indicator) = wanted.read(cell) {
        return collector.keep(indicator, place);
    }
    let parts = || cell.split(|c: char| matches!(c, ',' | ';' | '|') || c.is_whitespace());
    let parts = parts().map(|part| part.trim_matches('"')).filter(|part| !is_empty(part));
    if parts.clone().all(|part| wanted.read(part).is_none()) {
        collector.skip(column, NOT_ITS_TYPE);
        return Ok(());
    }
    for part in parts {
        collector.value(wanted, part, column, place)?;
    }
    Ok(())
}
