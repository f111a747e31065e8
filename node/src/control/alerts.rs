//! `alerts` and `show`: what members have published.

use watchfire_keys::RecordId;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::indicator::Indicator;
use watchfire_protocol::publication::Alert;
use watchfire_protocol::view::{AlertSummary, State};

use super::{AlertDoc, AlertFilter, Facts, IndicatorDoc, StateFilter};
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::exit::Exit;

impl From<&Indicator> for IndicatorDoc {
    fn from(indicator: &Indicator) -> Self {
        Self {
            kind: indicator.kind().as_str().to_owned(),
            value: indicator.value().to_owned(),
            notes: Vec::new(),
        }
    }
}

impl StateFilter {
    pub(super) fn admits(self, state: State) -> bool {
        match self {
            Self::Reported => state >= State::Reported,
            Self::Corroborated => state == State::Corroborated,
        }
    }
}

impl Facts<'_> {
    pub(super) fn alerts(&self, filter: &AlertFilter) -> Result<Vec<AlertDoc>> {
        let mut alerts = Vec::new();
        for summary in self.view.alerts(&self.roster) {
            let recent = filter.since_ms.is_none_or(|since| summary.created.0 >= since);
            let of_side = filter.side.as_ref().is_none_or(|side| summary.side.as_str() == side);
            if !recent || !of_side || !summary.is_current(self.now) {
                continue;
            }
            let Some(alert) = self.assemble(&summary)? else { continue };
            let believed = |filter: StateFilter| {
                alert
                    .indicators
                    .iter()
                    .any(|indicator| self.state_of(indicator).is_some_and(|s| filter.admits(s)))
            };
            if filter.state.is_none_or(believed) {
                alerts.push(self.alert_doc(&summary, &alert));
            }
        }
        // What is for named readers is believed by nobody but them: it has no state.
        if filter.state.is_none() {
            let named = self.named()?.into_iter().filter(|named| {
                let recent = filter.since_ms.is_none_or(|since| named.created().0 >= since);
                recent && named.is_current(self.now)
            });
            let named = named.map(|named| self.named_doc(&named));
            alerts.extend(named.filter(|doc| filter.side.as_ref().is_none_or(|side| doc.side == *side)));
            alerts.sort_by(|left, right| right.created.cmp(&left.created));
        }
        Ok(alerts)
    }

    pub(super) fn show(&self, wanted: &str) -> Result<AlertDoc> {
        if let Some(named) = self.show_named(wanted)? {
            return Ok(named);
        }
        let all = self.view.alerts(&self.roster);
        let by_id: Vec<&AlertSummary> = all.iter().filter(|alert| names(&alert.record, wanted)).collect();
        let found =
            if by_id.is_empty() { all.iter().filter(|alert| alert.title == wanted).collect() } else { by_id };
        let summary = match found[..] {
            [one] => one,
            [] => {
                return Err(Error::new(
                    Exit::NothingFound,
                    "no-such-alert",
                    format!("no alert here is called {wanted}"),
                    "watchfire alerts lists them with their ids",
                ));
            }
            _ => {
                return Err(Error::usage(
                    format!("{} alerts are called {wanted}", found.len()),
                    "more characters of the id: watchfire alerts lists them",
                ));
            }
        };
        let gone = || {
            Error::new(
                Exit::Failed,
                "alert-damaged",
                "the alert's record is not in the store any more",
                "watchfire run: it comes back from the other members",
            )
        };
        self.assemble(summary)?.map(|alert| self.alert_doc(summary, &alert)).ok_or_else(gone)
    }

    fn alert_doc(&self, summary: &AlertSummary, alert: &Alert) -> AlertDoc {
        let own = summary.author == self.card.member();
        AlertDoc {
            record: summary.record.to_string(),
            title: summary.title.clone(),
            summary: alert.report.summary.clone(),
            author: self.name_of(&summary.author),
            side: summary.side.to_string(),
            tlp: summary.tlp.as_str().to_owned(),
            severity: summary.severity.as_str().to_owned(),
            created: rfc3339(summary.created),
            received: (!own).then(|| rfc3339(summary.received)),
            expires: Some(rfc3339(summary.expires)),
            complete: summary.complete,
            techniques: alert.report.techniques.iter().map(ToString::to_string).collect(),
            references: alert.report.references.iter().map(|reference| reference.address.clone()).collect(),
            indicators: alert.indicators.iter().map(IndicatorDoc::from).collect(),
            readers: Vec::new(),
        }
    }

    /// What the circle says of an indicator.
    pub(super) fn state_of(&self, indicator: &Indicator) -> Option<State> {
        let observable = self.view.observable(&RealCrypto, indicator, self.now, &self.roster);
        observable.map(|observable| observable.state)
    }
}

/// Whether `wanted` is the id or the beginning of it; too short a beginning names nothing.
pub(super) fn names(record: &RecordId, wanted: &str) -> bool {
    wanted.len() >= 4 && record.to_string().starts_with(&wanted.to_ascii_lowercase())
}
