//! Tables, as people export and send them.

use super::keyed::{Item, items};
use super::scene::Scene;

fn cell(text: &str, delimiter: char) -> String {
    if text.contains([delimiter, '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A table with a header.
pub(super) fn csv(scene: &mut Scene) -> Vec<u8> {
    let items: Vec<Item> = items(scene);
    let delimiter = *scene.random.pick(&[',', ',', ';', '\t']);
    let joined = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|text| cell(text, delimiter)).collect();
        cells.join(&delimiter.to_string())
    };
    let mut lines = vec![joined(&["date", "type", "value", "comment"])];
    for (kind, value) in &items {
        let comment = if scene.random.percent(30) {
            scene.telling("table: comment")
        } else {
            "seen in a lure".to_owned()
        };
        let defanged = scene.random.percent(20) && matches!(*kind, "domain" | "ipv4");
        let value = if defanged { value.replace('.', "[.]") } else { value.clone() };
        lines.push(joined(&["2026-07-14", kind, &value, &comment]));
    }
    (lines.join(if scene.random.percent(50) { "\r\n" } else { "\n" }) + "\n").into_bytes()
}
