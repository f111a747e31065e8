//! `sanitizer remove` and `sanitizer forget`: takes values off the own list, and forgets decisions.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::parts;
use crate::error::{Error, Result, one_line};
use crate::exit::Exit;
use crate::review::{decisions, names};
use crate::settings::{self, own_domain, own_network};

/// Take values off your own list: they may leave again
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire sanitizer remove \"Jordan Smith\"")]
pub(super) struct Remove {
    /// As `sanitizer list` shows it, in any case
    #[arg(required = true, value_name = "VALUE")]
    values: Vec<String>,
}

/// Forget what you decided about an indicator: the rules decide again
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire sanitizer forget evil.example.net")]
pub(super) struct Forget {
    /// The indicator, defanged or not
    #[arg(required = true, value_name = "VALUE")]
    values: Vec<String>,
}

/// What was taken away.
#[derive(Serialize)]
struct Removed {
    removed: Vec<String>,
}

/// What was forgotten.
#[derive(Serialize)]
struct Forgotten {
    forgotten: Vec<String>,
}

impl Remove {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let mut removed = Vec::new();
        settings::change(&context.home, |settings| {
            for value in &self.values {
                let before = removed.len();
                let plain = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
                for (part, list) in parts(&mut settings.sanitizer) {
                    let normal = match part {
                        "domain" => own_domain(value).ok(),
                        "network" => own_network(value).ok(),
                        _ => None,
                    };
                    let is_meant = |each: &String| {
                        let each = each.to_lowercase();
                        each == plain || normal.as_ref() == Some(&each)
                    };
                    removed.extend(list.extract_if(.., |each| is_meant(each)));
                }
                if removed.len() == before {
                    return Err(not_there(value, "is not on your own list", "removed"));
                }
            }
            Ok(())
        })?;
        context.out.document(&Removed { removed })?;
        Ok(Exit::Ok)
    }
}

impl Forget {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let mut forgotten = Vec::new();
        decisions::change(&context.home, |decided| {
            for value in &self.values {
                let before = forgotten.len();
                let gone = decided.extract_if(.., |each| names(value, &each.value));
                forgotten.extend(gone.map(|each| each.value));
                if forgotten.len() == before {
                    return Err(not_there(value, "has no decision", "forgotten"));
                }
            }
            Ok(())
        })?;
        context.out.document(&Forgotten { forgotten })?;
        Ok(Exit::Ok)
    }
}

fn not_there(value: &str, what: &str, done: &str) -> Error {
    Error::usage(
        format!("`{value}` {what}; nothing was {done}"),
        "watchfire sanitizer list shows what there is",
    )
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.removed.iter().try_for_each(|value| writeln!(f, "may leave again: {}", one_line(value)))
    }
}

impl fmt::Display for Forgotten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.forgotten.iter().try_for_each(|value| writeln!(f, "the rules decide again: {}", one_line(value)))
    }
}
