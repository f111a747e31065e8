//! `alerts` and `show`: what members have published.

use std::fmt;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::notes::Notes;
use super::{Context, duration};
use crate::clock;
use crate::control::{AlertDoc, AlertFilter, Answer, Ask, StateFilter, ask};
use crate::error::{Result, one_line};
use crate::exit::Exit;

/// Indicators that a list shows a person of each alert; `show` has them all.
const SHOWN: usize = 5;

/// List the alerts
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire alerts --since 7d")]
pub(super) struct Alerts {
    /// Only those of the last while, such as 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    since: Option<u64>,
    /// Only those by members of this side
    #[arg(long)]
    side: Option<String>,
    /// Only those with an indicator that is believed so far
    #[arg(long)]
    state: Option<State>,
}

/// How far an observable is believed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum State {
    /// Somebody reported it
    Reported,
    /// Members of two sides did
    Corroborated,
}

impl From<State> for StateFilter {
    fn from(state: State) -> Self {
        match state {
            State::Reported => Self::Reported,
            State::Corroborated => Self::Corroborated,
        }
    }
}

/// Show one alert in full
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire show 5c1e07aa")]
pub(super) struct Show {
    /// The record's id, the beginning of it, or the alert's title
    record: String,
}

#[derive(Debug, Serialize)]
struct Listed {
    alerts: Vec<AlertDoc>,
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    alert: AlertDoc,
}

impl Alerts {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let since_ms = self.since.map(|since| clock::now().saturating_sub(since).0);
        let filter = AlertFilter { since_ms, side: self.side, state: self.state.map(StateFilter::from) };
        if let Answer::Alerts(mut alerts) = ask(context, Ask::Alerts(filter))? {
            let notes = Notes::of(context);
            alerts.iter_mut().for_each(|alert| annotate(alert, &notes));
            context.out.document(&Listed { alerts })?;
        }
        Ok(Exit::Ok)
    }
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Show(mut alert) = ask(context, Ask::Show { record: self.record })? {
            annotate(&mut alert, &Notes::of(context));
            context.out.document(&Shown { alert })?;
        }
        Ok(Exit::Ok)
    }
}

fn annotate(alert: &mut AlertDoc, notes: &Notes) {
    for indicator in &mut alert.indicators {
        indicator.notes = notes.about(&indicator.kind, &indicator.value);
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alerts.is_empty() {
            return write!(f, "No alerts.");
        }
        for alert in &self.alerts {
            write_alert(f, alert, SHOWN)?;
        }
        Ok(())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_alert(f, &self.alert, usize::MAX)?;
        for line in self.alert.summary.lines() {
            writeln!(f, "  {}", one_line(line))?;
        }
        for reference in &self.alert.references {
            writeln!(f, "  see: {}", one_line(reference))?;
        }
        Ok(())
    }
}

fn write_alert(f: &mut fmt::Formatter<'_>, alert: &AlertDoc, most: usize) -> fmt::Result {
    let id = alert.record.get(..12).unwrap_or(&alert.record);
    writeln!(f, "{} [{}, TLP:{}]", one_line(&alert.title), alert.severity, alert.tlp.to_uppercase())?;
    writeln!(f, "  {} ({}), {}  {id}", alert.author, alert.side, alert.created)?;
    if !alert.readers.is_empty() {
        writeln!(f, "  only for: {}", one_line(&alert.readers.join(", ")))?;
    }
    for indicator in alert.indicators.iter().take(most) {
        writeln!(f, "  {:<14} {}", indicator.kind, one_line(&indicator.value))?;
        for note in &indicator.notes {
            writeln!(f, "  {:<14} note: {}", "", one_line(note))?;
        }
    }
    if alert.indicators.len() > most {
        writeln!(f, "  and {} more: watchfire show {id}", alert.indicators.len() - most)?;
    }
    if !alert.complete {
        writeln!(f, "  (parts of it are still on their way)")?;
    }
    Ok(())
}
