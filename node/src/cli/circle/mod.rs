//! `circle`: founding, members, proposals and tickets. One file for each action.

mod decide;
mod found;
mod invite;
mod leave;
mod log;
mod pending;
mod proposed;
mod rebind;
mod remove;
mod role;
mod rotate;
mod rules;
mod seat;
mod show;
mod sign;
mod ticket;

use clap::{Args, Subcommand};
use watchfire_protocol::circle::{Draft, DraftError};

use super::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// A card file with some text around the card.
const MAX_CARD_FILE_BYTES: usize = 64 * 1024;

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
    Remove(remove::Remove),
    Role(role::RoleCommand),
    Rules(rules::RulesCommand),
    Seat(seat::Seat),
    Rebind(rebind::Rebind),
    Leave(leave::Leave),
    Rotate(rotate::Rotate),
    Ticket(ticket::TicketCommand),
    Show(show::ShowCircle),
    Log(log::LogCommand),
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
            Action::Remove(action) => action.run(context),
            Action::Role(action) => action.run(context),
            Action::Rules(action) => action.run(context),
            Action::Seat(action) => action.run(context),
            Action::Rebind(action) => action.run(context),
            Action::Leave(action) => action.run(context),
            Action::Rotate(action) => action.run(context),
            Action::Ticket(action) => action.run(context),
            Action::Show(action) => action.run(context),
            Action::Log(action) => action.run(context),
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
