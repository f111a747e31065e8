//! Is a text a table, with which delimiter, and where do its rows begin?
//!
//! Decided by the first rows: nearly all of them have the same number of cells, and a column's name or its cells say
//! that it holds indicators. Prose with commas has neither.

use ::csv::StringRecord;

use super::super::values::Wanted;
use super::columns::Columns;
use super::{MAX_COLUMNS, reader};

/// How many rows are looked at.
const SAMPLE_ROWS: usize = 60;
/// How much text is looked at; a row longer than this is no row.
const SAMPLE_BYTES: usize = 256 * 1024;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a table is laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    pub(super) columns: Columns,
    /// How many rows come before the first row of values.
    pub(super) skip: usize,
}

/// The layout, or `None` for what is no table. `hinted` when somebody said that it is one.
pub(super) fn sniff(text: &str, hinted: bool) -> Option<Shape> {
    let sample = sample(text);
    // Of equals `max_by_key` takes the last, so the likeliest delimiter comes last.
    let candidates =
        DELIMITERS.into_iter().rev().filter_map(|delimiter| candidate(sample, delimiter, hinted));
    candidates.max_by_key(|(score, _)| *score).map(|(_, shape)| shape)
}

/// The beginning of the text, cut at the end of a line.
fn sample(text: &str) -> &str {
    let mut end = SAMPLE_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text.get(..end).unwrap_or(text);
    match start.rfind('\n') {
        Some(line) if end < text.len() => start.get(..line).unwrap_or(start),
        _ => start,
    }
}

/// The layout with this delimiter, and how well it fits; the first delimiter wins a tie.
fn candidate(sample: &str, delimiter: u8, hinted: bool) -> Option<((bool, usize), Shape)> {
    let rows: Vec<StringRecord> =
        reader(sample, delimiter).take(SAMPLE_ROWS).map(|(_, record)| record).collect();
    let width = rows
        .iter()
        .map(StringRecord::len)
        .max_by_key(|width| (rows.iter().filter(|row| row.len() == *width).count(), *width))?;
    let fitting = rows.iter().filter(|row| row.len() == width).count();
    let consistent = fitting * 10 >= rows.len() * if hinted { 5 } else { 9 };
    if width > MAX_COLUMNS || !consistent || (width < 2 && !hinted) {
        return None;
    }
    let (columns, skip) = header(sample, delimiter, &rows, width)
        .or_else(|| by_cells(&rows, width, hinted))
        .filter(|(columns, _)| columns.roles.len() == width)?;
    Some(((skip > 0, width.min(2) * fitting), Shape { delimiter, columns, skip }))
}

/// The first row as a header of known names; or a comment right above the rows, as abuse.ch writes it.
fn header(sample: &str, delimiter: u8, rows: &[StringRecord], width: usize) -> Option<(Columns, usize)> {
    let first = rows.first()?;
    if let Some(columns) = Columns::from_header(first.iter()) {
        let values = first.iter().any(|cell| Wanted::Any.read(cell).is_some());
        if !values && rows.len() > 1 {
            return Some((columns, 1));
        }
    }
    let comments: Vec<&str> =
        sample.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty()).collect();
    let named = comments.into_iter().rev().find_map(|comment| {
        let line = comment.trim_start_matches('#').trim();
        let (_, record) = reader(line, delimiter).next()?;
        let columns = Columns::from_header(record.iter())?;
        (record.len() == width).then_some(columns)
    })?;
    Some((named, 0))
}

/// No known header: what the cells look like.
fn by_cells(rows: &[StringRecord], width: usize, hinted: bool) -> Option<(Columns, usize)> {
    if rows.len() < 2 && !hinted {
        return None;
    }
    let cells = |rows: &[StringRecord]| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(str::to_owned).collect()).collect()
    };
    let all = cells(rows);
    let borrowed: Vec<Vec<&str>> = all.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let (first, rest) = borrowed.split_first()?;
    let is_value = |cell: &&str| Wanted::Any.read(cell).is_some();
    if rest.is_empty() || first.iter().any(is_value) {
        return Columns::from_cells(Vec::new(), width, &borrowed, 60).map(|columns| (columns, 0));
    }
    let names = first.iter().map(|name| (*name).to_owned()).collect();
    Columns::from_cells(names, width, rest, 60).map(|columns| (columns, 1))
}
