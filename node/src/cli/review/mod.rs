//! `review`: a person decides about what `publish` held, one by one or by a script. Each decision is remembered.

mod send;
mod walk;

use std::fmt;
use std::io::IsTerminal;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::api::client;
use crate::error::{Error, Result, one_line};
use crate::exit::Exit;
use crate::review::decisions::Word;
use crate::review::{Decided, Held, decisions, names, queue};
use crate::style::{Ink, Style};

/// Decide about indicators that publish held: share them, keep them home for good, or later
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire review --list")]
pub(super) struct Review {
    /// Show what waits, and decide nothing
    #[arg(long, conflicts_with_all = ["share", "keep"])]
    list: bool,
    /// Share this one after all, defanged or not
    #[arg(long, value_name = "VALUE", num_args = 1..)]
    share: Vec<String>,
    /// Keep this one home for good
    #[arg(long, value_name = "VALUE", num_args = 1..)]
    keep: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What waits.
#[derive(Serialize)]
struct Waiting {
    held: Vec<Held>,
    #[serde(skip)]
    style: Style,
}

/// What a script, or a person at the end of a walk, decided.
#[derive(Serialize)]
struct Done {
    shared: Vec<Value>,
    kept_home: Vec<Value>,
    /// How many wait still.
    waiting: usize,
    record: Option<String>,
    records: Vec<String>,
    /// What the rules changed or kept home in spite of the decision.
    changed: Vec<send::ChangeDoc>,
    /// Every text that left.
    outgoing: Vec<String>,
}

#[derive(Serialize)]
struct Value {
    r#type: String,
    value: String,
}

impl From<&Held> for Value {
    fn from(held: &Held) -> Self {
        Value { r#type: held.kind.clone(), value: held.value.clone() }
    }
}

impl Review {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let held = queue::load(&context.home)?;
        let is_walk = !self.list && self.share.is_empty() && self.keep.is_empty();
        if self.list || held.is_empty() && is_walk || is_walk && context.out.is_json() {
            context.out.document(&Waiting { held, style: Style::of(&std::io::stdout()) })?;
            return Ok(Exit::Ok);
        }
        if is_walk {
            if !std::io::stdin().is_terminal() {
                return Err(Error::usage(
                    "nobody is here to decide",
                    "watchfire review --list, then --share VALUE or --keep VALUE",
                ));
            }
            return walk::walk(context, &held);
        }
        let share = chosen(&held, &self.share)?;
        let keep = chosen(&held, &self.keep)?;
        if let Some(both) = share.iter().find(|held| keep.contains(held)) {
            return Err(Error::usage(
                format!("`{}` cannot be shared and kept home", both.value),
                "--share or --keep",
            ));
        }
        if !share.is_empty() {
            if !client::is_running(&context.home) {
                return Err(no_daemon());
            }
            if !self.yes && !asked(context, &share)? {
                return Err(Error::usage("nothing was decided", "watchfire review --list"));
            }
        }
        keep_home(context, &keep)?;
        let done = share_and_report(context, &share, &keep)?;
        let exit = if done.shared.len() < share.len() { Exit::Refused } else { Exit::Ok };
        context.out.document(&done)?;
        Ok(exit)
    }
}

/// Remembers that these stay home for good.
fn keep_home(context: &Context, keep: &[Held]) -> Result<()> {
    remember(context, keep, Word::Keep)?;
    queue::decided(&context.home, keep)
}

/// Remembers that these may leave, then sends what may, then takes off the queue what was sent: whatever stops it in
/// between, nothing is lost. `keep` is what was kept home before.
fn share_and_report(context: &Context, share: &[Held], keep: &[Held]) -> Result<Done> {
    remember(context, share, Word::Share)?;
    let sent = send::send(context, share)?;
    Ok(Done {
        shared: sent.shared.iter().map(Value::from).collect(),
        kept_home: keep.iter().map(Value::from).collect(),
        waiting: queue::load(&context.home)?.len(),
        record: sent.records.first().cloned(),
        records: sent.records,
        changed: sent.changed,
        outgoing: sent.outgoing,
    })
}

fn remember(context: &Context, held: &[Held], verdict: Word) -> Result<()> {
    decisions::change(&context.home, |decided| {
        let each = held.iter().filter_map(|held| Some((held.indicator()?, held.rule)));
        decided.extend(each.map(|(indicator, rule)| Decided::now(&indicator, verdict, rule)));
        Ok(())
    })
}

/// The waiting ones that these values mean.
fn chosen(held: &[Held], values: &[String]) -> Result<Vec<Held>> {
    let mut chosen: Vec<Held> = Vec::new();
    for value in values {
        let found: Vec<&Held> = held.iter().filter(|held| names(value, &held.value)).collect();
        if found.is_empty() {
            return Err(Error::usage(
                format!("`{value}` does not wait for a decision; nothing was decided"),
                "watchfire review --list",
            ));
        }
        chosen.extend(found.into_iter().filter(|held| !chosen.contains(held)).cloned().collect::<Vec<_>>());
    }
    Ok(chosen)
}

/// Shows what is about to leave and asks the person at the terminal.
fn asked(context: &Context, share: &[Held]) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::usage("nobody is here to agree to what would leave", "the same with --yes"));
    }
    context.out.show(&Waiting { held: share.to_vec(), style: Style::of(&std::io::stderr()) });
    let answer = walk::line("Share this with the circle? [y/N] ");
    Ok(matches!(answer.as_deref(), Some("y" | "Y" | "yes")))
}

fn no_daemon() -> Error {
    Error::new(
        Exit::NoDaemon,
        "daemon-not-running",
        "the daemon is not running, so nothing can be shared; all of it waits still",
        "watchfire run, in another terminal or as a service, then the same again",
    )
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.held.is_empty() {
            return f.write_str("nothing waits for a decision");
        }
        for held in &self.held {
            walk::one(f, self.style, held)?;
        }
        write!(f, "{} held; to decide: watchfire review", self.held.len())
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, values) in [("shared", &self.shared), ("stays home for good", &self.kept_home)] {
            values
                .iter()
                .try_for_each(|each| writeln!(f, "{what}: {} {}", each.r#type, one_line(&each.value)))?;
        }
        for change in &self.changed {
            let after = change.after.as_deref().map(|after| format!(" -> {}", one_line(after)));
            let (before, after) = (one_line(&change.before), after.unwrap_or_default());
            writeln!(f, "{}: {before}{after} ({}, rule {})", change.kind, change.reason, change.rule)?;
        }
        let waits = Style::PLAIN.paint(Ink::Grey, &format!("{} still held", self.waiting));
        match self.record.as_deref() {
            Some(record) => {
                write!(f, "signed and on its way: {}; {waits}", record.get(..12).unwrap_or(record))
            }
            None => f.write_str(&waits),
        }
    }
}
