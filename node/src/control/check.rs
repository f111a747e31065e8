//! `check`: what is known of single values.

use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::indicator::{Indicator, guess};

use super::{CheckDoc, Facts};

impl Facts<'_> {
    pub(super) fn check(&self, values: &[String]) -> Vec<CheckDoc> {
        values.iter().map(|value| self.check_one(value)).collect()
    }

    fn check_one(&self, value: &str) -> CheckDoc {
        let Some(indicator) = guess(value) else {
            return unknown(value, None);
        };
        let found = self.view.observable(&RealCrypto, &indicator, self.now, |member| self.side_of(member));
        let Some(observable) = found else {
            return unknown(indicator.value(), Some(&indicator));
        };
        CheckDoc {
            value: indicator.value().to_owned(),
            kind: Some(indicator.kind().as_str().to_owned()),
            state: observable.state.as_str().to_owned(),
            confidence: observable.confidence,
            reports: u64::from(observable.members),
            sides: observable.sides.iter().map(ToString::to_string).collect(),
            sightings: u64::from(observable.sightings),
            alerts: observable.reports.iter().map(ToString::to_string).collect(),
        }
    }
}

fn unknown(value: &str, indicator: Option<&Indicator>) -> CheckDoc {
    CheckDoc {
        value: value.to_owned(),
        kind: indicator.map(|indicator| indicator.kind().as_str().to_owned()),
        state: "unknown".to_owned(),
        confidence: 0,
        reports: 0,
        sides: Vec::new(),
        sightings: 0,
        alerts: Vec::new(),
    }
}
