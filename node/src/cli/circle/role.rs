//! `circle role`: proposes that a member may do more or less.

use clap::Args;

use super::{Context, proposed};
use crate::control::{Ask, Proposal};
use crate::error::Result;
use crate::exit::Exit;

/// Propose another role for a member
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle role \"Baker for Senate\" steward")]
pub(super) struct RoleCommand {
    /// Its name, its id or the beginning of it
    member: String,
    /// What it may do then: steward, publisher or observer (receives only)
    role: String,
    /// Why, for the stewards of the other sides to read
    #[arg(long, default_value = "")]
    reason: String,
}

impl RoleCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let proposal = Proposal::Role { member: self.member, role: self.role };
        proposed::act(context, Ask::Propose { proposal, reason: self.reason })
    }
}
