//! `sanitizer`: the member's own list of what must never leave, and what was decided in `review`. Both stay in this home.

mod list;
mod own;
mod remove;

use clap::{Args, Subcommand};

use super::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::settings;

/// What must never leave this home
#[derive(Debug, Args)]
pub(super) struct SanitizerCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Own(own::Own),
    List(list::List),
    Remove(remove::Remove),
    Forget(remove::Forget),
}

impl SanitizerCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        match self.action {
            Action::Own(own) => own.run(context),
            Action::List(list) => list.run(context),
            Action::Remove(remove) => remove.run(context),
            Action::Forget(forget) => forget.run(context),
        }
    }
}

/// The parts of the own list, each with its name for people.
fn parts(list: &mut settings::Sanitizer) -> [(&'static str, &mut Vec<String>); 5] {
    [
        ("domain", &mut list.own_domains),
        ("name", &mut list.own_names),
        ("word", &mut list.own_words),
        ("phone", &mut list.own_phones),
        ("network", &mut list.own_networks),
    ]
}
