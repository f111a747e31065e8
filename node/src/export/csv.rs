//! CSV (RFC 4180, UTF-8, with a header) that the intake reads back without a loss.

use std::io::{self, Write};

use watchfire_keys::time::UnixMillis;

use super::{ExportRow, Exported, may_leave, stix};
use crate::error::one_line;
use crate::formats::GUARDED;

const HEADER: [&str; 10] =
    ["type", "value", "state", "tlp", "title", "author", "side", "created", "valid_until", "record"];

/// Writes one line for each row.
///
/// Spreadsheets run a cell that begins with `=`, `+`, `-`, `@` or a tab as a formula, and what stands in these cells was
/// written by somebody else. So every cell that begins that way gets a `'` in front, values of indicators too: user agents,
/// file names and accounts begin as their author likes. Only `+` and digits stay as they are, since a phone number does
/// nothing. A title is put on one line, for tools that take a line for a row. A cell that begins with `'` gets one more, so that reading can take it away again.
///
/// # Errors
/// When `out` fails.
pub fn csv<'a>(rows: impl IntoIterator<Item = ExportRow<'a>>, out: &mut dyn Write) -> io::Result<Exported> {
    let mut exported = Exported::default();
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for row in rows {
        if !may_leave(row.tlp) {
            exported.withheld += 1;
            continue;
        }
        let time = |moment: Option<UnixMillis>| moment.map(stix::timestamp).unwrap_or_default();
        let cells = [
            row.indicator.kind().as_str(),
            row.indicator.value(),
            row.state,
            row.tlp.as_str(),
            &one_line(row.title),
            row.author,
            row.side,
            &time(Some(row.created)),
            &time(row.valid_until),
            &row.record,
        ];
        writer.write_record(cells.map(guarded))?;
        exported.written += 1;
    }
    writer.flush()?;
    Ok(exported)
}

fn guarded(cell: &str) -> String {
    let is_number = cell.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if cell.starts_with(GUARDED) && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_phone_numbers_are_not() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(guarded("'tis"), "''tis");
        assert_eq!(guarded("+15550100"), "+15550100");
        assert_eq!(guarded("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0");
        assert_eq!(guarded("evil.example"), "evil.example");
    }
}
