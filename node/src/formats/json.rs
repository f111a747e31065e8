//! A JSON document with a bounded number of values.
//!
//! Decides how a file of up to [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES) becomes a tree: strings without
//! escapes are borrowed from the file, everything else is counted while it is read, and the reading stops at
//! [`MAX_VALUES`]. Depth is bounded by `serde_json` (128). It never knows what the document means, and a
//! field of an unexpected type is simply not there, so that one odd field does not cost the whole file.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// The most values (scalars, lists and objects) in one document. A MISP attribute has about 17 in 600 bytes and
/// a STIX indicator 10 in 400, so a full file of either stays below; at most 56 bytes each, so that the tree
/// of a hostile file takes about 110 MB.
pub(crate) const MAX_VALUES: u32 = 2_000_000;

/// One value of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Box<[Json<'a>]>),
    /// An object, in the order of the file, repeated keys included.
    Object(Box<[(Cow<'a, str>, Json<'a>)]>),
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Not JSON, or cut short, at this line and column (from 1).
    Broken {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// True when the file ends too early.
        cut: bool,
    },
    /// More than [`MAX_VALUES`] values.
    TooMany,
}

/// Reads one document and nothing after it.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    let left = Cell::new(MAX_VALUES);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Tree { left: &left }.deserialize(&mut reader);
    let read = read.and_then(|json| reader.end().map(|()| json));
    read.map_err(|error| match left.get() {
        0 => JsonError::TooMany,
        _ => JsonError::Broken { line: error.line(), column: error.column(), cut: error.is_eof() },
    })
}

impl<'a> Json<'a> {
    /// The last field of that name, as other readers take it.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.fields().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of the field `key`.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Json::as_text)
    }

    /// The text itself.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar, numbers written out.
    pub(crate) fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Json::Text(text) => Some(Cow::Borrowed(text)),
            Json::Whole(number) => Some(Cow::Owned(number.to_string())),
            Json::Real(number) => Some(Cow::Owned(number.to_string())),
            Json::Bool(_) | Json::Null | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// Yes or no in any of the ways in which tools write it; `None` when it is neither.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self {
            Json::Bool(flag) => Some(*flag),
            Json::Whole(number) => Some(*number != 0),
            Json::Text(text) => match text.trim() {
                "1" | "true" | "True" => Some(true),
                "0" | "false" | "False" | "" => Some(false),
                _ => None,
            },
            Json::Null | Json::Real(_) | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// The elements of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Json<'a>] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// The fields of an object; none of anything else.
    pub(crate) fn fields(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The elements of the list `key`.
    pub(crate) fn list(&self, key: &str) -> &[Json<'a>] {
        self.get(key).map_or(&[], Json::items)
    }

    /// The texts in the list `key`.
    pub(crate) fn texts<'s>(&'s self, key: &str) -> impl Iterator<Item = &'s str> + use<'s, 'a> {
        self.list(key).iter().filter_map(Json::as_text)
    }

    /// True for an object.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }
}

#[derive(Clone, Copy)]
struct Tree<'c> {
    left: &'c Cell<u32>,
}

impl Tree<'_> {
    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        match self.left.get() {
            0 | 1 => {
                self.left.set(0);
                Err(E::custom("too many values"))
            }
            left => {
                self.left.set(left - 1);
                Ok(())
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Whole(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Json<'de>, E> {
        // Beyond i64 no field that is read here has a meaning.
        Ok(i64::try_from(value).map_or(Json::Null, Json::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Real(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Json::List(list.into_boxed_slice()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            fields.push((key, entries.next_value_seed(self)?));
        }
        Ok(Json::Object(fields.into_boxed_slice()))
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match (Tree { left: &Cell::new(2) }).deserialize(deserializer)? {
            Json::Text(text) => Ok(text),
            _ => Err(D::Error::custom("a key that is no string")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fields_of_any_type_are_read_leniently() {
        let json = parse(r#"{"a": "x\ny", "to_ids": "1", "n": 7, "l": ["p", 1, "q"], "a": "z"}"#).unwrap();
        assert_eq!(json.text("a"), Some("z"));
        assert_eq!(json.get("to_ids").and_then(Json::flag), Some(true));
        assert_eq!(json.get("n").and_then(Json::scalar).as_deref(), Some("7"));
        assert_eq!(json.texts("l").collect::<Vec<_>>(), ["p", "q"]);
        assert_eq!(json.text("n"), None);
    }

    #[test]
    fn a_cut_document_names_its_place() {
        assert_eq!(parse("{\n\"a\": [1,"), Err(JsonError::Broken { line: 2, column: 8, cut: true }));
        assert!(matches!(parse("{} x"), Err(JsonError::Broken { cut: false, .. })));
    }

    #[test]
    fn too_many_values_and_too_deep_nesting_are_refused() {
        let many = format!("[{}0]", "0,".repeat(2_000_000));
        assert_eq!(parse(&many), Err(JsonError::TooMany));
        assert!(matches!(parse(&"[".repeat(100_000)), Err(JsonError::Broken { .. })));
    }
}
