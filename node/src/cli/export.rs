//! `export`: hands indicators on to the member's own tools.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use watchfire_keys::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};

use super::Context;
use super::alerts::State;
use crate::control::{Answer, Ask, RowDoc, StateFilter, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::export::{self, ExportRow, Exported};
use crate::home::files;

/// Hand indicators on to your own tools
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire export csv --out watchfire.csv")]
pub(super) struct Export {
    /// The file's format
    format: Format,
    /// Where to write it; a new file is for you alone [else standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How far an indicator must be believed
    #[arg(long, default_value = "reported")]
    state: State,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table with type, value, state, marking and source
    Csv,
    /// A STIX 2.1 bundle
    Stix,
    /// One value a line
    Text,
}

/// What was written to a file.
#[derive(Debug, Serialize)]
struct Written {
    out: PathBuf,
    written: u64,
    withheld: u64,
    unfit: u64,
}

/// The export itself, for a script that asked for one JSON document.
#[derive(Debug, Serialize)]
struct Printed {
    content: String,
    written: u64,
    withheld: u64,
    unfit: u64,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let Answer::Rows(rows) = ask(context, Ask::Rows { state: StateFilter::from(self.state) })? else {
            return Ok(Exit::Failed);
        };
        let indicators: Vec<(Indicator, Tlp)> = rows.iter().filter_map(read).collect();
        let rows = rows.iter().zip(&indicators).map(|(row, (indicator, tlp))| row_of(row, indicator, *tlp));
        let mut bytes = Vec::new();
        let exported = match self.format {
            Format::Csv => export::csv(rows, &mut bytes),
            Format::Stix => export::stix(rows, &mut bytes),
            Format::Text => export::text(rows, &mut bytes),
        };
        let exported = exported.map_err(|error| failed(&error.to_string()))?;
        if exported.withheld > 0 {
            context.out.hint(&format!(
                "{} indicators stay here: TLP:AMBER+STRICT and TLP:RED enter no export",
                exported.withheld
            ));
        }
        match self.out {
            Some(path) => write_file(context, path, &bytes, exported)?,
            None if context.out.is_json() => context.out.document(&Printed {
                content: String::from_utf8_lossy(&bytes).into_owned(),
                written: exported.written,
                withheld: exported.withheld,
                unfit: exported.unfit,
            })?,
            None => context.out.raw(&bytes)?,
        }
        Ok(Exit::Ok)
    }
}

/// A row's indicator and marking; a daemon of this version sends none that does not read.
fn read(row: &RowDoc) -> Option<(Indicator, Tlp)> {
    let kind: Kind = row.kind.parse().ok()?;
    Some((Indicator::parse(kind, &row.value).ok()?, row.tlp.parse().ok()?))
}

fn row_of<'a>(row: &'a RowDoc, indicator: &'a Indicator, tlp: Tlp) -> ExportRow<'a> {
    ExportRow {
        indicator,
        state: &row.state,
        tlp,
        title: &row.title,
        author: &row.author,
        side: &row.side,
        created: UnixMillis(row.created_ms),
        valid_until: row.valid_until_ms.map(UnixMillis),
        record: row.record.clone(),
    }
}

/// Writes a whole file or none: a tool that reads it never sees half of it. It holds what was marked TLP:AMBER, too.
fn write_file(context: &Context, path: PathBuf, bytes: &[u8], exported: Exported) -> Result<()> {
    let path = std::path::absolute(&path).unwrap_or(path);
    files::replace_elsewhere(&path, bytes)
        .map_err(|error| failed(&format!("{}: {error}", path.display())))?;
    let Exported { written, withheld, unfit } = exported;
    context.out.document(&Written { out: path, written, withheld, unfit })
}

fn failed(text: &str) -> Error {
    Error::new(
        Exit::Failed,
        "export-failed",
        format!("cannot write: {text}"),
        "--out with a file that you may write",
    )
}

impl std::fmt::Display for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.content)
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} indicators in {}", self.written, self.out.display())?;
        if self.unfit > 0 {
            write!(f, "; {} do not fit this format", self.unfit)?;
        }
        Ok(())
    }
}
