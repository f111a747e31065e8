//! `circle remove`: proposes to take a member out.

use clap::Args;

use super::{Context, proposed};
use crate::control::{Ask, Proposal};
use crate::error::Result;
use crate::exit::Exit;

/// Propose to remove a member
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire circle remove \"Baker for Senate\" --reason \"the laptop was stolen\""
)]
pub(super) struct Remove {
    /// Its name, its id or the beginning of it
    member: String,
    /// Why, for the stewards of the other sides to read
    #[arg(long)]
    reason: String,
}

impl Remove {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let proposal = Proposal::Remove { member: self.member };
        proposed::act(context, Ask::Propose { proposal, reason: self.reason })
    }
}
