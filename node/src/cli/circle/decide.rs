//! `circle approve` and `circle refuse`: a steward's decision on a proposal.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{ActedDoc, Answer, Ask, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Approve a proposal of another side
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle approve 3f9a2c41")]
pub(super) struct Approve {
    /// The act's id, the beginning of it, or the name of whom it is about
    act: String,
    /// Also if acts lose their effect by it that its author did not know
    #[arg(long)]
    anyway: bool,
}

/// Refuse a proposal
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle refuse 3f9a2c41")]
pub(super) struct Refuse {
    /// The act's id, the beginning of it, or the name of whom it is about
    act: String,
}

#[derive(Debug, Serialize)]
struct Decided {
    #[serde(flatten)]
    acted: ActedDoc,
    decision: &'static str,
}

impl Approve {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        decide(context, self.act, true, self.anyway)
    }
}

impl Refuse {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        decide(context, self.act, false, false)
    }
}

fn decide(context: &Context, act: String, approve: bool, anyway: bool) -> Result<Exit> {
    if let Answer::Acted(acted) = ask(context, Ask::Decide { act, approve, anyway })? {
        let decision = if approve { "approved" } else { "refused" };
        context.out.document(&Decided { acted, decision })?;
    }
    Ok(Exit::Ok)
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acted = &self.acted;
        writeln!(f, "{}: {} {}", self.decision, acted.kind, acted.name)?;
        if !acted.fingerprint.is_empty() {
            writeln!(f, "fingerprint: {}", acted.fingerprint)?;
        }
        match (self.decision, acted.missing_sides.is_empty()) {
            ("refused", _) => return write!(f, "Everybody sees that your side refused."),
            (_, true) => write!(f, "All sides have approved.")?,
            (_, false) => write!(f, "still needed: approval from {}", acted.missing_sides.join(", "))?,
        }
        for change in &acted.changes {
            write!(f, "\n  {change}")?;
        }
        Ok(())
    }
}
