//! `circle`: founding, members, proposals and tickets. One file for each action.

mod decide;
mod found;
mod invite;
mod pending;
mod show;
mod sign;
mod ticket;

use clap::{Args, Subcommand};
use watchfire_protocol::circle::{Draft, DraftError};

use super::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// Found a circle, and decide who is in it
#[derive(Debug, Args)]
pub(super) struct CircleCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Found(found::Found),
    Sign(sign::Sign),
    Invite(invite::Invite),
    Approve(decide::Approve),
    Refuse(decide::Refuse),
    Pending(pending::PendingCommand),
    Ticket(ticket::TicketCommand),
    Show(show::ShowCircle),
}

impl CircleCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        match self.action {
            Action::Found(action) => action.run(context),
            Action::Sign(action) => action.run(context),
            Action::Invite(action) => action.run(context),
            Action::Approve(action) => action.run(context),
            Action::Refuse(action) => action.run(context),
            Action::Pending(action) => action.run(context),
            Action::Ticket(action) => action.run(context),
            Action::Show(action) => action.run(context),
        }
    }
}

/// A draft that cannot be used, as a person is told.
fn draft_fault(fault: &DraftError) -> Error {
    Error::new(Exit::Refused, "draft", fault.to_string(), fault.remedy())
}

/// Names of the founders that have not signed.
fn missing(draft: &Draft) -> Vec<String> {
    draft.missing().iter().map(ToString::to_string).collect()
}
