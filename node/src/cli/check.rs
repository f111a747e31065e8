//! `check`: what the circle knows of single values.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use super::notes::Notes;
use crate::control::{Answer, Ask, CheckDoc, ask};
use crate::error::{Result, one_line};
use crate::exit::Exit;

/// Ask what is known of a domain, address, link, hash or other value
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire check hxxps://login-smith[.]example/reset")]
pub(super) struct Check {
    /// Values as you have them; defanged ones are understood
    #[arg(required = true)]
    values: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Checked {
    results: Vec<CheckDoc>,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let Answer::Check(mut results) = ask(context, Ask::Check { values: self.values })? else {
            return Ok(Exit::NothingFound);
        };
        let notes = Notes::of(context);
        for result in &mut results {
            result.notes =
                result.kind.as_ref().map(|kind| notes.about(kind, &result.value)).unwrap_or_default();
        }
        let found = results.iter().any(|result| result.state != "unknown" || !result.alerts.is_empty());
        context.out.document(&Checked { results })?;
        Ok(if found { Exit::Ok } else { Exit::NothingFound })
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for result in &self.results {
            let value = one_line(&result.value);
            match (&result.kind, result.state.as_str()) {
                (None, _) => writeln!(f, "{value}: not a kind of value that is shared here")?,
                (Some(_), "unknown") if result.alerts.is_empty() => writeln!(f, "{value}: unknown")?,
                (Some(kind), "unknown") => {
                    writeln!(f, "{value} ({kind}): in a report for named readers, you among them")?;
                    for alert in &result.alerts {
                        writeln!(f, "  watchfire show {}", alert.get(..12).unwrap_or(alert))?;
                    }
                }
                (Some(kind), state) => {
                    let members =
                        if result.reports == 1 { "1 member" } else { &format!("{} members", result.reports) };
                    let sides = result.sides.join(", ");
                    writeln!(f, "{value} ({kind}): {state}, confidence {} of 100", result.confidence)?;
                    writeln!(f, "  reported by {members} ({sides}), {} sightings", result.sightings)?;
                    if let Some(masked) = &result.masked {
                        writeln!(
                            f,
                            "  reported without what was made for one recipient: {}",
                            one_line(masked)
                        )?;
                    }
                    for alert in &result.alerts {
                        writeln!(f, "  watchfire show {}", alert.get(..12).unwrap_or(alert))?;
                    }
                }
            }
            for note in &result.notes {
                writeln!(f, "  note: {}", one_line(note))?;
            }
        }
        Ok(())
    }
}
