//! The engine's form of a report that a person publishes.

use watchfire_keys::{MemberId, UnixMillis};
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::record::{Reference, Severity, Technique};

use crate::control::PublishDoc;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// A reference whose source is the site it stands on.
fn reference(address: &str) -> Reference {
    let site = address.split_once("://").map_or(address, |(_, rest)| rest);
    let site = site.split(['/', '?', '#']).next().unwrap_or(site);
    Reference { source: site.to_owned(), address: address.to_owned() }
}

/// The engine's form of a report.
pub(crate) fn report(document: PublishDoc, audience: Vec<MemberId>) -> Result<ReportDraft> {
    let bad = |what: &str| {
        Error::new(
            Exit::Refused,
            "bad-report",
            format!("the report's {what} cannot be used"),
            "the same with `watchfire publish` of this version",
        )
    };
    let mut indicators = Vec::with_capacity(document.indicators.len());
    for wanted in &document.indicators {
        let kind: Kind = wanted.kind.parse().map_err(|_| bad("indicator types"))?;
        indicators.push(Indicator::parse(kind, &wanted.value).map_err(|_| bad("indicators"))?);
    }
    let technique = |id: &String| id.parse::<Technique>().map_err(|_| bad("techniques"));
    Ok(ReportDraft {
        title: document.title,
        summary: document.summary,
        tlp: document.tlp.parse::<Tlp>().map_err(|_| bad("TLP"))?,
        severity: document.severity.parse::<Severity>().map_err(|_| bad("severity"))?,
        indicators,
        techniques: document.techniques.iter().map(technique).collect::<Result<_>>()?,
        playbook: String::new(),
        references: document.references.iter().map(|address| reference(address)).collect(),
        valid_until: document.valid_until_ms.map(UnixMillis),
        replaces: None,
        audience,
    })
}
