//! The parts of a mail: where each begins and ends, what it says it is, and its bytes as they were before transfer.
//!
//! Finds parts by their boundary lines alone, in one pass for each level. Nothing recurses on what the mail says: levels
//! and parts are bounded, what lies beyond is counted. (The parser whose decoders we use builds a tree as deep as the mail
//! asks for, and its work can grow with the square of the mail.)

use std::borrow::Cow;

use super::header::{Header, Type, decoded, memchr_line};
use super::{charset, transfer};

/// Multiparts in multiparts.
const MAX_LEVELS: usize = 12;

/// Parts of one mail.
const MAX_PARTS: usize = 1000;

/// A part that holds no other parts.
pub(super) struct Part<'m> {
    header: Header<'m>,
    content: Option<Type>,
    disposition: Option<Type>,
    raw: &'m [u8],
    /// It stands in a `multipart/related`, beside the text that shows it.
    pub(super) in_related: bool,
}

/// A mail taken apart.
pub(super) struct Mail<'m> {
    pub(super) header: Header<'m>,
    pub(super) parts: Vec<Part<'m>>,
    /// How many parts were too many or lay too deep.
    pub(super) unread: u32,
}

/// What a part is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Text,
    Html,
    /// Another mail.
    Mail,
    /// An invitation.
    Calendar,
    /// What a mail server says about a delivery.
    DeliveryReport,
    /// A detached signature: it says nothing that can be shared.
    Signature,
    Image,
    Other,
}

impl<'m> Mail<'m> {
    pub(super) fn read(bytes: &'m [u8]) -> Mail<'m> {
        let (header, body) = Header::split(bytes);
        let mut mail = Mail { header, parts: Vec::new(), unread: 0 };
        let (top, _) = Header::split(bytes);
        let mut open = vec![(top, body, 0_usize, false, false)];
        while let Some((header, body, level, in_related, in_digest)) = open.pop() {
            let content = header.content_type("content-type");
            let is_multipart = content.as_ref().is_some_and(|content| content.main == "multipart");
            let boundary = content.as_ref().and_then(|content| content.attribute("boundary"));
            if let Some(boundary) = boundary.filter(|boundary| is_multipart && !boundary.is_empty()) {
                let subtype = content.as_ref().map(|content| content.sub.as_str()).unwrap_or_default();
                if level >= MAX_LEVELS {
                    mail.unread = mail.unread.saturating_add(1);
                    continue;
                }
                let room = MAX_PARTS.saturating_sub(mail.parts.len().saturating_add(open.len()));
                let (pieces, left) = pieces(body, boundary.as_bytes(), room);
                mail.unread = mail.unread.saturating_add(left);
                if !pieces.is_empty() || left > 0 {
                    let in_related = in_related || subtype == "related";
                    for piece in pieces.into_iter().rev() {
                        let (header, body) = Header::split(piece);
                        open.push((header, body, level + 1, in_related, subtype == "digest"));
                    }
                    continue;
                }
            }
            let content = match content {
                None if in_digest => digest_type(),
                content => content,
            };
            let disposition = header.content_type("content-disposition");
            mail.parts.push(Part { header, content, disposition, raw: body, in_related });
        }
        mail
    }
}

/// What stands between the lines of a boundary, and how many pieces more than `room` there were.
fn pieces<'m>(body: &'m [u8], boundary: &[u8], room: usize) -> (Vec<&'m [u8]>, u32) {
    let (mut pieces, mut left) = (Vec::new(), 0_u32);
    let (mut at, mut start) = (0_usize, None);
    let mut add = |start: Option<usize>, end: usize| {
        let Some(piece) = start.and_then(|start| body.get(start..end.max(start))) else { return };
        if pieces.len() < room { pieces.push(piece) } else { left = left.saturating_add(1) }
    };
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let length = memchr_line(rest);
        let line = rest.get(..length).unwrap_or_default();
        let next = at + length;
        if let Some(after) = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)) {
            let after = after.trim_ascii_end();
            if after.is_empty() || after == b"--" {
                add(start, at);
                start = after.is_empty().then_some(next);
            }
        }
        at = next;
    }
    add(start, body.len());
    (pieces, left)
}

fn digest_type() -> Option<Type> {
    let (header, _) = Header::split(b"Content-Type: message/rfc822\n\n");
    header.content_type("content-type")
}

impl<'m> Part<'m> {
    pub(super) fn nature(&self) -> Nature {
        let (main, sub) = self.kind();
        let ending = self.name().map(|name| ending(&name)).unwrap_or_default();
        match (main, sub, ending.as_str()) {
            ("message", "rfc822" | "global", _) | (_, _, "eml") => Nature::Mail,
            ("message", "delivery-status" | "disposition-notification", _) => Nature::DeliveryReport,
            ("text", "html", _)
            | ("application", "xhtml+xml", _)
            | (_, "svg+xml", _)
            | (_, _, "htm" | "html" | "shtml" | "xhtml" | "svg") => Nature::Html,
            ("text", "calendar", _) | (_, "ics", _) | (_, _, "ics") => Nature::Calendar,
            ("application", "pgp-signature" | "pkcs7-signature" | "x-pkcs7-signature", _) => {
                Nature::Signature
            }
            ("text", "plain" | "enriched" | "richtext" | "csv" | "rfc822-headers" | "markdown", _)
            | (_, _, "txt") => Nature::Text,
            ("text", _, "") => Nature::Text,
            // A multipart without its boundary, and no type at all.
            ("multipart" | "", _, _) => Nature::Text,
            ("image", _, _) => Nature::Image,
            _ => Nature::Other,
        }
    }

    fn kind(&self) -> (&str, &str) {
        let content = self.content.as_ref();
        content.map_or(("", ""), |content| (content.main.as_str(), content.sub.as_str()))
    }

    /// Whether it is handed over as a file rather than shown.
    pub(super) fn is_attachment(&self) -> bool {
        let says_so = self.disposition.as_ref().is_some_and(|disposition| disposition.main == "attachment");
        match self.nature() {
            _ if says_so => true,
            Nature::Text | Nature::Html => self.name().is_some(),
            // A picture in the text belongs to the text.
            Nature::Image => {
                let is_inline =
                    self.disposition.as_ref().is_some_and(|disposition| disposition.main == "inline");
                let is_shown = self.header.first("content-id").is_some() || self.in_related;
                !is_inline && !is_shown
            }
            Nature::Calendar => self.name().is_some(),
            Nature::Signature | Nature::DeliveryReport => false,
            Nature::Mail | Nature::Other => true,
        }
    }

    /// The name of the file, without its folders.
    pub(super) fn name(&self) -> Option<String> {
        let of = |content: &Option<Type>, attribute| {
            content
                .as_ref()
                .and_then(|content| content.attribute(attribute))
                .map(|value| decoded(value.as_bytes()))
        };
        let name = of(&self.disposition, "filename").or_else(|| of(&self.content, "name"))?;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
        (!name.is_empty()).then_some(name)
    }

    /// The bytes before they were encoded for the way.
    pub(super) fn bytes(&self) -> Cow<'m, [u8]> {
        let encoding = self.header.first("content-transfer-encoding").map(|field| field.raw_text());
        let encoding = encoding.unwrap_or_default().to_ascii_lowercase();
        if encoding.starts_with("base64") {
            Cow::Owned(transfer::base64(self.raw))
        } else if encoding.starts_with("quoted-printable") {
            Cow::Owned(transfer::quoted_printable(self.raw))
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// The text of at most `max_bytes` bytes, and whether there was more.
    pub(super) fn text(&self, bytes: &[u8], max_bytes: usize) -> (String, bool) {
        let read = bytes.get(..max_bytes).unwrap_or(bytes);
        let declared = self.content.as_ref().and_then(|content| content.attribute("charset"));
        let mut text = charset::decode(read, declared);
        text.truncate(text.floor_char_boundary(max_bytes));
        (text, bytes.len() > max_bytes)
    }
}

/// What follows the last dot, in lower case.
fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nested_parts_are_found_in_their_order() {
        let mail = b"Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\nContent-Type: multipart/alternative; boundary=\"b b\"\n\n--b b\n\nplain\n--b b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+\n--b b--\n--a\nContent-Type: application/zip; name=x.zip\n\nPK\n--a--\nepilogue\n";
        let mail = Mail::read(mail);
        let natures: Vec<Nature> = mail.parts.iter().map(Part::nature).collect();
        assert_eq!(natures, [Nature::Text, Nature::Html, Nature::Other]);
        assert_eq!(mail.parts.get(1).unwrap().bytes().as_ref(), b"<b>");
        assert_eq!(mail.parts.get(2).unwrap().name().as_deref(), Some("x.zip"));
        assert_eq!(mail.unread, 0);
    }

    #[test]
    fn levels_and_parts_are_bounded() {
        let mut deep = Vec::new();
        for level in 0..20_000 {
            deep.extend_from_slice(
                format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n").as_bytes(),
            );
        }
        let mail = Mail::read(&deep);
        assert!(mail.parts.is_empty() && mail.unread > 0);
        let wide = [b"Content-Type: multipart/mixed; boundary=b\n\n".to_vec(), b"--b\n\nx\n".repeat(20_000)]
            .concat();
        let mail = Mail::read(&wide);
        assert_eq!((mail.parts.len(), mail.unread), (MAX_PARTS, 19_000));
    }

    #[test]
    fn a_multipart_without_its_boundary_is_text() {
        let mail = Mail::read(b"Content-Type: multipart/mixed; boundary=zzz\n\nhttps://ohio-invoices.net/\n");
        assert_eq!(mail.parts.first().unwrap().nature(), Nature::Text);
    }
}
