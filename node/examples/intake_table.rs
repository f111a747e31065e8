//! What the intake makes of a folder of files: `cargo run --example intake_table -- FOLDER|FILE...`
//!
//! One line a file: its format, how many indicators of each type came out of how many of its own items, what was
//! repeated, and what was not used and why. Prints no value.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use watchfire::formats;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut total: BTreeMap<&'static str, usize> = BTreeMap::new();
    for argument in std::env::args_os().skip(1) {
        for file in files(Path::new(&argument))? {
            report(&file, &mut total, &mut out)?;
        }
    }
    writeln!(out, "all: {}", by_type(&total))
}

fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}

fn report(file: &Path, total: &mut BTreeMap<&'static str, usize>, out: &mut dyn Write) -> io::Result<()> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parsed = match formats::read(&std::fs::read(file)?, Some(&name), None) {
        Ok(parsed) => parsed,
        Err(error) => return writeln!(out, "{name}: {error}; try: {}", error.remedy()),
    };
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for found in &parsed.indicators {
        *counts.entry(found.indicator.kind().as_str()).or_default() += 1;
        *total.entry(found.indicator.kind().as_str()).or_default() += 1;
    }
    writeln!(
        out,
        "{name}: {} | {} indicators out of {} items ({} values, {} repeated): {}",
        parsed.format,
        parsed.indicators.len(),
        parsed.attributes,
        parsed.values,
        parsed.repeated,
        by_type(&counts)
    )?;
    for skipped in &parsed.skipped {
        writeln!(out, "    not used: {} x {} ({})", skipped.count, skipped.what, skipped.reason)?;
    }
    parsed.notes.iter().try_for_each(|note| writeln!(out, "    note: {note}"))
}

fn by_type(counts: &BTreeMap<&'static str, usize>) -> String {
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
