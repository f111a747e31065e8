//! `sanitizer list`: shows the own list and what was decided about single indicators.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::parts;
use crate::error::{Result, one_line};
use crate::exit::Exit;
use crate::review::{Decided, decisions};
use crate::settings;

/// Show your own list, and what you decided in `review`
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire sanitizer list")]
pub(super) struct List {}

/// The list.
#[derive(Serialize)]
struct Listed {
    domains: Vec<String>,
    names: Vec<String>,
    words: Vec<String>,
    phones: Vec<String>,
    networks: Vec<String>,
    decisions: Vec<Decided>,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let list = settings::load(&context.home)?.sanitizer;
        context.out.document(&Listed {
            domains: list.own_domains,
            names: list.own_names,
            words: list.own_words,
            phones: list.own_phones,
            networks: list.own_networks,
            decisions: decisions::load(&context.home)?,
        })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = settings::Sanitizer {
            own_domains: self.domains.clone(),
            own_names: self.names.clone(),
            own_words: self.words.clone(),
            own_phones: self.phones.clone(),
            own_networks: self.networks.clone(),
        };
        let mut is_empty = self.decisions.is_empty();
        for (part, values) in parts(&mut list) {
            is_empty &= values.is_empty();
            values.iter().try_for_each(|value| writeln!(f, "{part:<7} {}", one_line(value)))?;
        }
        for decided in &self.decisions {
            let (verdict, value) = (decided.verdict.as_str(), one_line(&decided.value));
            writeln!(f, "{verdict:<7} {value} ({}, decided {})", decided.kind, decided.decided)?;
        }
        if is_empty {
            f.write_str(
                "the list is empty; to add to it: watchfire sanitizer own --domain DOMAIN --name NAME",
            )?;
        }
        Ok(())
    }
}
