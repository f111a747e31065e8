//! The person's settings: one TOML file that people and commands edit alike.
//!
//! A command changes only what it is about and keeps comments, order and everything else. A file that cannot be
//! understood is reported with its line and left as it is; it is never replaced by defaults.

mod check;
mod merge;
mod migrate;
mod own;
mod schema;

use std::io::ErrorKind;

use toml_edit::{DocumentMut, ser};

pub use own::{own_domain, own_name, own_network, own_phone, own_word};
pub use schema::{Network, Relay, SCHEMA, Sanitizer, Settings};

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{EditLock, Home, files};

/// The largest settings file that is read: a staff list of tens of thousands of names fits.
const MAX_SETTINGS_BYTES: usize = 4 * 1024 * 1024;
/// The file's name inside the home.
const FILE: &str = "settings.toml";
/// What `init` writes, with a word on each setting.
const TEMPLATE: &str = include_str!("template.toml");

/// The settings of a home; the defaults when there is no file.
pub fn load(home: &Home) -> Result<Settings> {
    let document = read(home)?;
    understand(&document).map_err(|fault| invalid(home, &fault))
}

/// Changes the settings of a home and returns what they are now. The change is seen by other processes as a whole or
/// not at all, and nothing is written when `change` refuses or changes nothing.
pub fn change(home: &Home, change: impl FnOnce(&mut Settings) -> Result<()>) -> Result<Settings> {
    let edit = home.lock_for_edit()?;
    change_within(home, &edit, change)
}

/// Like [`change`], for who holds the home's lock already.
pub fn change_within(
    home: &Home,
    edit: &EditLock,
    change: impl FnOnce(&mut Settings) -> Result<()>,
) -> Result<Settings> {
    let mut document = read(home)?;
    let before = understand(&document).map_err(|fault| invalid(home, &fault))?;
    let mut after = before.clone();
    change(&mut after)?;
    if after == before {
        return Ok(after);
    }
    let wanted = ser::to_string_pretty(&after).map_err(|error| error.to_string());
    let wanted = wanted.and_then(|text| parse(&text)).map_err(|fault| invalid(home, &fault))?;
    merge::merge(document.as_table_mut(), wanted.as_table());
    let text = document.to_string();
    // What was written must read back as what was meant, or the old file stays.
    match parse(&text).and_then(|document| understand(&document)) {
        Ok(read_back) if read_back == after && text.len() <= MAX_SETTINGS_BYTES => {}
        Ok(_) => return Err(invalid(home, "the change does not fit into the file")),
        Err(fault) => return Err(invalid(home, &fault)),
    }
    home.write(FILE, text.as_bytes(), edit)?;
    Ok(after)
}

/// Takes an empty home in hand: its folder, its lock, and its settings with the member's own list as `fill` makes it.
/// Whoever comes second, or to a home that has an identity, is refused and nothing is written.
pub fn begin(home: &Home, fill: impl FnOnce(&mut Sanitizer)) -> Result<EditLock> {
    home.prepare()?;
    let edit = home.lock_for_edit()?;
    home.require_fresh()?;
    write_template(home, &edit)?;
    change_within(home, &edit, |settings| {
        fill(&mut settings.sanitizer);
        Ok(())
    })?;
    Ok(edit)
}

/// Gives a new home its settings file. One that is there already is checked and kept.
fn write_template(home: &Home, edit: &EditLock) -> Result<()> {
    match files::exists(&home.settings_path()) {
        Ok(true) => load(home).map(drop),
        Ok(false) => home.write(FILE, TEMPLATE.as_bytes(), edit),
        Err(error) => Err(home.unreadable(FILE, &error)),
    }
}

/// The file as it stands, brought to today's schema in memory; the template when there is none.
fn read(home: &Home) -> Result<DocumentMut> {
    let text = match files::read(&home.settings_path(), MAX_SETTINGS_BYTES) {
        Ok(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| invalid(home, "it is not UTF-8 text"))?,
        Err(error) if error.kind() == ErrorKind::NotFound => TEMPLATE.to_owned(),
        Err(error) => return Err(home.unreadable(FILE, &error)),
    };
    parse(&text).map_err(|fault| invalid(home, &fault))
}

fn parse(text: &str) -> std::result::Result<DocumentMut, String> {
    let document = text.parse::<DocumentMut>().map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("line {line}: {}", error.message())
    })?;
    migrate::migrate(document)
}

fn understand(document: &DocumentMut) -> std::result::Result<Settings, String> {
    schema::check_keys(document.as_table())?;
    let settings: Settings =
        toml_edit::de::from_document(document.clone()).map_err(|error| error.message().to_owned())?;
    check::check(&settings)?;
    Ok(settings)
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

fn invalid(home: &Home, fault: &str) -> Error {
    Error::new(
        Exit::Failed,
        "settings-invalid",
        format!("{}: {fault}", home.settings_path().display()),
        "correct that line, or move the file away to start from the defaults",
    )
}

#[cfg(test)]
mod tests;
