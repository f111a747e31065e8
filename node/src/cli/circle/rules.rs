//! `circle rules`: shows the rules that every node computes with, or proposes others.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::{Context, proposed};
use crate::cli::duration;
use crate::control::{Answer, Ask, Proposal, RulesDoc, RulesWanted, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Show the circle's rules, or propose others
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire circle rules --seal 24h --reason \"shorter epochs until the election\""
)]
pub(super) struct RulesCommand {
    /// How long records and the secrets that open them are kept
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    retention: Option<u64>,
    /// How far back a newcomer reads
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    history: Option<u64>,
    /// How long an epoch may seal
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    seal: Option<u64>,
    /// How many members must have reported what counts as corroborated
    #[arg(long, value_name = "N")]
    corroboration_members: Option<u16>,
    /// Of how many sides
    #[arg(long, value_name = "N")]
    corroboration_sides: Option<u16>,
    /// How many sides must approve an act
    #[arg(long, value_name = "N")]
    consent_sides: Option<u16>,
    /// By how many of their stewards
    #[arg(long, value_name = "N")]
    consent_stewards: Option<u16>,
    /// Why, for the stewards of the other sides to read
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Debug, Serialize)]
struct Shown {
    rules: RulesDoc,
}

impl RulesCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let wanted = RulesWanted {
            retention_ms: self.retention,
            history_ms: self.history,
            seal_ms: self.seal,
            corroboration_members: self.corroboration_members,
            corroboration_sides: self.corroboration_sides,
            consent_sides: self.consent_sides,
            consent_stewards: self.consent_stewards,
        };
        if wanted != RulesWanted::default() {
            let proposal = Proposal::Rules(wanted);
            return proposed::act(context, Ask::Propose { proposal, reason: self.reason });
        }
        if let Answer::Circle(circle) = ask(context, Ask::Circle)? {
            context.out.document(&Shown { rules: circle.rules })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.rules;
        let hours = |ms: u64| ms / 3_600_000;
        writeln!(
            f,
            "retention {} days, history for newcomers {} days",
            hours(rules.retention_ms) / 24,
            hours(rules.history_ms) / 24
        )?;
        writeln!(f, "an epoch seals for {} hours", hours(rules.seal_ms))?;
        writeln!(
            f,
            "corroborated: {} members of {} sides",
            rules.corroboration_members, rules.corroboration_sides
        )?;
        write!(f, "an act needs {} stewards of each of {} sides", rules.consent_stewards, rules.consent_sides)
    }
}
