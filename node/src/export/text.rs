//! A plain list: one value a line, each once, for `grep -f` and for tools that read nothing else.

use std::collections::BTreeSet;
use std::io::{self, Write};

use watchfire_protocol::indicator::Tlp;

use super::{ExportRow, Exported, may_leave};

/// Writes the values below a comment that says how many there are and how they are marked.
///
/// Rules for detection engines are left out and counted: they span lines, and a list of values is no place for them.
/// Hashtags too, because `#` begins a comment. Values that several alerts have are written once and counted as written.
///
/// # Errors
/// When `out` fails.
pub fn text<'a>(rows: impl IntoIterator<Item = ExportRow<'a>>, out: &mut dyn Write) -> io::Result<Exported> {
    let mut exported = Exported::default();
    let mut values = BTreeSet::new();
    let mut strictest = Tlp::Clear;
    for row in rows {
        let value = row.indicator.value();
        if !may_leave(row.tlp) {
            exported.withheld += 1;
        } else if row.indicator.kind().is_pattern() || value.starts_with('#') || value.contains(['\n', '\r'])
        {
            exported.unfit += 1;
        } else {
            values.insert(value);
            strictest = strictest.max(row.tlp);
            exported.written += 1;
        }
    }
    writeln!(out, "# Indicators from Watchfire, one a line: {}", values.len())?;
    if !values.is_empty() {
        writeln!(out, "# TLP:{}", strictest.as_str().to_uppercase())?;
    }
    for value in values {
        writeln!(out, "{value}")?;
    }
    out.flush()?;
    Ok(exported)
}
