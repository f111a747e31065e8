//! Every text that would leave, for the last look and for the person.

use crate::control::PublishDoc;

/// All texts of a report, indicators included, in the order in which they are shown.
pub(super) fn outgoing(report: &PublishDoc) -> Vec<String> {
    let texts = [&report.title, &report.summary].into_iter().filter(|text| !text.is_empty()).cloned();
    let indicators = report.indicators.iter().map(|indicator| indicator.value.clone());
    texts
        .chain(report.references.iter().cloned())
        .chain(report.techniques.iter().cloned())
        .chain(indicators)
        .collect()
}
