//! Where the passphrase of a key file comes from: a file, the environment, or a person at a terminal.
//!
//! In that order. Nobody is asked unless standard input is a terminal, so a script never hangs on a prompt. What was
//! typed or read is wiped from memory when it is dropped.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use zeroize::{Zeroize, Zeroizing};

use super::files;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// The environment variable that holds a passphrase.
pub const PASSPHRASE_VARIABLE: &str = "WATCHFIRE_PASSPHRASE";

/// The longest passphrase, in bytes: far beyond any sentence, and short enough to hash at once.
const MAX_PASSPHRASE_BYTES: usize = 1024;
/// Below this many characters a new passphrase earns a warning (NIST SP 800-63B-4, section 3.1.1.2: 15 when nothing
/// else protects the secret).
const SHORT_CHARACTERS: usize = 15;
/// What to do where nobody can be asked.
const GIVE_ONE: &str = "--passphrase-file FILE, or set WATCHFIRE_PASSPHRASE";

/// A passphrase in memory.
pub type Passphrase = Zeroizing<Vec<u8>>;

/// Where this process may get a passphrase from.
#[derive(Clone, Debug, Default)]
pub struct PassphraseSource {
    file: Option<PathBuf>,
    /// The environment holds the passphrase of the key file that is there, not one that is to be chosen.
    is_new: bool,
}

impl PassphraseSource {
    /// `file` is the argument of `--passphrase-file`; `-` is standard input.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file, is_new: false }
    }

    /// For a passphrase that takes the place of another: from this file, or typed.
    pub fn for_new(file: Option<PathBuf>) -> Self {
        Self { file, is_new: true }
    }

    /// Whether `--passphrase-file` was given.
    pub fn is_file_given(&self) -> bool {
        self.file.is_some()
    }

    /// The passphrase of a key file that exists. Nobody to ask leaves it locked: exit code 5.
    pub fn existing(&self) -> Result<Passphrase> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        if !io::stdin().is_terminal() {
            return Err(Error::new(
                Exit::KeyFile,
                "key-file-locked",
                "the key file is locked with a passphrase, and there is no terminal to ask for it",
                GIVE_ONE,
            ));
        }
        ask("Passphrase: ")
    }

    /// A passphrase for a new key file, typed twice. Nobody to ask is a mistake of the command line: exit code 2.
    pub fn fresh(&self, warn: impl Fn(&str)) -> Result<Passphrase> {
        let chosen = match self.given()? {
            Some(given) => given,
            None if io::stdin().is_terminal() => ask_twice()?,
            None => {
                return Err(Error::new(
                    Exit::Usage,
                    "passphrase-missing",
                    "the keys need a passphrase, and there is no terminal to ask for it",
                    match self.is_new {
                        true => "--new-passphrase-file FILE, or --no-passphrase for a test".to_owned(),
                        false => format!("{GIVE_ONE}, or --no-passphrase for a test"),
                    },
                ));
            }
        };
        if String::from_utf8_lossy(&chosen).chars().count() < SHORT_CHARACTERS {
            warn(
                "this passphrase is short: whoever copies the key file can try out many of them; a few random words are better",
            );
        }
        Ok(chosen)
    }

    /// What the command line or the environment holds.
    fn given(&self) -> Result<Option<Passphrase>> {
        match &self.file {
            Some(path) => from_file(path).map(Some),
            None if self.is_new => Ok(None),
            None => match std::env::var_os(PASSPHRASE_VARIABLE) {
                Some(value) if !value.is_empty() => from_variable(value).map(Some),
                _ => Ok(None),
            },
        }
    }
}

fn from_variable(value: OsString) -> Result<Passphrase> {
    checked(Zeroizing::new(value.into_vec()), PASSPHRASE_VARIABLE)
}

/// The first line of the file is the passphrase, and there may be no other.
fn from_file(path: &Path) -> Result<Passphrase> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let read = if path == Path::new("-") {
        files::read_bounded(io::stdin().lock(), MAX_PASSPHRASE_BYTES, MAX_PASSPHRASE_BYTES)
    } else {
        std::fs::File::open(path)
            .and_then(|file| files::read_bounded(file, MAX_PASSPHRASE_BYTES, MAX_PASSPHRASE_BYTES))
    };
    let mut bytes = read.map_err(|error| {
        Error::new(
            Exit::Usage,
            "passphrase-unreadable",
            format!("cannot read the passphrase from {name}: {error}"),
            "--passphrase-file with a file that you may read",
        )
    })?;
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    checked(bytes, &name)
}

fn checked(bytes: Passphrase, source: &str) -> Result<Passphrase> {
    let fault = if bytes.is_empty() {
        "is empty"
    } else if bytes.len() > MAX_PASSPHRASE_BYTES {
        "is too long"
    } else if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
        "has more than one line"
    } else {
        return Ok(bytes);
    };
    Err(Error::new(
        Exit::Usage,
        "passphrase-unusable",
        format!("the passphrase from {source} {fault}"),
        format!("one line of 1 to {MAX_PASSPHRASE_BYTES} bytes"),
    ))
}

fn ask_twice() -> Result<Passphrase> {
    let first = ask("New passphrase for the key file: ")?;
    let second = ask("The same again: ")?;
    if first != second {
        return Err(Error::usage("the two passphrases differ", "the same command again"));
    }
    Ok(first)
}

fn ask(prompt: &str) -> Result<Passphrase> {
    let mut typed = rpassword::prompt_password(prompt).map_err(|error| {
        Error::new(
            Exit::Usage,
            "passphrase-missing",
            format!("cannot ask for the passphrase: {error}"),
            GIVE_ONE,
        )
    })?;
    let bytes = Zeroizing::new(typed.as_bytes().to_vec());
    typed.zeroize();
    checked(bytes, "the terminal")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::PassphraseSource;
    use crate::exit::Exit;

    fn file_with(content: &[u8]) -> (tempfile::TempDir, PassphraseSource) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        std::fs::write(&path, content).unwrap();
        (folder, PassphraseSource::new(Some(path)))
    }

    #[test]
    fn the_line_end_of_an_editor_is_not_part_of_the_passphrase() {
        for content in [&b"open sesame"[..], b"open sesame\n", b"open sesame\r\n"] {
            let (_folder, source) = file_with(content);
            assert_eq!(source.existing().unwrap().as_slice(), b"open sesame");
        }
    }

    #[test]
    fn spaces_belong_to_the_passphrase() {
        let (_folder, source) = file_with(b" two  words \n");
        assert_eq!(source.existing().unwrap().as_slice(), b" two  words ");
    }

    #[test]
    fn an_empty_long_or_many_lined_file_is_a_usage_error() {
        for content in [&b""[..], b"\n", &[b'x'; 2000], b"sesame\nopen\n"] {
            let (_folder, source) = file_with(content);
            let error = source.existing().unwrap_err();
            assert_eq!(error.exit(), Exit::Usage);
            assert!(!error.text().contains("sesame"));
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let source = PassphraseSource::new(Some("/nonexistent/file".into()));
        assert!(source.existing().unwrap_err().text().contains("/nonexistent/file"));
    }
}
