//! `circle leave`: ends one's own membership. Nobody is asked but the person at the terminal.

use std::fmt;
use std::io::{BufRead, IsTerminal};

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{ActedDoc, Answer, Ask, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// Leave the circle, for good
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle leave --yes")]
pub(super) struct Leave {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Left {
    #[serde(flatten)]
    acted: ActedDoc,
}

impl Leave {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if !self.yes && !agreed(context)? {
            return Err(Error::usage("nothing was done", "watchfire circle leave --yes"));
        }
        if let Answer::Acted(acted) = ask(context, Ask::Leave)? {
            context.out.document(&Left { acted })?;
        }
        Ok(Exit::Ok)
    }
}

fn agreed(context: &Context) -> Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Error::usage("nobody is here to agree to leaving", "the same with --yes"));
    }
    context.out.hint("You leave for good: every side would have to approve you to come back. Leave? [y/N]");
    let mut answer = String::new();
    // An input that ends is no agreement.
    let _ = stdin.lock().read_line(&mut answer);
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "You have left the circle. What you received stays readable here.")?;
        write!(f, "act: {}", self.acted.act)
    }
}
