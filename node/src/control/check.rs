//! `check`: what is known of single values.

use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::indicator::{Indicator, guess};
use watchfire_protocol::view::Observable;

use super::{CheckDoc, Facts};

impl Facts<'_> {
    pub(super) fn check(&self, values: &[String]) -> Vec<CheckDoc> {
        // What only some members may read changes no state; a reader is told where it stands all the same.
        let named = self.named().unwrap_or_default();
        let checked = values.iter().map(|value| {
            let mut checked = self.check_one(value);
            if let Some(indicator) = guess(value) {
                let with_it = named.iter().filter(|named| {
                    named.is_current(self.now) && named.report().indicators.binary_search(&indicator).is_ok()
                });
                checked.alerts.extend(with_it.map(|named| named.id().to_string()));
            }
            checked
        });
        checked.collect()
    }

    fn check_one(&self, value: &str) -> CheckDoc {
        let Some(indicator) = guess(value) else {
            return unknown(value, None);
        };
        // A URL that was masked before it left is reported as it left.
        let masked = self.view.masked_for(&indicator);
        let named =
            std::iter::once((None, &indicator)).chain(masked.iter().map(|masked| (Some(masked), masked)));
        let found = named.filter_map(|(masked, indicator)| {
            let observable = self.view.observable(&RealCrypto, indicator, self.now, &self.roster)?;
            Some((masked, observable))
        });
        // Of equals the first: what was reported as it is.
        let best = found.reduce(|best, next| {
            let worth = |(_, it): &(_, Observable)| (it.state, it.confidence);
            if worth(&next) > worth(&best) { next } else { best }
        });
        let Some((masked, observable)) = best else {
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
            masked: masked.map(|masked| masked.value().to_owned()),
            notes: Vec::new(),
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
        masked: None,
        notes: Vec::new(),
    }
}
