//! From the file of any older version to today's, one step for each schema number.
//!
//! A step works on the document and keeps comments. The samples beside this file are frozen: they were written by the
//! version of their number and must be understood for ever.

use toml_edit::DocumentMut;

use super::SCHEMA;

/// Brings a document of one schema to the next.
type Step = fn(&mut DocumentMut);

/// The step at index `n` leads from schema `n + 1` to `n + 2`.
const STEPS: [Step; SCHEMA as usize - 1] = [];

/// The document in today's schema, or what is wrong with its number.
pub(super) fn migrate(mut document: DocumentMut) -> Result<DocumentMut, String> {
    let found = match document.get("schema") {
        Some(item) => item.as_integer().ok_or("`schema` is no number")?,
        None => return Err("it has no line `schema = 1`".to_owned()),
    };
    if found > SCHEMA {
        return Err(format!("it was written by a newer Watchfire (schema {found}; this one knows {SCHEMA})"));
    }
    let done = usize::try_from(found.saturating_sub(1)).map_err(|_| format!("there is no schema {found}"))?;
    if found < 1 {
        return Err(format!("there is no schema {found}"));
    }
    for step in STEPS.iter().skip(done) {
        step(&mut document);
    }
    document["schema"] = toml_edit::value(SCHEMA);
    Ok(document)
}
