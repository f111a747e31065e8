//! Sends what was released: one report for each report that the indicators came from.

use serde::Serialize;
use watchfire_protocol::sanitize::{Change, ChangeKind};

use super::super::Context;
use crate::control::{Answer, Ask, ask};
use crate::error::Result;
use crate::review::{Held, queue};
use crate::sanitizing::{Policy, Reviewed, reviewed};

/// What became of it.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) shared: Vec<Held>,
    pub(super) records: Vec<String>,
    pub(super) changed: Vec<ChangeDoc>,
    pub(super) outgoing: Vec<String>,
}

/// A change, as scripts get it.
#[derive(Serialize)]
pub(super) struct ChangeDoc {
    pub(super) kind: &'static str,
    pub(super) rule: u16,
    pub(super) reason: &'static str,
    pub(super) before: String,
    pub(super) after: Option<String>,
}

/// Sends `share`, whose decisions are remembered already. What was sent, or cannot be sent whatever is decided, leaves
/// the queue.
pub(super) fn send(context: &Context, share: &[Held]) -> Result<Sent> {
    let mut sent = Sent::default();
    if share.is_empty() {
        return Ok(sent);
    }
    let policy = Policy::load(&context.home)?;
    let mut rest = share.to_vec();
    while let Some(first) = rest.first().cloned() {
        let (group, others): (Vec<Held>, Vec<Held>) =
            rest.into_iter().partition(|held| is_of_same_report(held, &first));
        rest = others;
        let Some(draft) = first.draft() else { continue };
        let indicators = group.iter().filter_map(Held::indicator).collect();
        let Reviewed { kept, changed, outcome } = reviewed(indicators, draft, &policy);
        sent.changed.extend(changed.into_iter().map(ChangeDoc::from));
        let outgoing = match outcome {
            Ok(outgoing) => outgoing,
            // All of it is dropped by a rule that came later: it cannot leave, and there is nothing left to decide.
            Err(_) if kept.is_empty() => {
                queue::decided(&context.home, &group)?;
                continue;
            }
            Err(error) => return Err(error),
        };
        for report in outgoing.reports(&kept) {
            if let Answer::Published(published) = ask(context, Ask::Publish(Box::new(report)))? {
                sent.records.extend(published.records);
            }
        }
        sent.outgoing.extend(outgoing.texts(&kept).map(str::to_owned));
        queue::decided(&context.home, &group)?;
        let left = |held: &Held| {
            let index = group.iter().position(|each| each == held).and_then(|at| u32::try_from(at).ok());
            kept.iter().any(|kept| Some(kept.number) == index)
        };
        sent.shared.extend(group.iter().filter(|held| left(held)).cloned());
    }
    Ok(sent)
}

fn is_of_same_report(held: &Held, other: &Held) -> bool {
    let key =
        |held: &Held| (held.title.clone(), held.tlp.clone(), held.severity.clone(), held.expires.clone());
    key(held) == key(other) && held.to == other.to
}

impl From<Change> for ChangeDoc {
    fn from(change: Change) -> Self {
        let Change { kind, rule, reason, before, after, .. } = change;
        ChangeDoc { kind: ChangeKind::as_str(kind), rule, reason, before, after }
    }
}
