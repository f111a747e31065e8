//! MISP events.

use serde_json::{Value, json};

use super::keyed::items;
use super::scene::Scene;

fn attribute_type(scene: &mut Scene, kind: &'static str) -> (&'static str, &'static str) {
    match kind {
        "ipv4" => (scene.random.word(&["ip-dst", "ip-src"]), "Network activity"),
        "domain" => (scene.random.word(&["domain", "hostname"]), "Network activity"),
        "email" => ("email-src", "Payload delivery"),
        "crypto-address" => ("btc", "Financial fraud"),
        "phone" => ("phone-number", "Payload delivery"),
        "stix-pattern" => ("stix2-pattern", "Payload delivery"),
        "suricata" => ("snort", "Network activity"),
        "url" | "user-agent" => (kind, "Network activity"),
        _ => (kind, "Payload delivery"),
    }
}

/// An event with attributes and objects.
pub(super) fn event(scene: &mut Scene) -> Vec<u8> {
    let items = items(scene);
    let mut attributes = Vec::new();
    for (kind, value) in &items {
        let (name, category) = attribute_type(scene, kind);
        let mut attribute = json!({
            "uuid": scene.random.uuid(), "type": name, "category": category, "to_ids": true, "value": value,
        });
        if scene.random.percent(25) {
            attribute["comment"] = Value::from(scene.telling("MISP: comment"));
        }
        attributes.push(attribute);
    }
    let person = scene.member.people[1].clone();
    if scene.random.percent(30) {
        scene.plant("recipient or staff address", "plain", "MISP: recipient", person.needles());
        attributes.push(json!({"type": "email-dst", "category": "Payload delivery", "to_ids": false, "value": person.address()}));
    }
    if scene.random.percent(20) {
        scene.plant("person's name", "full name", "MISP: target", person.needles());
        attributes.push(json!({"type": "target-user", "category": "Targeting data", "to_ids": false, "value": person.full()}));
    }
    if scene.random.percent(30) {
        let link = scene.laden_link();
        attributes
            .push(json!({"type": "link", "category": "External analysis", "to_ids": false, "value": link}));
    }
    let info = if scene.random.percent(60) { scene.telling("MISP: info") } else { "Lure of July".to_owned() };
    let mut event = json!({"Event": {
        "uuid": scene.random.uuid(), "info": info, "date": "2026-07-14", "threat_level_id": "2", "Attribute": attributes,
        "Tag": [{"name": "tlp:amber"}],
    }});
    if scene.random.percent(30) {
        let tag = format!("victim:{}", scene.victim.address());
        scene.plant("recipient or staff address", "plain", "MISP: tag", scene.victim.needles());
        event["Event"]["Tag"] = json!([{"name": "tlp:green"}, {"name": tag}]);
    }
    event.to_string().into_bytes()
}
