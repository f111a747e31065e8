//! keys <- protocol <- node, simulations; tests may use all, and nothing uses tests.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use watchfire_tests::repository;

/// Each package and what it may use, directly and for any purpose, tests and build scripts included.
const MAY_USE: [(&str, &[&str]); 5] = [
    ("watchfire-keys", &[]),
    ("watchfire-protocol", &["watchfire-keys"]),
    ("watchfire", &["watchfire-keys", "watchfire-protocol"]),
    ("watchfire-simulations", &["watchfire-keys", "watchfire-protocol"]),
    ("watchfire-tests", &["watchfire-keys", "watchfire-protocol", "watchfire", "watchfire-simulations"]),
];

/// The edges between our packages that point the wrong way.
fn reversed(metadata: &Value) -> Vec<String> {
    let ours: Vec<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is in no place of the direction"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let is_ours = ours.contains(&used) || dependency["path"].is_string();
            if is_ours && !allowed.contains(&used) {
                wrong.push(format!("{name} -> {used}"));
            }
        }
    }
    wrong
}

#[test]
fn no_edge_points_the_wrong_way() {
    let metadata = repository::metadata(&["--no-deps"]);
    assert_eq!(metadata["packages"].as_array().unwrap().len(), MAY_USE.len());
    assert_eq!(reversed(&metadata), Vec::<String>::new());
}

#[test]
fn a_reversed_edge_would_be_found_whatever_it_is_for() {
    for (kind, path) in
        [(Value::Null, json!("/x")), (json!("dev"), json!("/x")), (json!("build"), Value::Null)]
    {
        let mut metadata = repository::metadata(&["--no-deps"]);
        let packages = metadata["packages"].as_array_mut().unwrap();
        let protocol = packages.iter_mut().find(|package| package["name"] == "watchfire-protocol").unwrap();
        let made_up = json!({"name": "watchfire", "path": path, "kind": kind});
        protocol["dependencies"].as_array_mut().unwrap().push(made_up);
        assert_eq!(reversed(&metadata), ["watchfire-protocol -> watchfire"]);
    }
}

#[test]
fn a_package_outside_the_house_would_be_found() {
    let mut metadata = repository::metadata(&["--no-deps"]);
    metadata["packages"].as_array_mut().unwrap().push(json!({"name": "attic", "dependencies": []}));
    assert_eq!(reversed(&metadata), ["attic is in no place of the direction"]);
}
