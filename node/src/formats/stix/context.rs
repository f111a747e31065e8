//! What a STIX file says besides its indicators: its title, summary, links and techniques, and vulnerabilities.

use watchfire_protocol::indicator::Kind;

use super::super::FormatError;
use super::super::collect::Collector;
use super::super::json::Json;
use super::super::values::Wanted;

/// Whose name names the file, the best first.
const NAMING: [&str; 6] = ["report", "grouping", "campaign", "intrusion-set", "malware", "threat-actor"];

/// How many names of one kind fit a title.
const MAX_NAMES: usize = 3;

pub(super) fn read(objects: &[Json<'_>], collector: &mut Collector) {
    let of = |kind: &'static str| {
        objects.iter().filter(move |object| object.text("type") == Some(kind) && !super::is_revoked(object))
    };
    for kind in NAMING {
        let names: Vec<&str> = of(kind).filter_map(|object| object.text("name")).take(MAX_NAMES).collect();
        if collector.title.is_none() && !names.is_empty() {
            collector.title = Some(names.join(", "));
        }
        let described =
            of(kind).filter_map(|object| object.text("description")).find(|text| !text.trim().is_empty());
        if let (None, Some(summary)) = (&collector.summary, described) {
            collector.summary = Some(summary.to_owned());
        }
        let links = of(kind).flat_map(|object| object.list("external_references"));
        links.filter_map(|reference| reference.text("url")).for_each(|url| collector.reference(url));
    }
    for reference in of("attack-pattern").flat_map(|object| object.list("external_references")) {
        let source = reference.text("source_name").unwrap_or("").to_ascii_lowercase();
        if source.starts_with("mitre") || source.contains("disarm") {
            collector.techniques_in(reference.text("external_id").unwrap_or(""));
        }
    }
}

/// A vulnerability is a candidate by its CVE number.
pub(super) fn vulnerability(
    object: &Json<'_>,
    number: usize,
    collector: &mut Collector,
) -> Result<(), FormatError> {
    collector.attributes(1);
    if super::is_revoked(object) {
        collector.skip("vulnerability", "revoked");
        return Ok(());
    }
    let named = object
        .list("external_references")
        .iter()
        .filter(|reference| {
            reference.text("source_name").is_some_and(|name| name.eq_ignore_ascii_case("cve"))
        })
        .find_map(|reference| reference.text("external_id"));
    let cve = named.or_else(|| object.text("name")).unwrap_or("");
    collector.value(&Wanted::Kind(Kind::Cve), cve, "vulnerability", || format!("object {number}"))
}
