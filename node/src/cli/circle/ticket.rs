//! `circle ticket`: what a newcomer needs to find the circle, sealed to its card.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{Answer, Ask, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Make a ticket for an invited member; only its home can open it
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle ticket \"Franklin County\" > franklin.ticket")]
pub(super) struct TicketCommand {
    /// The member's name, id or the beginning of it
    member: String,
}

#[derive(Debug, Serialize)]
struct Made {
    ticket: String,
}

impl TicketCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Ticket { ticket } = ask(context, Ask::Ticket { member: self.member })? {
            context.out.document(&Made { ticket })?;
            if !context.out.is_json() {
                context
                    .out
                    .hint("send it to them by any way; they run: watchfire join FILE, then: watchfire run");
            }
        }
        Ok(Exit::Ok)
    }
}

/// Only the ticket itself, so that it can go straight into a file.
impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ticket)
    }
}
