//! `key restore`: gives an empty home the keys of a backup.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use watchfire_keys::{KeyName, SigningKey, keyfile};

use super::super::{Context, input};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::Backup;
use crate::settings;

/// A backup with some text around it.
const MAX_BACKUP_BYTES: usize = 256 * 1024;

/// Give an empty home the keys of a backup
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire --home ~/watchfire key restore /media/usb/smith.backup")]
pub(super) struct RestoreKeys {
    /// The file that `key backup` wrote (`-`: standard input)
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Restored {
    key: String,
    member: String,
    name: String,
    side: String,
    keys: Vec<&'static str>,
    home: PathBuf,
}

impl RestoreKeys {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let home = &context.home;
        home.require_fresh()?;
        let text = input::read_text(&self.file, MAX_BACKUP_BYTES, Exit::Failed)?;
        let refused = |code: &'static str, text: String, remedy: &str| {
            Error::new(Exit::KeyFile, code, format!("{}: {text}", input::name(&self.file)), remedy)
        };
        let Backup { card, key_file } = Backup::from_text(&text)
            .map_err(|fault| refused("backup-damaged", fault.to_string(), fault.remedy()))?;
        let fault =
            |fault: watchfire_keys::KeyFileError| refused("backup-locked", fault.to_string(), fault.remedy());
        let needs = keyfile::inspect(&key_file).map_err(fault)?.needs_passphrase;
        let passphrase = if needs { Some(context.passphrase.existing()?) } else { None };
        let keys =
            keyfile::open(&key_file, passphrase.as_ref().map(|words| words.as_slice())).map_err(fault)?;
        if keys.member().is_some_and(|member| member != card.member()) {
            return Err(refused(
                "backup-damaged",
                "the keys in it are not those of the card in it".into(),
                "another copy of the backup",
            ));
        }
        let edit = settings::begin(home, |list| list.add_member(&card.name))?;
        home.mark_restored(keys.publisher.as_ref().map(SigningKey::public), &edit)?;
        // The same sealed bytes: the passphrase of the backup is the home's from now on.
        home.store_key_file(&key_file, &card, &edit)?;
        drop(edit);
        context.out.document(&Restored {
            key: card.organisation.to_string(),
            member: card.member().to_string(),
            name: card.name.to_string(),
            side: card.side.to_string(),
            keys: KeyName::ALL.into_iter().filter(|name| keys.has(*name)).map(KeyName::as_str).collect(),
            home: home.root().to_path_buf(),
        })?;
        context.out.hint(
            "your own list is not in a backup: watchfire sanitizer own, before anything is published from here",
        );
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} ({}) has its keys in {}: {}",
            self.name,
            self.side,
            self.home.display(),
            self.keys.join(", ")
        )?;
        if !self.keys.contains(&KeyName::Daemon.as_str()) {
            return write!(
                f,
                "next: watchfire key new --scope publish, and have the new key delegated: what the old one had signed is not known here."
            );
        }
        write!(
            f,
            "next: stop the old machine's node, if it runs; ask any other member for a ticket (watchfire circle ticket \"{}\"); watchfire join TICKET, then watchfire run. Records come back from the other members, and nothing is published from here before a member of every side was reached.",
            self.name
        )
    }
}
