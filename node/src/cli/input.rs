//! Files that a person names on the command line; `-` is standard input.

use std::fs::File;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::files;

/// The whole content of a file of at most `max_bytes`. Pipes are read too. Whatever stands in the way is reported with
/// the exit code of the command's choice.
pub(crate) fn read(path: &Path, max_bytes: usize, exit: Exit) -> Result<Zeroizing<Vec<u8>>> {
    let read = match path == Path::new("-") {
        true => files::read_bounded(io::stdin().lock(), 0, max_bytes),
        false => File::open(path).and_then(|file| {
            let length = file.metadata().map_or(0, |metadata| metadata.len());
            files::read_bounded(file, usize::try_from(length).unwrap_or(0), max_bytes)
        }),
    };
    read.map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => "check the name of the file",
            io::ErrorKind::FileTooLarge => "a smaller file, or the file in parts",
            _ => "a file that you may read",
        };
        Error::new(exit, "file-unreadable", format!("cannot read {}: {error}", name(path)), remedy)
    })
}

/// Like [`read`], for text.
pub(crate) fn read_text(path: &Path, max_bytes: usize, exit: Exit) -> Result<String> {
    let bytes = read(path, max_bytes, exit)?;
    let text = str::from_utf8(&bytes).map(|text| text.trim_start_matches('\u{feff}').to_owned());
    text.map_err(|_| {
        let text = format!("{} is not UTF-8 text", name(path));
        Error::new(exit, "file-not-text", text, "save it as UTF-8 text first")
    })
}

/// What to call the input towards a person.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}
