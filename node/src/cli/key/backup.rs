//! `key backup`: writes the keys into one file for a safe place, prints the recovery words, and takes keys out of the
//! home that shall be nowhere else.

use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Serialize, Serializer};
use watchfire_keys::{KeyName, recovery};
use zeroize::Zeroizing;

use super::super::Context;
use super::NewPassphrase;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Backup, files, lacks};

/// Write this organisation's keys into a file for a safe place
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key backup /media/usb/smith.backup --words --forget organisation")]
pub(super) struct BackupKeys {
    /// The file to write; it must not exist yet
    file: PathBuf,
    /// Print the 24 words of the recovery key, to be written on paper
    #[arg(long)]
    words: bool,
    /// Take this key out of the home once the backup is written; may be given several times
    #[arg(long, value_name = "KEY")]
    forget: Vec<Forget>,
    #[command(flatten)]
    passphrase: NewPassphrase,
}

/// A key that a home can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Forget {
    /// Needed to delegate and revoke keys, and for nothing else
    Organisation,
    /// Needed when the side has lost its steward
    Recovery,
    /// Needed to publish from here
    Publisher,
    /// Needed to propose and approve from here
    Steward,
}

impl Forget {
    const fn key_name(self) -> KeyName {
        match self {
            Self::Organisation => KeyName::Organisation,
            Self::Recovery => KeyName::Recovery,
            Self::Publisher => KeyName::Publisher,
            Self::Steward => KeyName::Steward,
        }
    }
}

#[derive(Serialize)]
struct Written {
    key: String,
    file: PathBuf,
    keys: Vec<&'static str>,
    forgotten: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "words")]
    recovery_words: Option<Zeroizing<String>>,
}

impl BackupKeys {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let home = &context.home;
        let card = home.card()?;
        let unlocked = home.unlock(&context.passphrase, context.out)?;
        let keys = &unlocked.keys;
        let words = match (self.words, &keys.recovery) {
            (false, _) => None,
            (true, Some(key)) => Some(recovery::to_words(key)),
            (true, None) => return Err(lacks(KeyName::Recovery)),
        };
        // Without another one, the backup opens with the home's own passphrase.
        let given = self.passphrase.is_given();
        let chosen = if given || unlocked.passphrase.is_none() {
            self.passphrase.choose(context)?
        } else {
            unlocked.passphrase.clone()
        };
        let path = std::path::absolute(&self.file).unwrap_or(self.file);
        let key_file = home.proven(keys, chosen.as_ref().map(|words| words.as_slice()))?;
        let organisation = card.organisation.to_string();
        let text = Backup { card, key_file }.to_text();
        files::create_elsewhere(&path, text.as_bytes()).map_err(|error| not_written(&path, &error))?;
        let back = files::read(&path, text.len()).map_err(|error| not_written(&path, &error))?;
        if back.as_slice() != text.as_bytes() {
            return Err(not_written(&path, &ErrorKind::InvalidData.into()));
        }
        let mut left = keys.clone();
        self.forget.iter().for_each(|forget| left.forget(forget.key_name()));
        if !self.forget.is_empty() {
            let edit = home.lock_for_edit()?;
            let passphrase = unlocked.passphrase.as_ref().map(|words| words.as_slice());
            home.replace_keys(&unlocked, &left, passphrase, &edit)?;
        }
        let held = KeyName::ALL.into_iter().filter(|name| keys.has(*name));
        let gone = KeyName::ALL.into_iter().filter(|name| keys.has(*name) && !left.has(*name));
        context.out.document(&Written {
            key: organisation,
            file: path,
            keys: held.map(KeyName::as_str).collect(),
            forgotten: gone.map(KeyName::as_str).collect(),
            recovery_words: words,
        })?;
        if !self.forget.is_empty() && crate::api::client::is_running(home) {
            context.out.hint("the running daemon still has what it was started with: restart it");
        }
        Ok(Exit::Ok)
    }
}

/// Copied nowhere on its way out.
fn words<S: Serializer>(
    words: &Option<Zeroizing<String>>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    words.as_ref().map(|words| words.as_str()).serialize(serializer)
}

fn not_written(path: &std::path::Path, error: &std::io::Error) -> Error {
    let remedy = match error.kind() {
        ErrorKind::AlreadyExists => "another name: a backup never replaces a file",
        _ => "another folder, or another disk",
    };
    Error::new(
        Exit::Failed,
        "backup-not-written",
        format!("cannot write {}: {error}", path.display()),
        remedy,
    )
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} holds: {}", self.file.display(), self.keys.join(", "))?;
        if !self.forgotten.is_empty() {
            writeln!(f, "no longer in this home: {}", self.forgotten.join(", "))?;
        }
        if let Some(words) = &self.recovery_words {
            writeln!(f, "recovery words, for paper and for nothing else:")?;
            for (index, word) in words.split(' ').enumerate() {
                writeln!(f, "  {:>2} {word}", index + 1)?;
            }
        }
        write!(f, "next: try it once on another machine: watchfire --home DIR key restore FILE")
    }
}
