//! `circle seat`: proposes a steward for a side that lost its own, with the side's recovery words.

use std::path::PathBuf;

use clap::Args;

use super::{Context, MAX_CARD_FILE_BYTES, proposed};
use crate::cli::input;
use crate::control::{Ask, Seating, Words};
use crate::error::Result;
use crate::exit::Exit;

/// 24 words, with room for any spacing.
const MAX_WORDS_BYTES: usize = 4 * 1024;

/// Propose a steward for a side that lost its own, with its recovery words
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire circle seat --side republican --card baker.card --words - --remove \"Jones for Ohio\""
)]
pub(super) struct Seat {
    /// The side
    #[arg(long)]
    side: String,
    /// The card of the new steward: a newcomer's, or a member's of the same side
    #[arg(long, value_name = "FILE")]
    card: PathBuf,
    /// A file with the side's 24 recovery words (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    words: PathBuf,
    /// The lost steward of the same side, to go
    #[arg(long, value_name = "MEMBER")]
    remove: Option<String>,
    /// Why, for the stewards of the other sides to read
    #[arg(long, default_value = "")]
    reason: String,
}

impl Seat {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let card = input::read_text(&self.card, MAX_CARD_FILE_BYTES, Exit::Refused)?;
        let words = Words::new(input::read_text(&self.words, MAX_WORDS_BYTES, Exit::Refused)?);
        let seating = Box::new(Seating { side: self.side, card, removes: self.remove, words });
        proposed::act(context, Ask::Seat { seating, reason: self.reason })
    }
}
