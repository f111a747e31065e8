//! `join`: keeps a ticket; the next `run` calls the members it names.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use watchfire_protocol::circle::Ticket;

use super::{Context, input};
use crate::control::{Answer, Ask, ask};
use crate::daemon::open_ticket;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::files;

/// A ticket with some text around it.
const MAX_TICKET_FILE_BYTES: usize = 256 * 1024;

/// Join a circle with the ticket that a steward sent you
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire join franklin.ticket")]
pub(super) struct Join {
    /// The ticket's file (`-`: standard input), or its whole text
    // The text begins with dashes.
    #[arg(allow_hyphen_values = true)]
    ticket: String,
}

#[derive(Debug, Serialize)]
struct Joined {
    circle: String,
    state: &'static str,
    contacts: usize,
}

impl Join {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let text = if self.ticket.contains("-----BEGIN") {
            self.ticket
        } else {
            input::read_text(&PathBuf::from(&self.ticket), MAX_TICKET_FILE_BYTES, Exit::Refused)?
        };
        let identity = context.home.open_identity(&context.passphrase, context.out)?;
        let ticket = open_ticket(&identity, &text)?
            .map_err(|fault| Error::new(Exit::Refused, "ticket", fault.to_string(), fault.remedy()))?;
        let circle = context.home.circle(ticket.circle);
        let edit = context.home.lock_for_edit()?;
        circle.prepare()?;
        files::replace(&circle.ticket_path(), text.as_bytes())
            .map_err(|error| context.home.unwritable("ticket.txt", &error))?;
        drop(edit);
        // Only who was here before can be a member already.
        let state = if circle.store_path().exists() { state(context, &ticket) } else { "waiting" };
        let joined = Joined { circle: ticket.circle.to_string(), state, contacts: ticket.contacts.len() };
        context.out.document(&joined)?;
        Ok(Exit::Ok)
    }
}

/// What this home knows of its membership in the ticket's circle.
fn state(context: &Context, ticket: &Ticket) -> &'static str {
    let within = Context { circle: Some(ticket.circle.to_string()), ..context.clone() };
    match ask(&within, Ask::Status) {
        Ok(Answer::Status(status)) if status.state == "member" => "member",
        _ => "waiting",
    }
}

impl fmt::Display for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The ticket is for you, and names {} members to call.", self.contacts)?;
        writeln!(f, "circle: {}", self.circle)?;
        if self.state == "member" {
            return write!(f, "You are a member already. next: watchfire run");
        }
        write!(
            f,
            "next: watchfire run. It waits until every side has approved you, then it catches up by itself."
        )
    }
}
