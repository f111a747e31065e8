//! Whether a file is a mail, or several in one (mbox). Decided by its first lines; a name only helps when they leave it
//! open. A text that quotes a mail further down is none.

use super::header::{Header, memchr_line};

/// How much of a file's beginning is looked at.
const LOOK_BYTES: usize = 64 * 1024;

/// Fields that every mail has, and that little else has in a row.
const USUAL: &[&str] = &["from", "to", "subject", "date", "received", "message-id", "mime-version"];

/// Without one of these, `Date:` and `Subject:` may head any report.
const TELLING: &[&str] =
    &["from", "received", "message-id", "mime-version", "return-path", "delivered-to", "x-original-to"];

/// The mails of a file, without what precedes their headers.
pub(super) struct Mails<'m> {
    pub(super) mails: Vec<&'m [u8]>,
    /// How many there were beyond the bound.
    pub(super) unread: u32,
}

impl<'m> Mails<'m> {
    fn add(&mut self, mail: &'m [u8], max: usize) {
        if self.mails.len() < max {
            self.mails.push(mail);
        } else {
            self.unread = self.unread.saturating_add(1);
        }
    }
}

/// Whether the file is a mail or several.
pub(crate) fn is_mail(bytes: &[u8], name: Option<&str>) -> bool {
    let start = start(bytes);
    if is_mbox(start) {
        return true;
    }
    let head = start.get(..LOOK_BYTES).unwrap_or(start);
    // The first line must be a field: a letter that begins with a sentence is a text.
    let first = head.get(..memchr_line(head)).unwrap_or_default();
    let (header, _) = Header::split(head);
    if header.fields.is_empty() || !first.iter().take(80).any(|byte| *byte == b':') {
        return false;
    }
    let has = |known: &&&str| header.first(known).is_some();
    let usual = USUAL.iter().filter(has).count();
    let ends_like_one = name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        [".eml", ".mbox", ".mbx", ".emlx"].iter().any(|ending| name.ends_with(ending))
    });
    (usual >= 2 && TELLING.iter().any(|known| has(&known))) || (ends_like_one && usual >= 1)
}

/// The mails of a file, at most `max`.
pub(super) fn split(bytes: &[u8], max: usize) -> Mails<'_> {
    let start = start(bytes);
    if !is_mbox(start) {
        return Mails { mails: vec![start], unread: 0 };
    }
    let mut mails = Mails { mails: Vec::new(), unread: 0 };
    let (mut at, mut open, mut is_after_blank) = (0_usize, None::<usize>, true);
    while at < start.len() {
        let rest = start.get(at..).unwrap_or_default();
        let length = memchr_line(rest);
        let line = rest.get(..length).unwrap_or_default();
        let next = rest.get(length..).unwrap_or_default();
        if is_after_blank && is_from_line(line) && begins_with_field(next) {
            if let Some(open) = open {
                mails.add(start.get(open..at).unwrap_or_default(), max);
            }
            open = Some(at + length);
        }
        is_after_blank = line.trim_ascii().is_empty();
        at += length;
    }
    if let Some(open) = open {
        mails.add(start.get(open..).unwrap_or_default(), max);
    }
    mails
}

/// A file without its byte order mark and the empty lines before its first.
fn start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let blank = bytes.iter().take(1024).take_while(|byte| byte.is_ascii_whitespace()).count();
    bytes.get(blank..).unwrap_or_default()
}

fn is_mbox(start: &[u8]) -> bool {
    let length = memchr_line(start.get(..LOOK_BYTES).unwrap_or(start));
    let line = start.get(..length).unwrap_or_default();
    is_from_line(line) && begins_with_field(start.get(length..).unwrap_or_default())
}

/// `From someone@somewhere Mon Jan  1 00:00:00 2028`.
fn is_from_line(line: &[u8]) -> bool {
    line.len() < 1000
        && line.strip_prefix(b"From ").is_some_and(|rest| {
            rest.contains(&b':') && rest.windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
        })
}

fn begins_with_field(rest: &[u8]) -> bool {
    let line = rest.get(..memchr_line(rest.get(..4096).unwrap_or(rest))).unwrap_or_default();
    line.iter().position(|byte| *byte == b':').is_some_and(|colon| {
        colon > 0 && line.get(..colon).is_some_and(|name| name.iter().all(u8::is_ascii_graphic))
    }) || line.starts_with(b">From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_told_from_texts() {
        for mail in [
            "From: a@b.net\nTo: c@d.org\n\nx",
            "\r\n\r\nReceived: from x by y\r\n\tid 1\r\nSubject: z\r\n\r\nx",
            "From a@b.net Mon Jan  1 00:00:00 2028\nSubject: x\n\ny",
            "From: a\nSent: Monday\nTo: b\nSubject: c\n\nd",
        ] {
            assert!(is_mail(mail.as_bytes(), None), "{mail}");
        }
        for text in [
            "Subject: our report\nDate: today\n\nevil.net",
            "We got this mail:\n\nFrom: a@b.net\nTo: c@d.org\n",
            "domain,first seen\nevil.net,2028",
            "From 2028: the year",
            "evil.net\n",
        ] {
            assert!(!is_mail(text.as_bytes(), None), "{text}");
        }
        assert!(is_mail(b"Subject: x\n\ny", Some("a.EML")));
    }

    #[test]
    fn a_mailbox_is_split_where_a_mail_begins() {
        let mbox = b"From a@b.net Mon Jan  1 00:00:00 2028\nSubject: 1\n\nFrom here on it is 2028:\n\nFrom a@b.net Mon Jan  1 00:00:00 2028\nSubject: 2\n\nx\n";
        let mails = split(mbox, 10);
        assert_eq!(mails.mails.len(), 2);
        assert_eq!(split(mbox, 1).unread, 1);
    }
}
