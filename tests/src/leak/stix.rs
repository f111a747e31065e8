//! STIX 2.1 bundles.

use serde_json::{Value, json};

use super::keyed::items;
use super::scene::Scene;

const TIME: &str = "2026-07-14T09:00:00.000Z";

fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\'', "\\'")
}

fn pattern(kind: &str, value: &str) -> String {
    let value = quoted(value);
    match kind {
        "domain" => format!("[domain-name:value = '{value}']"),
        "ipv4" => format!("[ipv4-addr:value = '{value}']"),
        "url" => format!("[url:value = '{value}']"),
        "email" => format!("[email-addr:value = '{value}']"),
        "sha256" => format!("[file:hashes.'SHA-256' = '{value}']"),
        "sha1" => format!("[file:hashes.'SHA-1' = '{value}']"),
        "md5" => format!("[file:hashes.MD5 = '{value}']"),
        "user-agent" => {
            format!("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = '{value}']")
        }
        "crypto-address" => format!("[cryptocurrency-wallet:value = '{value}']"),
        _ => format!("[file:name = '{value}']"),
    }
}

/// A bundle with a report, an author and indicators.
pub(super) fn bundle(scene: &mut Scene) -> Vec<u8> {
    let items = items(scene);
    let mut objects = vec![json!({
        "type": "identity", "spec_version": "2.1", "id": format!("identity--{}", scene.random.uuid()),
        "created": TIME, "modified": TIME, "name": "Author", "identity_class": "organization",
    })];
    let mut references = Vec::new();
    for (kind, value) in &items {
        let id = format!("indicator--{}", scene.random.uuid());
        let (language, pattern) = match *kind {
            // STIX has no object for it.
            "phone" => continue,
            "yara" | "suricata" => (*kind, value.clone()),
            "stix-pattern" => ("stix", value.clone()),
            _ => ("stix", pattern(kind, value)),
        };
        let mut object = json!({
            "type": "indicator", "spec_version": "2.1", "id": id, "created": TIME, "modified": TIME,
            "valid_from": TIME, "indicator_types": ["malicious-activity"], "pattern_type": language, "pattern": pattern,
        });
        if scene.random.percent(25) {
            object["name"] = Value::from(scene.telling("STIX: indicator's name"));
        }
        if scene.random.percent(20) {
            object["description"] = Value::from(scene.telling("STIX: indicator's description"));
        }
        references.push(Value::from(object["id"].as_str().unwrap()));
        objects.push(object);
    }
    if scene.random.percent(70) {
        let name = if scene.random.percent(60) {
            scene.telling("STIX: report's name")
        } else {
            "Lure of July".to_owned()
        };
        let description = scene.telling("STIX: report's description");
        let mut report = json!({
            "type": "report", "spec_version": "2.1", "id": format!("report--{}", scene.random.uuid()), "created": TIME,
            "modified": TIME, "published": TIME, "name": name, "description": description, "object_refs": references,
        });
        if scene.random.percent(40) {
            let url = scene.laden_link();
            report["external_references"] = json!([{"source_name": "page", "url": url}]);
        }
        objects.push(report);
    }
    let id = format!("bundle--{}", scene.random.uuid());
    let bundle = json!({"type": "bundle", "id": id, "objects": objects});
    let text = if scene.random.percent(50) {
        bundle.to_string()
    } else {
        serde_json::to_string_pretty(&bundle).unwrap()
    };
    text.into_bytes()
}
