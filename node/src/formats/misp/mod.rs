//! MISP: events as a server exports them (`Event`, `response`), lists of them, feeds' bare events, and plain lists of
//! attributes (`Attribute`).
//!
//! Decides where in such a file attributes stand. Which attribute is a candidate is decided in [`attribute`].

mod attribute;

pub(super) use attribute::Attribute;

use watchfire_protocol::indicator::Tlp;

use super::collect::Collector;
use super::json::Json;
use super::{Format, FormatError, Parsed};

/// `response` in `response` in lists: no tool nests deeper.
const MAX_NESTING: u32 = 6;

/// True for what has MISP events or attributes in it.
pub(super) fn is_misp(json: &Json<'_>) -> bool {
    match json {
        Json::List(items) => items.first().is_some_and(is_misp),
        _ => {
            let has = |key: &str| json.get(key).is_some();
            has("Event")
                || has("response")
                || has("Attribute")
                || (json.text("info").is_some() && (has("uuid") || has("Object") || has("date")))
                || is_attribute(json)
        }
    }
}

fn is_attribute(json: &Json<'_>) -> bool {
    json.text("type").is_some() && json.get("value").is_some_and(|value| value.scalar().is_some())
}

/// Reads everything that can be used.
pub(super) fn read(json: &Json<'_>) -> Result<Parsed, FormatError> {
    if !is_misp(json) {
        return Err(FormatError::NotThatFormat { format: Format::Misp, missing: "there is no event in it" });
    }
    let mut reader = Reader { collector: Collector::new(Format::Misp), events: 0, attributes: 0 };
    reader.walk(json, MAX_NESTING)?;
    if let (Some(title), more @ 2..) = (&mut reader.collector.title, reader.events) {
        title.push_str(&format!(" (and {} more events)", more - 1));
    }
    Ok(reader.collector.finish())
}

struct Reader {
    collector: Collector,
    events: u32,
    attributes: u32,
}

impl Reader {
    fn walk(&mut self, json: &Json<'_>, depth: u32) -> Result<(), FormatError> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        if let Json::List(items) = json {
            return items.iter().try_for_each(|item| self.walk(item, depth));
        }
        for key in ["response", "Event"] {
            if let Some(inner) = json.get(key) {
                self.walk(inner, depth)?;
            }
        }
        if is_attribute(json) {
            return self.attribute(json, "", false);
        }
        self.event(json)
    }

    fn event(&mut self, event: &Json<'_>) -> Result<(), FormatError> {
        if let Some(info) = event.text("info") {
            self.events = self.events.saturating_add(1);
            self.collector.title.get_or_insert_with(|| info.to_owned());
        }
        self.labels(event);
        for attribute in children(event, "Attribute") {
            self.attribute(attribute, "", false)?;
        }
        for object in children(event, "Object") {
            let deleted = attribute::is_deleted(object);
            let name = object.text("name").unwrap_or("");
            for attribute in children(object, "Attribute") {
                self.attribute(attribute, name, deleted)?;
            }
        }
        let proposed = u32::try_from(children(event, "ShadowAttribute").count()).unwrap_or(u32::MAX);
        if proposed > 0 {
            self.collector.skip_many("proposal", proposed, "proposed to the event's owner, not accepted yet");
        }
        Ok(())
    }

    fn attribute(&mut self, json: &Json<'_>, object: &str, deleted: bool) -> Result<(), FormatError> {
        self.attributes = self.attributes.saturating_add(1);
        let number = self.attributes;
        if !(deleted || attribute::is_deleted(json)) {
            self.labels(json);
        }
        attribute::read(json, object, deleted, number, &mut self.collector)
    }

    /// Markings and techniques, from tags and galaxies.
    fn labels(&mut self, json: &Json<'_>) {
        for tag in json.list("Tag").iter().filter_map(|tag| tag.text("name")) {
            if tag.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("tlp:")) {
                if let Ok(tlp) = tag.parse::<Tlp>() {
                    self.collector.mark(tlp);
                }
            } else if is_technique_label(tag) {
                self.collector.techniques_in(tag);
            }
        }
        let clusters = json.list("Galaxy").iter().flat_map(|galaxy| galaxy.list("GalaxyCluster"));
        for cluster in clusters.filter(|cluster| cluster.text("type").is_some_and(is_technique_label)) {
            self.collector.techniques_in(cluster.text("value").unwrap_or(""));
            let ids = cluster.get("meta").map_or(&[][..], |meta| meta.list("external_id"));
            ids.iter().filter_map(Json::as_text).for_each(|id| self.collector.techniques_in(id));
        }
    }
}

fn is_technique_label(name: &str) -> bool {
    name.contains("attack-pattern") || name.contains("disarm-techniques")
}

/// A list of objects, a single one, or the objects of an object: PHP writes a list with holes as one with numbers for
/// keys.
fn children<'j>(json: &'j Json<'j>, key: &str) -> impl Iterator<Item = &'j Json<'j>> {
    let inner = json.get(key);
    let single = inner.filter(|child| child.text("type").is_some() || child.text("name").is_some());
    let many = if single.is_some() { None } else { inner };
    let items = many.map_or(&[][..], Json::items).iter();
    let fields = many.map_or(&[][..], Json::fields).iter().map(|(_, value)| value);
    single.into_iter().chain(items).chain(fields).filter(|child| child.is_object())
}
