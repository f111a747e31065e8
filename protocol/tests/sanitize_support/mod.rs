//! Research data beside the repository, if it is there.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};

/// The folder of research data, if it is there.
pub(crate) fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("WATCHFIRE_DATA").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: no research data beside the repository");
    }
    folder.is_dir().then_some(folder)
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Every text that stands under one of `names` in a JSON document, deep inside it.
pub(crate) fn texts(json: &serde_json::Value, names: &[&str], texts_found: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(object) => {
            for name in names {
                texts_found.extend(object.get(*name).and_then(|value| value.as_str()).map(str::to_owned));
            }
            object.values().for_each(|value| texts(value, names, texts_found));
        }
        serde_json::Value::Array(array) => array.iter().for_each(|value| texts(value, names, texts_found)),
        _ => {}
    }
}
