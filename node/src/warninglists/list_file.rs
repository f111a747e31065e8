//! One `list.json` of MISP's format.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use watchfire_protocol::sanitize::warninglist::{MAX_ENTRIES, Source};

/// The largest list file that is read. The largest of the public collection has 25 MB.
pub(super) const MAX_BYTES: usize = 128 * 1024 * 1024;

/// A list as it stands in its file. Other keys are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct ListFile {
    pub(super) name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    version: Version,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    matching_attributes: Vec<String>,
    list: Entries,
}

impl ListFile {
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            description: &self.description,
            version: self.version.0,
            kind: &self.kind,
            category: self.category.as_deref().unwrap_or_default(),
            attributes: &self.matching_attributes,
            entries: &self.list.0,
        }
    }
}

/// A number; old lists have it as a text.
#[derive(Debug, Default)]
struct Version(u64);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        Ok(Self(number.unwrap_or_default()))
    }
}

/// The entries: a list, or a map from entries to comments.
#[derive(Debug)]
struct Entries(Vec<String>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntriesVisitor)
    }
}

struct EntriesVisitor;

/// Stops a file of tiny entries before it fills the memory.
const TOO_MANY: &str = "more entries than all lists together may have";

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element::<Scalar>()? {
            entries.push(entry.0);
            if entries.len() > MAX_ENTRIES {
                return Err(serde::de::Error::custom(TOO_MANY));
            }
        }
        Ok(Entries(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some((entry, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
            entries.push(entry);
            if entries.len() > MAX_ENTRIES {
                return Err(serde::de::Error::custom(TOO_MANY));
            }
        }
        Ok(Entries(entries))
    }
}

/// A text, or a number as one; anything else is no usable entry and becomes the empty text.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Scalar, E> {
        Ok(Scalar(String::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Scalar, E> {
        Ok(Scalar(String::new()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar(String::new()))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Scalar(String::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
        Ok(Scalar(String::new()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn old_and_new_spellings_are_read() {
        let list: ListFile = serde_json::from_str(
            r#"{"name": "A", "version": "20250101", "type": "string", "matching_attributes": ["domain"], "more": [1],
                "list": ["evil.ru", 5, null, ["x"], {"y": 1}]}"#,
        )
        .unwrap();
        let source = list.source();
        assert_eq!(
            (source.name, source.version, source.kind, source.category),
            ("A", 20_250_101, "string", "")
        );
        assert_eq!(source.entries, ["evil.ru", "5", "", "", ""]);
        let list: ListFile = serde_json::from_str(
            r#"{"name": "A", "type": "cidr", "category": "known", "list": {"185.174.0.0/16": "a hoster"}}"#,
        )
        .unwrap();
        assert_eq!(
            (list.source().category, list.source().entries),
            ("known", &["185.174.0.0/16".to_owned()][..])
        );
        for broken in
            [r#"{"name": "A", "type": "cidr"}"#, r#"{"name": "A", "type": "cidr", "list": "x"}"#, "[]", "{"]
        {
            assert!(serde_json::from_str::<ListFile>(broken).is_err(), "{broken}");
        }
    }
}
