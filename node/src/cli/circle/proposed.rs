//! What a person is told about a change that was proposed and needs other sides.

use std::fmt;

use serde::Serialize;

use super::Context;
use crate::control::{ActedDoc, Answer, Ask, ask};
use crate::error::Result;
use crate::exit::Exit;

#[derive(Debug, Serialize)]
struct Proposed {
    #[serde(flatten)]
    acted: ActedDoc,
}

/// Asks the daemon for an act and shows what became of it.
pub(super) fn act(context: &Context, question: Ask) -> Result<Exit> {
    if let Answer::Acted(acted) = ask(context, question)? {
        context.out.document(&Proposed { acted })?;
    }
    Ok(Exit::Ok)
}

impl fmt::Display for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acted = &self.acted;
        let waits = !acted.missing_sides.is_empty();
        write!(f, "{} {}", if waits { "proposed:" } else { "done:" }, acted.kind)?;
        if !acted.name.is_empty() {
            write!(f, " {}", acted.name)?;
        }
        for change in &acted.changes {
            write!(f, "\n  {change}")?;
        }
        if !acted.fingerprint.is_empty() {
            write!(f, "\nfingerprint, to compare with them by voice: {}", acted.fingerprint)?;
        }
        write!(f, "\nact: {}", acted.act)?;
        if waits {
            let short = acted.act.get(..12).unwrap_or(&acted.act);
            write!(f, "\napproval needed from: {}", acted.missing_sides.join(", "))?;
            write!(f, "\nnext: a steward of each runs `watchfire circle approve {short}`")?;
            if acted.kind == "rebind" {
                write!(f, "\nits new home needs a ticket: watchfire circle ticket {short}")?;
            }
        }
        Ok(())
    }
}
