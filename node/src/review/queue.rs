//! Indicators that `publish` held: `held.json` in the home, until a person has decided about each.
//!
//! Bounded: when it is full, what comes later is not remembered and the person is told. What has expired goes.

use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use watchfire_keys::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Tlp};
use watchfire_protocol::record::Severity;
use watchfire_protocol::sanitize::{Change, ChangeKind};

use crate::clock;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Home, files};
use crate::sanitizing::Draft;

const FILE: &str = "held.json";
const SCHEMA: u32 = 1;
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// More than a person decides about one by one.
const MAX_HELD: usize = 5_000;

/// An indicator that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its normal form.
    pub value: String,
    /// The rule that held it.
    pub rule: u16,
    /// Why.
    pub reason: String,
    /// More about the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The title of its report, cleaned; none when the title was held too.
    pub title: Option<String>,
    /// How far its report may go.
    pub tlp: String,
    /// How bad its report is.
    pub severity: String,
    /// The only members its report is for: what was meant for a few leaves for them alone, however late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// When its report stops being valid, in RFC 3339.
    #[serde(default)]
    pub expires: Option<String>,
    /// Since when it waits, in RFC 3339.
    pub since: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    schema: u32,
    held: Vec<Held>,
}

impl Held {
    /// The indicator itself; `None` when another version wrote it.
    pub fn indicator(&self) -> Option<Indicator> {
        Indicator::parse(self.kind.parse().ok()?, &self.value).ok()
    }

    /// The report that it belongs to, without words of the file but the title.
    pub fn draft(&self) -> Option<Draft> {
        let tlp: Tlp = self.tlp.parse().ok()?;
        let severity: Severity = self.severity.parse().ok()?;
        let valid_until = match &self.expires {
            Some(time) => Some(clock::read_rfc3339(time)?),
            None => None,
        };
        let summary = Some(String::new());
        let (references, techniques) = (Vec::new(), Vec::new());
        let (title, to) = (self.title.clone(), self.to.clone());
        Some(Draft { title, summary, references, techniques, tlp, severity, valid_until, to })
    }

    fn is_over(&self, now: UnixMillis) -> bool {
        let expires = self.expires.as_deref().and_then(clock::read_rfc3339);
        expires.is_some_and(|time| time <= now)
    }
}

/// What the changes of one report hold, ready to be remembered.
pub fn held_of(changed: &[Change], draft: &Draft) -> Vec<Held> {
    let since = clock::rfc3339(clock::now());
    let held = changed.iter().filter(|change| change.kind == ChangeKind::Held);
    held.filter_map(|change| {
        let (kind, _) = change.of?;
        Some(Held {
            kind: kind.as_str().to_owned(),
            value: change.before.clone(),
            rule: change.rule,
            reason: change.reason.to_owned(),
            detail: change.detail.clone(),
            title: draft.title.clone(),
            tlp: draft.tlp.as_str().to_owned(),
            severity: draft.severity.as_str().to_owned(),
            to: draft.to.clone(),
            expires: draft.valid_until.map(clock::rfc3339),
            since: since.clone(),
        })
    })
    .take(MAX_HELD.saturating_add(1))
    .collect()
}

/// Everything that waits, oldest first.
pub fn load(home: &Home) -> Result<Vec<Held>> {
    let bytes = match files::read(&home.root().join(FILE), MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(home.unreadable(FILE, &error)),
    };
    let file: File = serde_json::from_slice(&bytes).map_err(|error| invalid(home, &error.to_string()))?;
    if file.schema != SCHEMA {
        return Err(invalid(home, "it was written by another version of Watchfire"));
    }
    let now = clock::now();
    Ok(file.held.into_iter().filter(|held| !held.is_over(now)).collect())
}

/// Remembers what waits. One that waits already takes the newer reason and report. Says how many did not fit.
pub fn remember(home: &Home, wanted: Vec<Held>) -> Result<usize> {
    if wanted.is_empty() {
        return Ok(0);
    }
    let mut left_out = 0_usize;
    change(home, |held| {
        let mut known: std::collections::BTreeMap<(String, String), usize> =
            held.iter().enumerate().map(|(at, held)| ((held.kind.clone(), held.value.clone()), at)).collect();
        let mut bytes: usize = held.iter().map(size).sum();
        for each in wanted {
            let at = known.get(&(each.kind.clone(), each.value.clone())).and_then(|at| held.get_mut(*at));
            if let Some(waiting) = at {
                bytes = bytes.saturating_sub(size(waiting)).saturating_add(size(&each));
                *waiting = each;
            } else if held.len() >= MAX_HELD || bytes.saturating_add(size(&each)) > MAX_BYTES - 1024 {
                left_out = left_out.saturating_add(1);
            } else {
                bytes = bytes.saturating_add(size(&each));
                known.insert((each.kind.clone(), each.value.clone()), held.len());
                held.push(each);
            }
        }
    })?;
    Ok(left_out)
}

/// Takes what was decided off the queue.
pub fn decided(home: &Home, done: &[Held]) -> Result<()> {
    change(home, |held| {
        held.retain(|each| !done.iter().any(|done| done.kind == each.kind && done.value == each.value));
    })
}

fn change(home: &Home, change: impl FnOnce(&mut Vec<Held>)) -> Result<()> {
    let edit = home.lock_for_edit()?;
    let before = load(home)?;
    let mut held = before.clone();
    change(&mut held);
    if held == before {
        return Ok(());
    }
    let bytes = serde_json::to_vec(&File { schema: SCHEMA, held })
        .map_err(|error| invalid(home, &error.to_string()))?;
    home.write(FILE, &bytes, &edit)
}

/// What it takes in the file.
fn size(held: &Held) -> usize {
    serde_json::to_vec(held).map_or(0, |bytes| bytes.len()).saturating_add(1)
}

fn invalid(home: &Home, fault: &str) -> Error {
    Error::new(
        Exit::Failed,
        "held-invalid",
        format!("{}: {fault}", home.root().join(FILE).display()),
        "move that file away to begin again, and publish the reports again",
    )
}
