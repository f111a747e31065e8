//! Observables: bare ones (2.1), and those inside observed data (2.0).
//!
//! Decides when they are candidates (see the parent module) and which of them say who was attacked: recipients of a
//! mail and the source of traffic are never candidates.

use std::collections::BTreeSet;

use watchfire_protocol::indicator::Kind;

use super::super::FormatError;
use super::super::collect::Collector;
use super::super::json::Json;
use super::super::values::Wanted;
use super::pattern::hash_kind;

const OBSERVED_ONLY: &str = "observed only; the file's indicators say what is malicious";
const RECIPIENT: &str = "the recipient of a mail";
const SOURCE: &str = "the source of traffic, which may be the one attacked";
const NO_TYPE: &str = "an observable that has no type here";

/// Objects that are no observables: context that was read elsewhere, or that says nothing here.
const NOT_OBSERVED: [&str; 22] = [
    "attack-pattern",
    "bundle",
    "campaign",
    "course-of-action",
    "extension-definition",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "opinion",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
];

pub(super) fn read(objects: &[Json<'_>], collector: &mut Collector) -> Result<(), FormatError> {
    let indicated = objects.iter().any(|object| object.text("type") == Some("indicator"));
    let bare: Vec<(&str, &Json<'_>)> =
        objects.iter().map(|object| (object.text("id").unwrap_or(""), object)).collect();
    let mut reader = Reader { indicated, telling: Telling::of(bare.iter().map(|(_, object)| *object)) };
    for (number, (id, object)) in (1usize..).zip(bare) {
        match object.text("type") {
            Some("observed-data") => {
                let inner = object.get("objects").map_or(&[][..], Json::fields);
                let telling = Telling::of(inner.iter().map(|(_, object)| object));
                let outer = std::mem::replace(&mut reader.telling, telling);
                for (key, observable) in inner {
                    reader.observable(observable, key, super::is_revoked(object), number, collector)?;
                }
                reader.telling = outer;
            }
            Some("tool" | "vulnerability") | None => {}
            Some(kind) if NOT_OBSERVED.contains(&kind) => {}
            Some(_) => reader.observable(object, id, false, number, collector)?,
        }
    }
    Ok(())
}

/// References that say who was attacked.
struct Telling<'j> {
    recipients: BTreeSet<&'j str>,
    sources: BTreeSet<&'j str>,
}

impl<'j> Telling<'j> {
    fn of(objects: impl Iterator<Item = &'j Json<'j>>) -> Self {
        let mut telling = Telling { recipients: BTreeSet::new(), sources: BTreeSet::new() };
        for object in objects {
            match object.text("type") {
                Some("email-message") => {
                    for key in ["to_refs", "cc_refs", "bcc_refs"] {
                        telling.recipients.extend(object.texts(key));
                    }
                }
                Some("network-traffic") => telling.sources.extend(object.text("src_ref")),
                _ => {}
            }
        }
        telling
    }
}

struct Reader<'j> {
    indicated: bool,
    telling: Telling<'j>,
}

impl Reader<'_> {
    fn observable(
        &self,
        object: &Json<'_>,
        id: &str,
        revoked: bool,
        number: usize,
        collector: &mut Collector,
    ) -> Result<(), FormatError> {
        collector.attributes(1);
        let kind = object.text("type").unwrap_or("observable");
        let values = values(object);
        if values.is_empty() {
            collector.skip(kind, NO_TYPE);
            return Ok(());
        }
        let out = if revoked {
            Some("revoked")
        } else if self.telling.recipients.contains(id) {
            Some(RECIPIENT)
        } else if self.telling.sources.contains(id) {
            Some(SOURCE)
        } else {
            None
        };
        for (wanted, value) in values {
            let known = || wanted.read(&value).is_some_and(|indicator| collector.knows(&indicator));
            let out = out.or_else(|| (self.indicated && !known()).then_some(OBSERVED_ONLY));
            match out {
                Some(reason) => collector.skip(kind, reason),
                None => collector.value(&wanted, &value, kind, || format!("object {number}"))?,
            }
        }
        Ok(())
    }
}

/// The values of an observable that have a type of ours.
fn values(object: &Json<'_>) -> Vec<(Wanted, String)> {
    let text = |key: &str| object.get(key).and_then(Json::scalar).map(|text| text.into_owned());
    let one = |wanted: Wanted, key: &str| text(key).map(|value| (wanted, value));
    let hashes = |all: Option<Kind>| {
        let fields = object.get("hashes").map_or(&[][..], Json::fields);
        fields
            .iter()
            .filter_map(move |(name, value)| {
                let kind = all.or_else(|| hash_kind(name))?;
                Some((Wanted::Kind(kind), value.as_text()?.to_owned()))
            })
            .collect::<Vec<_>>()
    };
    match object.text("type").unwrap_or("") {
        "domain-name" => one(Wanted::Kind(Kind::Domain), "value").into_iter().collect(),
        "ipv4-addr" | "ipv6-addr" => one(Wanted::Kind(Kind::Cidr), "value").into_iter().collect(),
        "url" => one(Wanted::Kind(Kind::Url), "value").into_iter().collect(),
        "email-addr" => one(Wanted::Kind(Kind::Email), "value").into_iter().collect(),
        "file" => hashes(None).into_iter().chain(one(Wanted::Kind(Kind::Filename), "name")).collect(),
        "artifact" => hashes(None),
        "x509-certificate" => hashes(Some(Kind::Certificate)),
        "autonomous-system" => one(Wanted::Kind(Kind::Asn), "number").into_iter().collect(),
        "user-account" => {
            let name = text("account_login").or_else(|| text("user_id"));
            let platform = text("account_type");
            platform.zip(name).map(|(platform, name)| (Wanted::Account(platform), name)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
