//! `key show`: which keys this home holds, by their public halves.

use std::fmt;

use clap::Args;
use serde::Serialize;
use watchfire_keys::{KeyName, Keys, PublicKey};

use super::super::Context;
use crate::error::Result;
use crate::exit::Exit;

/// List the keys that this home holds
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key show")]
pub(super) struct ShowKeys {}

#[derive(Debug, Serialize)]
struct Shown {
    /// The organisation's public key, which is the member.
    key: String,
    keys: Vec<Held>,
}

#[derive(Debug, Serialize)]
struct Held {
    name: &'static str,
    held: bool,
    /// The public half; null for the sealing key, whose public half is as long as a page, and for one that is not here.
    key: Option<String>,
}

impl ShowKeys {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let card = context.home.card()?;
        let keys = context.home.open_identity(&context.passphrase, context.out)?;
        let held = KeyName::ALL.map(|name| Held {
            name: name.as_str(),
            held: keys.has(name),
            key: public(&keys, name).map(|key| key.to_string()),
        });
        context.out.document(&Shown { key: card.organisation.to_string(), keys: held.into() })?;
        Ok(Exit::Ok)
    }
}

/// The public half of a signing key that is here.
pub(super) fn public(keys: &Keys, name: KeyName) -> Option<PublicKey> {
    let key = match name {
        KeyName::Organisation => &keys.organisation,
        KeyName::Publisher => &keys.publisher,
        KeyName::Steward => &keys.steward,
        KeyName::Daemon => &keys.daemon,
        KeyName::Recovery => &keys.recovery,
        KeyName::Sealing => &None,
    };
    key.as_ref().map(watchfire_keys::SigningKey::public)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for held in &self.keys {
            let what = match (held.held, &held.key) {
                (false, _) => "not in this home",
                (true, Some(key)) => key,
                (true, None) => "here",
            };
            writeln!(f, "{:<13} {what}", held.name)?;
        }
        Ok(())
    }
}
