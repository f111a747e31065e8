//! `circle rebind`: proposes a new organisation key for a member that lost its own.

use std::path::PathBuf;

use clap::Args;

use super::{Context, MAX_CARD_FILE_BYTES, proposed};
use crate::cli::input;
use crate::control::{Ask, Proposal};
use crate::error::Result;
use crate::exit::Exit;

/// Propose to bind a member that lost its organisation key to a new card
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle rebind \"Baker for Senate\" --card baker-new.card")]
pub(super) struct Rebind {
    /// Its name, its id or the beginning of it
    member: String,
    /// The card of its new home, with the same name and side
    #[arg(long, value_name = "FILE")]
    card: PathBuf,
    /// Why, for the stewards of the other sides to read
    #[arg(long, default_value = "")]
    reason: String,
}

impl Rebind {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let card = input::read_text(&self.card, MAX_CARD_FILE_BYTES, Exit::Refused)?;
        let proposal = Proposal::Rebind { member: self.member, card };
        proposed::act(context, Ask::Propose { proposal, reason: self.reason })
    }
}
