//! `circle rotate`: deals a new epoch now.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{Answer, Ask, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Deal a new epoch now: what is published from then on is sealed under a new key
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle rotate")]
pub(super) struct Rotate {}

#[derive(Debug, Serialize)]
struct Rotated {
    epoch: String,
}

impl Rotate {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Rotated { epoch } = ask(context, Ask::Rotate)? {
            context.out.document(&Rotated { epoch })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.epoch.get(..12).unwrap_or(&self.epoch))
    }
}
