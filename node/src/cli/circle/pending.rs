//! `circle pending`: proposals that wait for a decision.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{Answer, Ask, PendingDoc, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Show what waits for a decision
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle pending")]
pub(super) struct PendingCommand {}

#[derive(Debug, Serialize)]
struct Shown {
    pending: Vec<PendingDoc>,
}

impl PendingCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Pending(pending) = ask(context, Ask::Pending)? {
            context.out.document(&Shown { pending })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pending.is_empty() {
            return write!(f, "Nothing waits for a decision.");
        }
        for act in &self.pending {
            match act.name.is_empty() {
                true => writeln!(f, "{}, proposed by {}", act.kind, act.by)?,
                false => writeln!(f, "{} {} ({}), proposed by {}", act.kind, act.name, act.side, act.by)?,
            }
            if !act.reason.is_empty() {
                writeln!(f, "  reason: {}", act.reason)?;
            }
            for change in &act.changes {
                writeln!(f, "  then: {change}")?;
            }
            if !act.fingerprint.is_empty() {
                writeln!(f, "  fingerprint: {}", act.fingerprint)?;
            }
            for voided in &act.voided {
                writeln!(f, "  its author did not know, and it would end the effect of: {voided}")?;
            }
            writeln!(f, "  waits for: {}", act.missing_sides.join(", "))?;
            if !act.refused_by.is_empty() {
                writeln!(f, "  refused by: {}", act.refused_by.join(", "))?;
            }
            writeln!(f, "  lapses: {}", act.expires)?;
            writeln!(
                f,
                "  watchfire circle approve {0} (or: refuse {0})",
                act.act.get(..12).unwrap_or(&act.act)
            )?;
        }
        Ok(())
    }
}
