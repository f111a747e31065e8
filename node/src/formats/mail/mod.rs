//! Mails: what an attacker sent, without what tells to whom.
//!
//! Decides which values of a mail are candidates, where each stood (for the rules), and what the mail tells of the
//! people it was sent to (`Parsed::learned`, which must not leave). It runs, loads and unpacks nothing. An archive is
//! hashed and named, never opened.
//!
//! - Links, forms and redirects of pages count, also of attached ones; what a page loads counts as a resource, and a
//!   picture that nobody can see as a tracking pixel. The words of a link that look like an address do not count.
//! - Of the header only the senders count and the server that handed the mail over (`route`).
//! - Who forwards a mail is a reporter: their own words and name are learned and not used (`forward`).
//! - Attachments count by name and SHA-256, which every tool computes; one hash of each file, so that nobody blocks a
//!   thing three times.

mod attachment;
mod body;
mod charset;
mod css;
mod detect;
mod forward;
mod header;
mod html;
mod learned;
mod links;
mod mime;
mod people;
mod reader;
mod route;
mod scripts;
mod transfer;

pub(super) use detect::is_mail;

use super::{FormatError, Parsed};

/// The longest mail or mailbox that is read. Servers rarely take mails above 50 MB.
pub const MAX_MAIL_BYTES: usize = 64 * 1024 * 1024;

/// Reads a mail or a mailbox.
///
/// # Errors
/// When it is too long, or names so many recipients that some of them could leave unknown.
pub(super) fn read(bytes: &[u8]) -> Result<Parsed, FormatError> {
    if bytes.len() > MAX_MAIL_BYTES {
        return Err(FormatError::TooLarge { bytes: bytes.len(), max: MAX_MAIL_BYTES });
    }
    if bytes.trim_ascii().is_empty() {
        return Err(FormatError::Empty);
    }
    reader::read(bytes)
}

/// The names and addresses in these fields of the header that `mail` begins with.
pub(crate) fn people_of(mail: &[u8], fields: &[&str]) -> Vec<(Option<String>, Option<String>)> {
    let (header, _) = header::Header::split(mail);
    let wanted = header.fields.iter().filter(|field| fields.iter().any(|name| field.is(name)));
    wanted.flat_map(header::Field::people).map(|person| (person.name, person.address)).collect()
}

/// Everything in a text that looks like a mail address, as it is written.
fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';' | ':' | '[' | ']')
    };
    text.split(is_end).map(|word| word.trim_matches(['\'', '.', '*', '_', '|'])).filter(|word| {
        word.len() <= 320
            && word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
    })
}
