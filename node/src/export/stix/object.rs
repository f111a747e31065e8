//! The objects of a bundle.

use serde_json::{Value, json};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::indicator::{Kind, Tlp};

use super::super::ExportRow;
use super::pattern::{pattern, shown};
use super::{timestamp, uuid};

/// The extension by which OASIS brought TLP 2.0 into STIX 2.1 (oasis-open/cti-stix-common-objects).
const TLP_2_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// An identity's id comes from its name, so its `created` has to be the same everywhere too.
const IDENTITY_CREATED: &str = "2025-01-01T00:00:00.000Z";

/// The id that every object here has.
pub(super) fn id(object: &Value) -> &str {
    object.get("id").and_then(Value::as_str).unwrap_or("")
}

/// The member that published.
pub(super) fn identity(name: &str, side: &str) -> Value {
    json!({
        "type": "identity",
        "spec_version": "2.1",
        "id": format!("identity--{}", uuid("identity", &[name, side])),
        "created": IDENTITY_CREATED,
        "modified": IDENTITY_CREATED,
        "name": name,
        "identity_class": "organization",
        "labels": [format!("side:{side}")],
    })
}

/// The official definition of a marking.
pub(super) fn marking(tlp: Tlp) -> Value {
    json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp.stix_id(),
        "created": "2022-10-01T00:00:00.000Z",
        "name": format!("TLP:{}", tlp.as_str().to_uppercase()),
        "extensions": { TLP_2_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": tlp.as_str() } },
    })
}

/// The indicator (the vulnerability, for a CVE) of a row; `None` for a pattern that other tools would refuse.
pub(super) fn indicator(row: &ExportRow<'_>, author: &Value) -> Option<Value> {
    let kind = row.indicator.kind();
    let value = row.indicator.value();
    let identity = |object_type: &str| {
        format!("{object_type}--{}", uuid(object_type, &[&row.record, kind.as_str(), value]))
    };
    let mut object = json!({
        "spec_version": "2.1",
        "created_by_ref": id(author),
        "created": timestamp(row.created),
        "modified": timestamp(version(row)),
        "object_marking_refs": [row.tlp.stix_id()],
        "labels": [format!("state:{}", row.state)],
        "description": row.title,
    });
    let fields = object.as_object_mut()?;
    let mut references = vec![json!({ "source_name": "watchfire", "external_id": row.record })];
    let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    if row.state == "withdrawn" {
        set("revoked", json!(true));
    }
    if kind == Kind::Cve {
        references.push(json!({ "source_name": "cve", "external_id": value }));
        set("type", json!("vulnerability"));
        set("id", json!(identity("vulnerability")));
        set("name", json!(value));
    } else {
        let (language, text) = pattern(row.indicator)?;
        set("type", json!("indicator"));
        set("id", json!(identity("indicator")));
        set("name", json!(shown(row.indicator)));
        set("indicator_types", json!(["malicious-activity"]));
        set("pattern_type", json!(language));
        set("pattern", json!(text));
        set("valid_from", json!(timestamp(row.created)));
        if let Some(until) = row.valid_until {
            // It has to be later than `valid_from`.
            set("valid_until", json!(timestamp(until.max(row.created.saturating_add(1)))));
        }
    }
    set("external_references", json!(references));
    Some(object)
}

/// STIX tells the versions of an object by `modified`, and of one object only its state changes. So the state is added to
/// the time of creation as milliseconds: the same on every node, and later for a later state.
fn version(row: &ExportRow<'_>) -> UnixMillis {
    let step = match row.state {
        "reported" => 0,
        "corroborated" => 1,
        "disputed" => 2,
        "expired" => 3,
        "withdrawn" => 4,
        _ => 0,
    };
    row.created.saturating_add(step)
}
