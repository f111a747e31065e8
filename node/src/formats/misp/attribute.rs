//! One MISP attribute: is it a candidate, and which values does it hold?
//!
//! The rule about `to_ids`. The flag says that the author wants a detection system to alert on the value by itself. It is
//! *not* what separates indicators from context: careful authors switch it off for whole lists of command-and-control
//! domains (in 29 public events of ESET it is off on every attribute of 23, and on half of all domains and addresses), and
//! MISP's own object templates switch it off for every `domain-ip`. Here no block list hangs on one author's word anyway.
//! So an attribute is a candidate if its *type* has a type of ours, whatever the flag says. Where the flag is off it only
//! settles what its category leaves open: a URL in an external analysis is a link to read, and the recipient of a
//! delivered mail is the one who was attacked. Three categories are never candidates: they describe the target, a person,
//! or lead into the author's own systems.

use watchfire_protocol::indicator::{Indicator, Kind, guess};

use super::super::FormatError;
use super::super::collect::{Collector, NOT_ITS_TYPE, plain_name};
use super::super::json::Json;
use super::super::names::{Named, named, without_port};
use super::super::stix;
use super::super::values::Wanted;

const NO_TYPE: &str = "an attribute type that has no type here";
const FREE_TEXT: &str = "free text";
const LINK: &str = "a link to read, kept as a reference";
const RECIPIENT: &str = "the recipient of a mail";

pub(super) fn is_deleted(json: &Json<'_>) -> bool {
    json.get("deleted").and_then(Json::flag) == Some(true)
}

/// Reads one attribute; `object` is the name of the object it belongs to, `deleted` whether that was deleted.
pub(super) fn read(
    json: &Json<'_>,
    object: &str,
    deleted: bool,
    number: u32,
    collector: &mut Collector,
) -> Result<(), FormatError> {
    let kind = json.text("type").unwrap_or("");
    let value = json.get("value").and_then(Json::scalar);
    if deleted || is_deleted(json) {
        collector.attributes(1);
        collector.skip(kind, "deleted");
        return Ok(());
    }
    Attribute {
        kind,
        value: value.as_deref().unwrap_or("").trim(),
        category: json.text("category").unwrap_or(""),
        relation: json.text("object_relation").unwrap_or(""),
        object,
        flagged: json.get("to_ids").and_then(Json::flag) == Some(true),
        place: match object {
            "" => format!("attribute {number}"),
            object => format!("attribute {number} ({})", plain_name(object)),
        },
    }
    .read(collector)
}

/// What counts about an attribute.
pub(in crate::formats) struct Attribute<'a> {
    pub(in crate::formats) kind: &'a str,
    pub(in crate::formats) value: &'a str,
    pub(in crate::formats) category: &'a str,
    /// Its role in its object.
    pub(in crate::formats) relation: &'a str,
    /// The name of its object, or nothing.
    pub(in crate::formats) object: &'a str,
    /// `to_ids`
    pub(in crate::formats) flagged: bool,
    pub(in crate::formats) place: String,
}

impl Attribute<'_> {
    pub(in crate::formats) fn read(&self, collector: &mut Collector) -> Result<(), FormatError> {
        collector.attributes(1);
        let reason = if self.value.is_empty() { Some("it has no value") } else { self.context(collector) };
        match reason {
            Some(reason) => {
                collector.skip(self.kind, reason);
                Ok(())
            }
            None => self.candidate(collector),
        }
    }

    /// Why this is context and no candidate; links are kept as references on the way.
    fn context(&self, collector: &mut Collector) -> Option<&'static str> {
        match self.category {
            "Targeting data" => return Some("it describes the target"),
            "Person" => return Some("it describes a person"),
            "Internal reference" => return Some("it leads into the author's own systems"),
            _ => {}
        }
        let analysis = self.category == "External analysis" && !self.flagged;
        match self.kind.to_ascii_lowercase().as_str() {
            "link" => {}
            "url" | "uri" if analysis => {}
            "email-dst" if !self.flagged => {
                let addressed = matches!(self.relation, "to" | "cc" | "bcc");
                return (addressed || self.object == "email" || self.category == "Payload delivery")
                    .then_some(RECIPIENT);
            }
            _ => return None,
        }
        collector.reference(self.value);
        Some(LINK)
    }

    fn candidate(&self, collector: &mut Collector) -> Result<(), FormatError> {
        match named(self.kind) {
            Some(Named::One(wanted)) => self.offer(&wanted, self.value, collector),
            Some(Named::WithPort(wanted)) => self.offer(&wanted, without_port(self.value), collector),
            Some(Named::Two(first, second)) => match self.value.rsplit_once('|') {
                Some((left, right)) => {
                    self.offer(&first, left, collector)?;
                    self.offer(&second, right, collector)
                }
                None => {
                    collector.skip(self.kind, NOT_ITS_TYPE);
                    Ok(())
                }
            },
            Some(Named::Pattern) => stix::read_pattern(self.value, collector, || self.place.clone()),
            Some(Named::Link) => {
                collector.reference(self.value);
                collector.skip(self.kind, LINK);
                Ok(())
            }
            None => self.unnamed(collector),
        }
    }

    /// Types without a type of ours. Authors put vulnerabilities and the wallets of rarer currencies into `text` and
    /// `other`; these two look like nothing else, so a value that is wholly one of them is taken.
    fn unnamed(&self, collector: &mut Collector) -> Result<(), FormatError> {
        let free = matches!(self.kind, "text" | "other" | "comment");
        let telling = |found: &Indicator| matches!(found.kind(), Kind::Cve | Kind::CryptoAddress);
        if let Some(indicator) = guess(self.value).filter(|found| free && telling(found)) {
            return collector.keep(indicator, || self.place.clone());
        }
        collector.skip(self.kind, if free { FREE_TEXT } else { NO_TYPE });
        Ok(())
    }

    fn offer(&self, wanted: &Wanted, value: &str, collector: &mut Collector) -> Result<(), FormatError> {
        collector.value(wanted, value, self.kind, || self.place.clone())
    }
}
