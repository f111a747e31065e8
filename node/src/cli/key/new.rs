//! `key new`: makes one key, for a machine that holds nothing else of the member, or in the place of one that is revoked.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use rand_core::Rng;
use serde::Serialize;
use watchfire_keys::{Card, Keys, SigningKey};
use zeroize::Zeroizing;

use super::super::{Context, input};
use super::{NewPassphrase, Scope};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::{api, random, settings};

/// A card with some text around it.
const MAX_CARD_BYTES: usize = 64 * 1024;

/// Make a key: on a machine of its own (--card), or in the place of one that this home holds
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire --home ~/laptop key new --scope publish --card smith.card")]
pub(super) struct NewKey {
    /// What it is for
    #[arg(long)]
    scope: Scope,
    /// Your organisation's card: makes a home for this key alone
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    #[command(flatten)]
    passphrase: NewPassphrase,
}

#[derive(Debug, Serialize)]
struct Made {
    key: String,
    scope: &'static str,
    home: PathBuf,
}

impl NewKey {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let key = SigningKey::generate(&mut random::generator()?);
        let made = Made {
            key: key.public().to_string(),
            scope: self.scope.key_name().as_str(),
            home: context.home.root().to_path_buf(),
        };
        match self.card {
            Some(card) => alone(context, &card, self.scope, key, self.passphrase)?,
            None => in_place(context, self.scope, key)?,
        }
        context.out.document(&made)?;
        Ok(Exit::Ok)
    }
}

/// A home that holds this key and nothing else of the member.
fn alone(
    context: &Context,
    card: &std::path::Path,
    scope: Scope,
    key: SigningKey,
    passphrase: NewPassphrase,
) -> Result<()> {
    let home = &context.home;
    home.require_fresh()?;
    let text = input::read_text(card, MAX_CARD_BYTES, Exit::Refused)?;
    let card = Card::from_text(&text)
        .map_err(|fault| Error::new(Exit::Refused, "card", fault.to_string(), fault.remedy()))?;
    let chosen = passphrase.choose(context)?;
    let mut storage = Zeroizing::new([0; 32]);
    random::generator()?.fill_bytes(storage.as_mut_slice());
    let mut keys = Keys::none(storage);
    put(&mut keys, scope, key);
    let edit = settings::begin(home, |list| list.add_member(&card.name))?;
    home.store_keys(&keys, &card, chosen.as_ref().map(|words| words.as_slice()), &edit)
}

/// The home's key for this scope gives way to a new one, which counts for nothing before it is delegated.
fn in_place(context: &Context, scope: Scope, key: SigningKey) -> Result<()> {
    let home = &context.home;
    home.require_initialised()?;
    // A second home of the member, from a backup of the first: that one delegates the new key.
    if scope == Scope::Daemon && !home.is_restored()? {
        return Err(Error::usage(
            "a node whose daemon key is new could not speak to the members who would have to hear of it",
            "for a second node: key backup here, then watchfire --home DIR key restore and key new --scope daemon there",
        ));
    }
    if api::client::is_running(home) {
        return Err(Error::new(
            Exit::Failed,
            "already-running",
            "the daemon is running with the key that would be replaced",
            "stop watchfire run, the same command again, then start it and delegate the new key",
        ));
    }
    let unlocked = home.unlock(&context.passphrase, context.out)?;
    let mut keys = unlocked.keys.clone();
    put(&mut keys, scope, key);
    let edit = home.lock_for_edit()?;
    let passphrase = unlocked.passphrase.as_ref().map(|words| words.as_slice());
    home.replace_keys(&unlocked, &keys, passphrase, &edit)
}

fn put(keys: &mut Keys, scope: Scope, key: SigningKey) {
    let place = match scope {
        Scope::Publish => &mut keys.publisher,
        Scope::Steward => &mut keys.steward,
        Scope::Daemon => &mut keys.daemon,
    };
    *place = Some(key);
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} key in {}: {}", self.scope, self.home.display(), self.key)?;
        write!(
            f,
            "next: have it delegated where the organisation key is: watchfire key delegate --key {}",
            self.key
        )
    }
}
