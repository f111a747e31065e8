//! One STIX indicator: its pattern, in whichever language it is written.

use watchfire_protocol::indicator::{Indicator, Kind};

use super::super::FormatError;
use super::super::collect::{Collector, NOT_ITS_TYPE};
use super::super::json::Json;
use super::super::place::Place;
use super::super::values::Wanted;
use super::pattern::{self, Leaf};

pub(super) fn read(object: &Json<'_>, number: usize, collector: &mut Collector) -> Result<(), FormatError> {
    collector.attributes(1);
    if super::is_revoked(object) {
        collector.skip("indicator", "revoked");
        return Ok(());
    }
    // 2.1 says it in `indicator_types`, 2.0 in `labels`.
    if object.texts("indicator_types").chain(object.texts("labels")).any(|kind| kind == "benign") {
        collector.skip("indicator", "its author calls it benign");
        return Ok(());
    }
    let Some(text) = object.text("pattern").map(str::trim).filter(|text| !text.is_empty()) else {
        collector.skip("indicator", "it has no pattern");
        return Ok(());
    };
    let place = || format!("object {number}");
    let language = object.text("pattern_type").unwrap_or("stix");
    match language.to_ascii_lowercase().as_str() {
        "stix" => read_pattern(text, collector, place),
        "yara" => collector.value(&Wanted::Kind(Kind::Yara), text, "yara pattern", place),
        "sigma" => collector.value(&Wanted::Kind(Kind::Sigma), text, "sigma pattern", place),
        "snort" | "suricata" => {
            collector.value(&Wanted::Kind(Kind::Suricata), text, "suricata pattern", place)
        }
        _ => {
            collector.skip(&format!("{language} pattern"), "a pattern language that has no type here");
            Ok(())
        }
    }
}

/// Reads a STIX pattern, wherever it stood.
pub(in crate::formats) fn read_pattern<P: Into<Place>>(
    text: &str,
    collector: &mut Collector,
    place: impl Fn() -> P,
) -> Result<(), FormatError> {
    let Ok(parsed) = pattern::parse(text) else {
        collector.skip("stix pattern", "not a valid pattern");
        return Ok(());
    };
    for leaf in pattern::split(&parsed) {
        match leaf {
            Leaf::Value { wanted, property, value } => collector.value(&wanted, &value, &property, &place)?,
            Leaf::Pattern(_) if !parsed.strict => {
                collector.skip("stix pattern", "not a valid pattern in the strict sense");
            }
            Leaf::Pattern(kept) => match Indicator::parse(Kind::StixPattern, &kept) {
                Ok(indicator) => collector.keep(indicator, &place)?,
                Err(_) => collector.skip("stix pattern", NOT_ITS_TYPE),
            },
            Leaf::Recipient => collector.skip("stix pattern", "it names the recipient of a mail"),
        }
    }
    Ok(())
}
