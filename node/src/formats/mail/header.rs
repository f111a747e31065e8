//! The header of a mail or of one of its parts: its fields, and their values as people read them.
//!
//! Decides nothing about what a field means. Every field and value is bounded; broken lines are passed over.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};

use super::charset;

/// A header of more fields is nobody's mail.
pub(super) const MAX_FIELDS: usize = 2000;

/// A value's bytes beyond this are not read. (Lists of recipients have a bound of their own.)
const MAX_VALUE_BYTES: usize = 16 * 1024;

/// A part's type with more parameters than fit in here is nobody's.
const MAX_TYPE_BYTES: usize = 4096;

/// One list of recipients; above it the mail is refused, because whoever is not read could leave.
pub(super) const MAX_LIST_BYTES: usize = 1024 * 1024;

/// How much of a list of addresses is read at once: reading is not quite linear.
const LIST_PIECE_BYTES: usize = 4096;

/// A field: its name in lower case and its value as it stands, folds included.
#[derive(Clone, Copy)]
pub(super) struct Field<'m> {
    name: &'m [u8],
    raw: &'m [u8],
}

/// The fields of a header, in their order.
pub(super) struct Header<'m> {
    pub(super) fields: Vec<Field<'m>>,
    /// There were more than are kept.
    pub(super) is_cut: bool,
}

/// A person as a header names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    /// As it is written.
    pub(super) address: Option<String>,
}

/// What `Content-Type` or `Content-Disposition` says.
#[derive(Debug, Default)]
pub(super) struct Type {
    /// `text`, or `attachment`; in lower case.
    pub(super) main: String,
    /// `html`; in lower case.
    pub(super) sub: String,
    attributes: Vec<(String, String)>,
}

impl Type {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<'m> Header<'m> {
    /// The header at the beginning of `bytes`, and what follows it.
    pub(super) fn split(bytes: &'m [u8]) -> (Header<'m>, &'m [u8]) {
        let mut fields: Vec<Field<'m>> = Vec::new();
        let mut is_cut = false;
        let mut at = 0_usize;
        let mut open: Option<(&'m [u8], usize)> = None;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = memchr_line(rest);
            let line = rest.get(..length).unwrap_or_default();
            let bare = line.trim_ascii_end();
            let is_fold = line.starts_with(b" ") || line.starts_with(b"\t");
            let ends = line.is_empty() || (bare.is_empty() && !is_fold);
            if ends || !is_fold {
                if let Some((name, start)) = open.take() {
                    is_cut = fields.len() >= MAX_FIELDS;
                    if !is_cut {
                        fields.push(Field { name, raw: bytes.get(start..at).unwrap_or_default() });
                    }
                }
                if ends {
                    return (Header { fields, is_cut }, rest.get(length..).unwrap_or_default());
                }
                open = field_name(line).map(|(name, offset)| (name, at.saturating_add(offset)));
            }
            at = at.saturating_add(length);
        }
    }

    /// Every field of this name.
    pub(super) fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h Field<'m>> {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// The first field of this name.
    pub(super) fn first(&self, name: &str) -> Option<&Field<'m>> {
        self.fields.iter().find(|field| field.is(name))
    }

    /// The type that a field such as `Content-Type` states.
    pub(super) fn content_type(&self, name: &str) -> Option<Type> {
        let line = self.first(name)?.line(MAX_TYPE_BYTES);
        match MessageStream::new(&line).parse_content_type() {
            HeaderValue::ContentType(found) => Some(Type {
                main: found.ctype().to_ascii_lowercase(),
                sub: found.subtype().unwrap_or_default().to_ascii_lowercase(),
                attributes: found
                    .attributes()
                    .unwrap_or_default()
                    .iter()
                    .map(|attribute| (attribute.name.to_ascii_lowercase(), attribute.value.to_string()))
                    .collect(),
            }),
            _ => None,
        }
    }
}

impl Field<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name in lower case.
    pub(super) fn name(&self) -> String {
        let name = self.name.get(..80).unwrap_or(self.name);
        String::from_utf8_lossy(name).to_ascii_lowercase()
    }

    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// The value on one line, encoded words and all.
    pub(super) fn raw_text(&self) -> String {
        String::from_utf8_lossy(&self.line(MAX_VALUE_BYTES)).trim().to_owned()
    }

    /// The value as people read it.
    pub(super) fn text(&self) -> String {
        decoded(&self.line(MAX_VALUE_BYTES))
    }

    /// The persons of an address field. The caller has looked at its length.
    pub(super) fn people(&self) -> Vec<Person> {
        let line = self.line(MAX_LIST_BYTES);
        let mut people = Vec::new();
        let mut rest = line.as_slice();
        while !rest.is_empty() {
            let mut end = rest.len();
            if let Some(head) = rest.get(..LIST_PIECE_BYTES).filter(|head| head.len() < end) {
                let comma = head.iter().rposition(|byte| *byte == b',');
                end = comma.map_or(LIST_PIECE_BYTES, |comma| comma + 1);
            }
            let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
            let piece = [piece.trim_ascii_end(), b"\n"].concat();
            if let HeaderValue::Address(list) = MessageStream::new(&piece).parse_address() {
                people.extend(persons(list));
            }
            rest = after;
        }
        people
    }

    /// The value unfolded, with a line end as the parser wants it.
    fn line(&self, max_bytes: usize) -> Vec<u8> {
        let raw = self.raw.get(..max_bytes).unwrap_or(self.raw);
        // Bytes inside an encoded word are in its charset.
        let has_words = raw.windows(2).any(|two| two == b"=?");
        let text = if has_words { Cow::Borrowed(raw) } else { guessed_bytes(raw) };
        let unfold = |byte: &u8| if matches!(byte, b'\r' | b'\n' | b'\0') { b' ' } else { *byte };
        let mut line: Vec<u8> = text.iter().map(unfold).collect();
        line.truncate(line.trim_ascii_end().len());
        line.push(b'\n');
        line
    }
}

fn guessed_bytes(raw: &[u8]) -> Cow<'_, [u8]> {
    match charset::guessed(raw) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// A line's text with its encoded words decoded.
pub(super) fn decoded(line: &[u8]) -> String {
    let line = [line.trim_ascii(), b"\n"].concat();
    match MessageStream::new(&line).parse_unstructured() {
        HeaderValue::Text(text) => text.trim().to_owned(),
        _ => String::from_utf8_lossy(&line).trim().to_owned(),
    }
}

fn persons(list: Address<'_>) -> Vec<Person> {
    let addresses = match list {
        Address::List(list) => list,
        Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    let person =
        |name: Option<Cow<'_, str>>| name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    addresses
        .into_iter()
        .map(|each| Person { name: person(each.name), address: person(each.address) })
        .collect()
}

/// The length of the first line, its end included.
pub(super) fn memchr_line(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1)
}

/// A field's name and where its value begins.
fn field_name(line: &[u8]) -> Option<(&[u8], usize)> {
    let colon = line.iter().take(200).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii();
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    is_name.then_some((name, colon + 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fields_are_unfolded_and_decoded() {
        let mail = b"Subject: =?utf-8?B?SW52b2ljZQ==?=\r\n =?utf-8?Q?_7?=\r\nnonsense\r\nTO: Anna Lee <a@b.org>,\r\n\tc@d.org\r\n\r\nbody: x\r\n";
        let (header, body) = Header::split(mail);
        assert_eq!(body, b"body: x\r\n");
        assert_eq!(header.fields.len(), 2);
        assert_eq!(header.first("subject").unwrap().text(), "Invoice 7");
        let people = header.first("to").unwrap().people();
        assert_eq!(people.len(), 2);
        assert_eq!(people.first().unwrap().name.as_deref(), Some("Anna Lee"));
    }

    #[test]
    fn bytes_inside_an_encoded_word_are_in_its_charset() {
        let subject = |value: &[u8]| {
            let mail = [b"Subject: ", value, b"\n\n"].concat();
            Header::split(&mail).0.first("subject").unwrap().text()
        };
        assert_eq!(subject(b"=?iso-8859-1?Q?Fr\xf6sche?="), "Fr\u{f6}sche");
        assert_eq!(subject(b"Fr\xf6sche"), "Fr\u{f6}sche");
        assert_eq!(subject("Fr\u{f6}sche".as_bytes()), "Fr\u{f6}sche");
    }

    #[test]
    fn a_header_without_an_end_is_all_header() {
        let (header, body) = Header::split(b"From: a@b.org\nTo: c@d.org");
        assert_eq!((header.fields.len(), body.len()), (2, 0));
    }
}
