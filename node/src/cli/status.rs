//! `status`: how this node is, and what to do about it.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{Answer, Ask, StatusDoc, ask};
use crate::error::Result;
use crate::exit::Exit;

/// Show how this node is
#[derive(Debug, Args, Default)]
#[command(after_help = "Example: watchfire status")]
pub(super) struct Status {}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    status: StatusDoc,
}

impl Status {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let Answer::Status(status) = ask(context, Ask::Status)? else { return Ok(Exit::Ok) };
        // One who was removed, or left, has an error among these.
        let unhealthy = status.health.iter().any(|note| note.severity == "error");
        context.out.document(&Shown { status })?;
        Ok(if unhealthy { Exit::Unhealthy } else { Exit::Ok })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = &self.status;
        let circle = status.circle_name.as_deref().unwrap_or("a circle whose name is not known yet");
        writeln!(f, "{} ({}) in {circle}: {}", status.name, status.side, status.state)?;
        if !status.missing.is_empty() {
            writeln!(f, "yet to sign: {}", status.missing.join(", "))?;
        }
        let linked = status.peers.iter().filter(|peer| peer.direct).count();
        writeln!(f, "{linked} of {} other members linked", status.peers.len())?;
        for peer in &status.peers {
            let seen = match (peer.direct, &peer.last_seen) {
                _ if peer.kept_away.is_some() => "kept away".to_owned(),
                (true, _) if peer.relayed => "linked through a relay".to_owned(),
                (true, _) => "linked".to_owned(),
                (false, Some(seen)) => format!("last seen {seen}"),
                (false, None) => "not seen yet".to_owned(),
            };
            writeln!(f, "  {} ({}): {seen}", peer.name, peer.side)?;
        }
        write!(f, "{} records, {} indicators", status.records, status.indicators)?;
        if status.pending_publish > 0 {
            write!(f, "; {} of your records wait to be sealed", status.pending_publish)?;
        }
        if let Some(catch_up) = status.catch_up.filter(|catch_up| catch_up.missing > 0) {
            write!(f, "\ncatching up: {} records to come, {} fetched", catch_up.missing, catch_up.fetched)?;
        }
        for relay in &status.relays {
            write!(f, "\nrelay {relay}")?;
        }
        for note in &status.health {
            write!(f, "\n{}: {}\n  try: {}", note.severity, note.text, note.remedy)?;
        }
        Ok(())
    }
}
