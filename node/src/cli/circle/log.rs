//! `circle log`: everything that was decided, and by whom.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{ActDoc, Answer, Ask, LogDoc, ask};
use crate::error::{Result, one_line};
use crate::exit::Exit;

/// Print everything that was decided in the circle
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle log --verify")]
pub(super) struct LogCommand {
    /// Check every signature and every consent again, and that today's members follow from them
    #[arg(long)]
    verify: bool,
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    log: LogDoc,
}

impl LogCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Log(log) = ask(context, Ask::Log { verify: self.verify })? {
            context.out.document(&Shown { log })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = &self.log;
        for (place, act) in log.acts.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write_act(f, act)?;
        }
        if let (Some(items), Some(roster)) = (log.items, &log.roster) {
            writeln!(f, "\nverified: {items} signed items, and the members that follow from them")?;
            write!(f, "roster {}: the same text at every member that knows the same acts", short(roster))?;
        }
        Ok(())
    }
}

fn write_act(f: &mut fmt::Formatter<'_>, act: &ActDoc) -> fmt::Result {
    if !act.proof.is_empty() {
        writeln!(f, "{} by {} ({})", act.kind, act.name, act.side)?;
        let proof: Vec<&str> = act.proof.iter().map(|id| short(id)).collect();
        return write!(f, "  proof: {}", proof.join(" and "));
    }
    write!(f, "{}  {}  {}  {}", act.created, short(&act.act), act.kind, act.state)?;
    match (act.side.is_empty(), act.kind == "founding") {
        (_, true) => write!(f, "\n  {}, founded by {}", act.name, act.by)?,
        (true, _) => write!(f, "\n  by {}", act.by)?,
        (false, _) => write!(f, "\n  by {} ({})", act.by, act.side)?,
    }
    if !act.reason.is_empty() {
        write!(f, ": {}", one_line(&act.reason))?;
    }
    for change in &act.changes {
        write!(f, "\n  {change}")?;
    }
    if act.kind != "founding" {
        for decision in &act.approvals {
            let decided = if decision.decision == "approve" { "approved" } else { "refused" };
            write!(f, "\n  {decided} by {} ({}), {}", decision.name, decision.side, decision.created)?;
        }
    }
    if let Some(until) = &act.seal_until {
        write!(f, "\n  seals until {until}")?;
    }
    Ok(())
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
