//! `card`: shows this member's card. Needs no passphrase, as a card holds no secret.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Show this member's card, to hand to a steward
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire card > smith.card")]
pub(super) struct CardCommand {}

/// The card and what to compare.
#[derive(Debug, Serialize)]
struct Shown {
    card: String,
    member: String,
    name: String,
    side: String,
    fingerprint: String,
}

impl CardCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let card = context.home.card()?;
        let shown = Shown {
            card: card.to_text(),
            member: card.member().to_string(),
            name: card.name.to_string(),
            side: card.side.to_string(),
            fingerprint: card.fingerprint().to_string(),
        };
        context.out.document(&shown)?;
        if !context.out.is_json() {
            context.out.hint(&format!("{} ({}), fingerprint: {}", shown.name, shown.side, shown.fingerprint));
        }
        Ok(Exit::Ok)
    }
}

/// Only the card itself, so that it can go straight into a file.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.card)
    }
}
