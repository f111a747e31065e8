//! `key rotate`: from now on the organisation receives epoch secrets under another sealing key. What a thief of the old
//! one could open ends with the next epoch, which is dealt at once.

use clap::Args;
use watchfire_keys::{KeyName, SealingKey};

use super::super::Context;
use super::{Done, in_every_circle, require_daemon};
use crate::control::{KeyAsk, Secret};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::lacks;
use crate::random;

/// Receive under a new sealing key
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key rotate")]
pub(super) struct RotateKey {}

impl RotateKey {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let home = &context.home;
        let card = home.card()?;
        require_daemon(context)?;
        let unlocked = home.unlock(&context.passphrase, context.out)?;
        if unlocked.keys.sealing.is_none() {
            return Err(lacks(KeyName::Sealing));
        }
        let sealing = SealingKey::generate(&mut random::generator()?);
        let seed = sealing.seed();
        let mut keys = unlocked.keys.clone();
        keys.receive_under(sealing);
        let passphrase = unlocked.passphrase.as_ref().map(|words| words.as_slice());
        // On the disk before anybody seals to it. The key before is kept beside it, so that a node which starts in
        // between opens what is sealed to either.
        home.replace_keys(&unlocked, &keys, passphrase, &home.lock_for_edit()?)?;
        let circles = match in_every_circle(context, || KeyAsk::Rotate { sealing: Secret::of(&seed) }) {
            Ok(circles) => circles,
            Err(error) if may_come_true(&error) => {
                let text = format!(
                    "{}; the change may still come about, so the new sealing key stays in the key file beside the one before it",
                    error.text()
                );
                let remedy = "leave the daemon running and see whether the change comes: watchfire circle log; if it does not, watchfire key rotate once more";
                return Err(Error::new(error.exit(), error.code().to_owned(), text, remedy));
            }
            Err(error) => {
                let after = home.unlock(&context.passphrase, context.out)?;
                if context.circle.is_some() || home.circles()?.len() < 2 {
                    // Nobody has heard of it.
                    home.replace_keys(&after, &unlocked.keys, passphrase, &home.lock_for_edit()?)?;
                }
                return Err(error);
            }
        };
        context.out.document(&Done { key: card.organisation.to_string(), circles })?;
        Ok(Exit::Ok)
    }
}

/// Whether the daemon may have signed the act, or do so later. Any other error says that it has not.
fn may_come_true(error: &Error) -> bool {
    let open = ["not-written", "daemon-silent", "daemon-hung-up", "daemon-misunderstood", "daemon-stopping"];
    open.contains(&error.code())
}
