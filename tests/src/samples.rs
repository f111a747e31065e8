//! Incident files as members have them.

use serde_json::{Value, json};

/// A STIX 2.1 bundle of indicators, each with one pattern.
pub fn stix(title: &str, patterns: &[&str]) -> String {
    let time = "2026-01-05T09:00:00.000Z";
    let mut objects = vec![json!({
        "type": "identity", "spec_version": "2.1", "id": "identity--5d0092c5-5f74-4287-9642-33f4c354e56d",
        "created": time, "modified": time, "name": "Sample author", "identity_class": "organization",
    })];
    for (index, pattern) in patterns.iter().enumerate() {
        objects.push(json!({
            "type": "indicator", "spec_version": "2.1",
            "id": format!("indicator--00000000-0000-4000-8000-{index:012}"),
            "created": time, "modified": time, "valid_from": time, "name": title,
            "indicator_types": ["malicious-activity"], "pattern_type": "stix", "pattern": pattern,
        }));
    }
    let id = "bundle--4ae9cc44-1b1c-4a2c-9b7e-3b9e5b6f6a11";
    serde_json::to_string_pretty(&json!({"type": "bundle", "id": id, "objects": objects})).unwrap()
}

/// The lure that most tests publish, and its indicators as every member reads them: type and normal form, sorted.
pub fn phishing() -> (String, Vec<(String, String)>) {
    let hash = "3f4a2c1b".repeat(8);
    let file = stix(
        "Fake donation page",
        &[
            "[domain-name:value = 'Donor-Verify.Watchfire-Sample.NET']",
            "[ipv4-addr:value = '45.83.64.1']",
            "[url:value = 'https://donor-verify.watchfire-sample.net/reset?id=1']",
            "[email-addr:value = 'billing@donor-verify.watchfire-sample.net']",
            &format!("[file:hashes.'SHA-256' = '{hash}']"),
        ],
    );
    let mut values = vec![
        ("domain".to_owned(), "donor-verify.watchfire-sample.net".to_owned()),
        ("ipv4".to_owned(), "45.83.64.1".to_owned()),
        ("url".to_owned(), "https://donor-verify.watchfire-sample.net/reset?id=1".to_owned()),
        ("email".to_owned(), "billing@donor-verify.watchfire-sample.net".to_owned()),
        ("sha256".to_owned(), hash),
    ];
    values.sort();
    (file, values)
}

/// A MISP event with one attribute of each kind given.
pub fn misp(title: &str, attributes: &[(&str, &str)]) -> String {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(kind, value)| json!({"type": kind, "value": value, "category": "Network activity", "to_ids": true}))
        .collect();
    json!({"Event": {"info": title, "date": "2026-01-05", "threat_level_id": "2", "Attribute": attributes}})
        .to_string()
}

/// Types and values of an `indicators` or `kept` list, sorted.
pub fn pairs(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut pairs: Vec<_> =
        list.as_array().unwrap().iter().map(|one| (text(&one["type"]), text(&one["value"]))).collect();
    pairs.sort();
    pairs
}
