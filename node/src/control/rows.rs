//! Rows for exports: each observable once, with the alert that named it first.

use std::collections::BTreeMap;

use watchfire_protocol::indicator::{Indicator, Tlp};

use super::{Facts, RowDoc, StateFilter};
use crate::error::Result;

impl Facts<'_> {
    pub(super) fn rows(&self, filter: StateFilter) -> Result<Vec<RowDoc>> {
        let mut rows: BTreeMap<Indicator, (Tlp, RowDoc)> = BTreeMap::new();
        let mut summaries = self.view.alerts(&self.roster);
        // Newest first as they come; the first alert that named an observable is the one its row tells of.
        summaries.reverse();
        for summary in summaries.iter().filter(|summary| summary.is_current(self.now)) {
            let Some(alert) = self.assemble(summary)? else { continue };
            for indicator in &alert.indicators {
                if let Some((tlp, row)) = rows.get_mut(indicator) {
                    if summary.tlp > *tlp {
                        *tlp = summary.tlp;
                        row.tlp = summary.tlp.as_str().to_owned();
                    }
                    continue;
                }
                let Some(state) = self.state_of(indicator).filter(|state| filter.admits(*state)) else {
                    continue;
                };
                let row = RowDoc {
                    kind: indicator.kind().as_str().to_owned(),
                    value: indicator.value().to_owned(),
                    state: state.as_str().to_owned(),
                    tlp: summary.tlp.as_str().to_owned(),
                    title: summary.title.clone(),
                    author: self.name_of(&summary.author),
                    side: summary.side.to_string(),
                    created_ms: summary.created.0,
                    valid_until_ms: Some(summary.expires.0),
                    record: summary.record.to_string(),
                };
                rows.insert(indicator.clone(), (summary.tlp, row));
            }
        }
        Ok(rows.into_values().map(|(_, row)| row).collect())
    }
}
