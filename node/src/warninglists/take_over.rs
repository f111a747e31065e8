//! Which files of a folder are lists, and taking them over one by one.

use std::fs;
use std::path::{Path, PathBuf};

use watchfire_protocol::sanitize::warninglist::Compiler;

use super::list_file::{ListFile, MAX_BYTES};
use crate::error::{Error, Result, one_line};
use crate::exit::Exit;
use crate::home::files;

/// Files that are looked at in one folder.
const MAX_FILES: usize = 5_000;

/// What was taken over.
#[derive(Clone, Debug, Default)]
pub struct TakenOver {
    /// Lists that are in use now.
    pub lists: usize,
    /// Files that are not, each with the reason.
    pub refused: Vec<Refusal>,
    /// Entries that cannot be used, a few of each list: the list, the entry, the reason.
    pub unusable: Vec<(String, String, &'static str)>,
}

/// A file that was not taken over.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which.
    pub file: PathBuf,
    /// Why.
    pub reason: String,
}

/// Takes over every list of `path`: a checkout of the public collection, its folder `lists`, a folder with a
/// `list.json` in it or in its subfolders, or one file. A list that cannot be used is named and the others are taken.
///
/// # Errors
/// When the path cannot be read or holds no list that can be used.
pub fn take_over(path: &Path, compiler: &mut Compiler) -> Result<TakenOver> {
    let found = list_files(path)?;
    let mut taken = TakenOver::default();
    for file in &found {
        match take(file, compiler) {
            Ok(unusable) => {
                taken.lists += 1;
                taken.unusable.extend(unusable);
            }
            Err(reason) => taken.refused.push(Refusal { file: file.clone(), reason }),
        }
    }
    if taken.lists > 0 {
        return Ok(taken);
    }
    let reason = match taken.refused.first() {
        Some(refusal) => format!("{}: {}", refusal.file.display(), refusal.reason),
        None => format!("no list.json in {}", path.display()),
    };
    Err(Error::new(
        Exit::Failed,
        "no-warninglists",
        format!("{reason}; the lists that were there stay"),
        "a checkout of github.com/MISP/misp-warninglists, or one of its files lists/NAME/list.json",
    ))
}

fn take(
    file: &Path,
    compiler: &mut Compiler,
) -> std::result::Result<Vec<(String, String, &'static str)>, String> {
    let bytes = files::read(file, MAX_BYTES).map_err(|error| error.to_string())?;
    let list: ListFile =
        serde_json::from_slice(&bytes).map_err(|error| format!("no warninglist: {error}"))?;
    drop(bytes);
    let added = compiler.add(&list.source()).map_err(|refused| refused.to_string())?;
    let name = one_line(&list.name).to_string();
    Ok(added.examples.into_iter().map(|(entry, reason)| (name.clone(), entry, reason)).collect())
}

fn list_files(path: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: std::io::Error| {
        Error::new(
            Exit::Failed,
            "warninglists-unreadable",
            format!("cannot read {}: {error}", path.display()),
            "the folder of a checkout of github.com/MISP/misp-warninglists, or a file",
        )
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let lists = path.join("lists");
    let folder = if lists.is_dir() { lists } else { path.to_owned() };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)?.take(MAX_FILES) {
        let place = entry.map_err(unreadable)?.path();
        let inside = place.join("list.json");
        let is_json = place.extension().is_some_and(|extension| extension == "json");
        if inside.is_file() {
            found.push(inside);
        } else if is_json && place.is_file() {
            found.push(place);
        }
    }
    found.sort();
    Ok(found)
}
