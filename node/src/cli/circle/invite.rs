//! `circle invite`: proposes a member.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Context, MAX_CARD_FILE_BYTES};
use crate::cli::input;
use crate::control::{ActedDoc, Answer, Ask, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Propose a member, by its card
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire circle invite --card board.card --role observer --reason \"county election board\""
)]
pub(super) struct Invite {
    /// The newcomer's card
    #[arg(long, value_name = "FILE")]
    card: PathBuf,
    /// What it may do: steward, publisher or observer (receives only)
    #[arg(long, default_value = "publisher")]
    role: String,
    /// Why, for the stewards of the other sides to read
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Debug, Serialize)]
struct Invited {
    #[serde(flatten)]
    acted: ActedDoc,
}

impl Invite {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let card = input::read_text(&self.card, MAX_CARD_FILE_BYTES, Exit::Refused)?;
        let question = Ask::Invite { card, role: self.role, reason: self.reason };
        if let Answer::Acted(acted) = ask(context, question)? {
            context.out.document(&Invited { acted })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Invited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acted = &self.acted;
        writeln!(f, "{} is proposed as a member.", acted.name)?;
        writeln!(f, "fingerprint, to compare with them by voice: {}", acted.fingerprint)?;
        writeln!(f, "act: {}", acted.act)?;
        if acted.missing_sides.is_empty() {
            writeln!(f, "No further approval is needed.")?;
        } else {
            writeln!(f, "approval needed from: {}", acted.missing_sides.join(", "))?;
        }
        write!(f, "next: watchfire circle ticket \"{}\", and send them the ticket", acted.name)
    }
}
