//! STIX 2.1 and 2.0: bundles, TAXII envelopes, lists of objects, single objects.
//!
//! Decides this: indicators say what is malicious. Bare observables, and those in observed data, are candidates only
//! where a file has no indicator at all; beside indicators they are context (what a victim's machine did, whom a mail
//! went to) and are counted. Revoked objects and indicators marked benign are counted too.

mod context;
mod indicator;
mod marking;
mod observable;
pub(crate) mod pattern;

pub(super) use indicator::read_pattern;

use super::collect::Collector;
use super::json::Json;
use super::{Format, FormatError, Parsed};

/// True for what has STIX objects in it.
pub(super) fn is_stix(json: &Json<'_>) -> bool {
    json.text("type") == Some("bundle") || objects(json).iter().any(is_object)
}

fn is_object(json: &Json<'_>) -> bool {
    let kind = json.text("type").unwrap_or("");
    !kind.is_empty()
        && json.text("id").is_some_and(|id| id.strip_prefix(kind).is_some_and(|id| id.starts_with("--")))
}

fn objects<'j>(json: &'j Json<'j>) -> &'j [Json<'j>] {
    if is_object(json) && json.text("type") != Some("bundle") {
        return std::slice::from_ref(json);
    }
    match json {
        Json::List(items) => items,
        _ => json.list("objects"),
    }
}

/// Reads everything that can be used.
pub(super) fn read(json: &Json<'_>) -> Result<Parsed, FormatError> {
    if !is_stix(json) {
        return Err(FormatError::NotThatFormat {
            format: Format::Stix,
            missing: "there are no STIX objects in it",
        });
    }
    let objects = objects(json);
    let mut collector = Collector::new(Format::Stix);
    context::read(objects, &mut collector);
    marking::read(objects, &mut collector);
    for (number, object) in (1usize..).zip(objects) {
        match object.text("type") {
            Some("indicator") => indicator::read(object, number, &mut collector)?,
            Some("vulnerability") => context::vulnerability(object, number, &mut collector)?,
            _ => {}
        }
    }
    observable::read(objects, &mut collector)?;
    Ok(collector.finish())
}

fn is_revoked(object: &Json<'_>) -> bool {
    object.get("revoked").and_then(Json::flag) == Some(true)
}
