//! `circle show`: who is in the circle.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{Answer, Ask, CircleDoc, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Show the circle's members
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle show")]
pub(super) struct ShowCircle {}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    circle: CircleDoc,
}

impl ShowCircle {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Circle(circle) = ask(context, Ask::Circle)? {
            context.out.document(&Shown { circle })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let circle = &self.circle;
        writeln!(
            f,
            "{} ({} members)",
            circle.name,
            circle.members.iter().filter(|m| m.state == "active").count()
        )?;
        for member in &circle.members {
            let note = if member.state == "active" { String::new() } else { format!(" [{}]", member.state) };
            writeln!(f, "  {} ({}, {}){note}", member.name, member.side, member.role)?;
            writeln!(f, "    {}", member.fingerprint)?;
        }
        match &circle.epoch {
            Some(epoch) => write!(f, "epoch {}", epoch.get(..12).unwrap_or(epoch)),
            None => write!(f, "no epoch yet: nothing can be published before a steward's node has dealt one"),
        }
    }
}
