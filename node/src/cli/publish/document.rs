//! What `publish` prints: what was kept, changed and skipped, and everything that would leave.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::control::{IndicatorDoc, PublishDoc, PublishedDoc};
use crate::error::{Error, one_line};
use crate::formats::Format;
use crate::sanitizing::Sanitized;

/// Lines of one kind that a person is shown; a script gets all of them.
const SHOWN: usize = 8;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Published,
    DryRun,
    Held,
    Refused,
}

/// The full document.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    record: Option<String>,
    records: Vec<String>,
    outcome: Outcome,
    format: Option<String>,
    title: String,
    tlp: Option<String>,
    severity: Option<String>,
    kept: Vec<IndicatorDoc>,
    changed: Vec<ChangeDoc>,
    skipped: Vec<SkippedDoc>,
    outgoing: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDoc>,
    #[serde(skip)]
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ChangeDoc {
    kind: &'static str,
    rule: u16,
    reason: &'static str,
    before: String,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct SkippedDoc {
    what: String,
    count: u32,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ErrorDoc {
    code: String,
    text: String,
    r#try: String,
}

impl Document {
    /// Of a file that could not be read.
    pub(super) fn unreadable(format: Option<Format>) -> Self {
        Self {
            record: None,
            records: Vec::new(),
            outcome: Outcome::Refused,
            format: format.map(|format| format.as_str().to_owned()),
            title: String::new(),
            tlp: None,
            severity: None,
            kept: Vec::new(),
            changed: Vec::new(),
            skipped: Vec::new(),
            outgoing: Vec::new(),
            error: None,
            notes: Vec::new(),
        }
    }

    /// Of a file that was read.
    pub(super) fn of(sanitized: &Sanitized) -> Self {
        let parsed = &sanitized.parsed;
        let skipped = parsed.skipped.iter().map(|skipped| SkippedDoc {
            what: skipped.what.clone(),
            count: skipped.count,
            reason: skipped.reason.clone(),
        });
        let changed = sanitized.changed.iter().map(|change| ChangeDoc {
            kind: change.kind.as_str(),
            rule: change.rule,
            reason: change.reason,
            before: change.before.clone(),
            after: change.after.clone(),
        });
        Self {
            kept: sanitized.kept.iter().map(|kept| IndicatorDoc::from(&kept.indicator)).collect(),
            changed: changed.collect(),
            skipped: skipped.collect(),
            notes: parsed.notes.clone(),
            ..Self::unreadable(Some(parsed.format))
        }
    }

    pub(super) fn leaving(&mut self, report: &PublishDoc, outgoing: Vec<String>) {
        self.title = report.title.clone();
        self.tlp = Some(report.tlp.clone());
        self.severity = Some(report.severity.clone());
        self.outgoing = outgoing;
    }

    pub(super) fn with(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    pub(super) fn because(mut self, error: &Error) -> Self {
        self.error = Some(ErrorDoc {
            code: error.code().to_owned(),
            text: error.text().to_owned(),
            r#try: error.remedy().to_owned(),
        });
        self
    }

    pub(super) fn published(mut self, published: PublishedDoc) -> Self {
        self.record = Some(published.record);
        self.records = published.records;
        self.with(Outcome::Published)
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.changed.is_empty() && self.skipped.is_empty()
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "note: {}", one_line(note))?;
        }
        if let (Some(tlp), Some(severity)) = (&self.tlp, &self.severity) {
            writeln!(f, "{} [{severity}, TLP:{}]", one_line(&self.title), tlp.to_uppercase())?;
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for indicator in &self.kept {
            *kinds.entry(indicator.kind.as_str()).or_default() += 1;
        }
        let counts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let verb = if self.outcome == Outcome::Published { "shared" } else { "would leave" };
        writeln!(f, "{verb}: {}", if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") })?;
        for indicator in self.kept.iter().take(SHOWN) {
            writeln!(f, "  + {:<14} {}", indicator.kind, one_line(&indicator.value))?;
        }
        more(f, self.kept.len())?;
        for change in self.changed.iter().take(SHOWN) {
            let after =
                change.after.as_ref().map(|after| format!(" -> {}", one_line(after))).unwrap_or_default();
            writeln!(f, "  - {}: {}{after}", change.kind, one_line(&change.before))?;
            writeln!(f, "      {} (rule {})", change.reason, change.rule)?;
        }
        more(f, self.changed.len())?;
        for skipped in &self.skipped {
            writeln!(
                f,
                "  . not used: {} {} ({})",
                skipped.count,
                one_line(&skipped.what),
                one_line(&skipped.reason)
            )?;
        }
        match (self.outcome, &self.record) {
            (Outcome::Published, Some(record)) => {
                let records = if self.records.len() == 1 {
                    String::new()
                } else {
                    format!(" ({} records)", self.records.len())
                };
                write!(f, "signed and on its way: {}{records}", record.get(..12).unwrap_or(record))
            }
            (Outcome::DryRun, _) => write!(f, "Nothing was sent (--dry-run)."),
            _ => Ok(()),
        }
    }
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    if count > SHOWN { writeln!(f, "  ... and {} more (--json lists all)", count - SHOWN) } else { Ok(()) }
}
