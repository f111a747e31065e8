//! Tables: CSV with any of the usual delimiters, with and without a header.
//!
//! Decides what each column holds ([`columns`]) and reads the rows. A row with more cells than the header has is
//! counted with its line and not read, because its cells may stand in the wrong columns.

mod cell;
mod columns;
mod sniff;

pub(crate) use cell::GUARDED;

use ::csv::{ReaderBuilder, StringRecord, Trim};

use super::collect::Collector;
use super::misp::Attribute;
use super::names;
use super::{Format, FormatError, Parsed};
use columns::{Columns, Role};
use sniff::Shape;

/// More columns than any feed has.
const MAX_COLUMNS: usize = 256;

/// True for a text that is a table with indicators in it. `.csv` and `.tsv` in the name help where it is not clear.
pub(super) fn is_table(text: &str, name: Option<&str>) -> bool {
    let named = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let hinted = named.is_some_and(|ending| ending == "csv" || ending == "tsv");
    sniff::sniff(text, hinted).is_some()
}

/// Reads every row.
pub(super) fn read(text: &str) -> Result<Parsed, FormatError> {
    let shape = sniff::sniff(text, true).ok_or(FormatError::NotThatFormat {
        format: Format::Csv,
        missing: "no column has indicators in it",
    })?;
    let mut table = Table { collector: Collector::new(Format::Csv), overlong: None, overlong_rows: 0 };
    let mut context = vec![0u32; shape.columns.roles.len()];
    for record in records(text, &shape) {
        let (line, record) = record;
        table.row(&shape.columns, &record, line, &mut context)?;
    }
    Ok(table.finish(&shape.columns, &context))
}

/// The rows below the header, each with its line in the file. Comments and ruling lines are left out.
fn records<'t>(text: &'t str, shape: &Shape) -> impl Iterator<Item = (u64, StringRecord)> + use<'t> {
    let skipped = shape.skip;
    reader(text, shape.delimiter).skip(skipped)
}

/// Every row, the header included.
fn reader(text: &str, delimiter: u8) -> impl Iterator<Item = (u64, StringRecord)> {
    let reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    // The text is valid UTF-8 and rows may differ in length, so that no row is an error.
    reader
        .into_records()
        .filter_map(Result::ok)
        .map(|record| (record.position().map_or(0, ::csv::Position::line), record))
        .filter(|(_, record)| !is_ruling(record))
}

/// `|---|:--:|` below a header.
fn is_ruling(record: &StringRecord) -> bool {
    let ruled = |cell: &str| cell.bytes().all(|b| matches!(b, b'-' | b':' | b'=' | b'+'));
    record.iter().all(ruled) && record.iter().any(|cell| cell.len() > 1)
}

struct Table {
    collector: Collector,
    /// The line of the first row with too many cells.
    overlong: Option<u64>,
    overlong_rows: u32,
}

impl Table {
    fn row(
        &mut self,
        columns: &Columns,
        record: &StringRecord,
        line: u64,
        context: &mut [u32],
    ) -> Result<(), FormatError> {
        if record.len() > MAX_COLUMNS || record.iter().skip(columns.roles.len()).any(|cell| !cell.is_empty())
        {
            self.overlong.get_or_insert(line);
            self.overlong_rows = self.overlong_rows.saturating_add(1);
            return Ok(());
        }
        let at = |role: &Role| {
            let column = columns.roles.iter().position(|known| known == role)?;
            record.get(column)
        };
        if columns.misp {
            return self.misp_row(columns, record, line, at);
        }
        let kind = at(&Role::Type).unwrap_or("");
        for ((column, role), counted) in columns.roles.iter().enumerate().zip(context) {
            let cell = cell::unguarded(record.get(column).unwrap_or(""));
            // Beside its type a value is a value, be it a file by the name of `none`.
            let typed = *role == Role::Any && names::named(kind).is_some();
            if cell.is_empty() || (!typed && cell::is_empty(cell)) {
                continue;
            }
            let name = columns.name(column);
            match role {
                Role::Value(named) => cell::read(named, cell, name, line, &mut self.collector)?,
                Role::Any => cell::read_any(kind, cell, name, line, &mut self.collector)?,
                Role::Marking => {
                    if let Ok(tlp) = cell.parse() {
                        self.collector.mark(tlp);
                    }
                }
                Role::Techniques => self.collector.techniques_in(cell),
                Role::Link => {
                    self.collector.reference(cell);
                    *counted = counted.saturating_add(1);
                }
                Role::Type => {}
                Role::Category | Role::Flag | Role::Context => *counted = counted.saturating_add(1),
            }
        }
        Ok(())
    }

    /// A row of MISP's own CSV export is an attribute, and the rules for attributes hold.
    fn misp_row<'r>(
        &mut self,
        columns: &Columns,
        record: &'r StringRecord,
        line: u64,
        at: impl Fn(&Role) -> Option<&'r str>,
    ) -> Result<(), FormatError> {
        let relation = columns.position_of("object_relation").and_then(|column| record.get(column));
        let attribute = Attribute {
            kind: at(&Role::Type).unwrap_or(""),
            value: cell::unguarded(at(&Role::Any).unwrap_or("")),
            category: at(&Role::Category).unwrap_or(""),
            relation: relation.unwrap_or(""),
            object: "",
            flagged: at(&Role::Flag) == Some("1"),
            place: format!("line {line}"),
        };
        attribute.read(&mut self.collector)
    }

    fn finish(mut self, columns: &Columns, context: &[u32]) -> Parsed {
        for (column, count) in context.iter().enumerate() {
            let reason = match columns.roles.get(column) {
                Some(Role::Link) => "a link to read, kept as a reference",
                _ => "not a column of indicators",
            };
            if *count > 0 {
                self.collector.attributes(*count);
                self.collector.skip_many(columns.name(column), *count, reason);
            }
        }
        if let Some(line) = self.overlong {
            self.collector.attributes(self.overlong_rows);
            let reason = format!("more cells than the table has columns, for the first time in line {line}");
            self.collector.skip_many("row", self.overlong_rows, &reason);
        }
        self.collector.finish()
    }
}
