//! `key passphrase`: seals the key file under another passphrase. The keys and everything sealed with them stay.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::NewPassphrase;
use crate::error::Result;
use crate::exit::Exit;

/// Change the passphrase of this home's keys
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key passphrase")]
pub(super) struct ChangePassphrase {
    #[command(flatten)]
    passphrase: NewPassphrase,
}

#[derive(Debug, Serialize)]
struct Changed {
    key: String,
    passphrase: bool,
}

impl ChangePassphrase {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let home = &context.home;
        let card = home.card()?;
        let unlocked = home.unlock(&context.passphrase, context.out)?;
        // Asked before the lock is taken: nobody else shall wait for a person.
        let chosen = self.passphrase.choose(context)?;
        let edit = home.lock_for_edit()?;
        let passphrase = chosen.as_ref().map(|words| words.as_slice());
        home.replace_keys(&unlocked, &unlocked.keys, passphrase, &edit)?;
        context
            .out
            .document(&Changed { key: card.organisation.to_string(), passphrase: chosen.is_some() })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.passphrase {
            true => writeln!(f, "The keys are under the new passphrase.")?,
            false => writeln!(f, "The keys have no passphrase any more.")?,
        }
        write!(f, "Backups still open with the one that they were made with.")
    }
}
