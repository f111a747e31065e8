//! TLP markings of STIX objects: the official ids of TLP 1.0 and 2.0, and definitions that only carry the name.

use std::collections::BTreeMap;

use watchfire_protocol::indicator::Tlp;

use super::super::collect::Collector;
use super::super::json::Json;

/// Marks the collection with the most restrictive marking that any object refers to; with any that is defined, when
/// none is referred to.
pub(super) fn read(objects: &[Json<'_>], collector: &mut Collector) {
    let defined: BTreeMap<&str, Tlp> = objects
        .iter()
        .filter(|object| object.text("type") == Some("marking-definition"))
        .filter_map(|object| Some((object.text("id")?, definition(object)?)))
        .collect();
    let tlp = |id: &str| Tlp::from_stix_id(id).or_else(|| defined.get(id).copied());
    let mut referred = false;
    for object in objects {
        let granular =
            object.list("granular_markings").iter().filter_map(|marking| marking.text("marking_ref"));
        for tlp in object.texts("object_marking_refs").chain(granular).filter_map(tlp) {
            collector.mark(tlp);
            referred = true;
        }
    }
    if !referred {
        defined.values().for_each(|tlp| collector.mark(*tlp));
    }
}

fn definition(object: &Json<'_>) -> Option<Tlp> {
    if let Some(tlp) = object.text("id").and_then(Tlp::from_stix_id) {
        return Some(tlp);
    }
    let extended = object
        .get("extensions")
        .into_iter()
        .flat_map(Json::fields)
        .find_map(|(_, extension)| extension.text("tlp_2_0"));
    let plain = object.get("definition").and_then(|definition| definition.text("tlp"));
    [extended, plain, object.text("name")].into_iter().flatten().find_map(|name| name.parse().ok())
}
