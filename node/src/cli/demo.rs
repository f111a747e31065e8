//! `demo`: a whole circle of rival campaigns on this machine.

use std::fmt;
use std::io;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::demo::{self, Figures};
use crate::error::Result;
use crate::exit::Exit;

/// Play a whole circle of rival campaigns on this machine: real nodes, real sockets, in under a minute
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire demo")]
pub(super) struct Demo {
    /// Leave the scratch folder, with all homes in it
    #[arg(long)]
    keep: bool,
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    figures: Figures,
}

impl Demo {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let figures = if context.out.is_json() {
            demo::play(self.keep, &mut io::stderr())?
        } else {
            demo::play(self.keep, &mut io::stdout())?
        };
        context.out.document(&Shown { figures })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = &self.figures;
        writeln!(
            f,
            "\n{} of {} members had the alert, the last one after {} ms. It took {} seconds in all.",
            figures.delivered, figures.members, figures.delivery_ms.max, figures.seconds
        )?;
        match &figures.kept_in {
            Some(folder) => write!(f, "Everything is left in {folder}"),
            None => write!(
                f,
                "Everything was cleaned up. Your own first step: watchfire init --name NAME --side SIDE"
            ),
        }
    }
}
