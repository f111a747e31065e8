//! Sent mail: an mbox file, a Maildir, a folder of `.eml` files, or one mail.
//!
//! Whoever sends from here is the member's own, and so are the domains that most of it comes from; a recipient there
//! is staff. A recipient outside is a contact, whom it is for the person to add. Only headers are read, mail by mail, so
//! that a mailbox may have any size.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use watchfire_protocol::sanitize::is_public_mail;

use super::{Basket, Gathered, SourceError, count};
use crate::formats::mail::people_of;

/// Mails that are read of one source.
const MAX_MAILS: usize = 200_000;
/// One header; what is longer is read up to here.
const MAX_HEADER_BYTES: usize = 256 * 1024;
/// One line of a body; longer ones are passed over in pieces.
const MAX_LINE_BYTES: u64 = 1024 * 1024;
/// Different persons.
const MAX_PEOPLE: usize = 50_000;
/// Folders in folders.
const MAX_DEPTH: usize = 6;

const FROM: &[&str] = &["from", "sender"];
const TO: &[&str] = &["to", "cc", "bcc"];

/// Whether the beginning of a file is a mailbox's or a mail's.
pub(super) fn is_mail(start: &[u8]) -> bool {
    if start.starts_with(b"From ") {
        return start.split(|byte| *byte == b'\n').nth(1).is_some_and(is_field);
    }
    let mut names = start.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let first_is_field = start.split(|byte| *byte == b'\n').next().is_some_and(is_field);
    first_is_field && names.any(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"from:")))
}

/// `From anna@smith2028.org Mon Jan  3 10:00:00 2028`, and no sentence that begins like it.
fn is_from_line(line: &[u8]) -> bool {
    line.starts_with(b"From ")
        && line.contains(&b':')
        && line.windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
}

fn is_field(line: &[u8]) -> bool {
    let colon = line.iter().take(80).position(|byte| *byte == b':');
    colon.is_some_and(|colon| {
        colon > 0 && line.get(..colon).is_some_and(|name| name.iter().all(u8::is_ascii_graphic))
    })
}

/// Reads a file of one or many mails.
pub(super) fn read_file(file: impl Read) -> Result<Gathered, SourceError> {
    let mut sent = Sent::default();
    sent.take(BufReader::new(file)).map_err(unreadable)?;
    sent.gathered()
}

/// Reads every mail in a folder and the folders in it.
pub(super) fn read_folder(path: &Path) -> Result<Gathered, SourceError> {
    let mut sent = Sent::default();
    sent.folder(path, 0).map_err(unreadable)?;
    if sent.mails == 0 {
        return Err(SourceError::Whole(
            "there is no mail in this folder".to_owned(),
            "a Maildir, or a folder of .eml files or mailboxes".to_owned(),
        ));
    }
    sent.gathered()
}

fn unreadable(error: io::Error) -> SourceError {
    SourceError::Whole(format!("it cannot be read: {error}"), "files that you may read".to_owned())
}

/// What the headers say.
#[derive(Default)]
struct Sent {
    mails: usize,
    /// Mails from each address.
    from: BTreeMap<String, usize>,
    /// The names that each address goes by.
    people: BTreeMap<String, BTreeSet<String>>,
    is_cut: bool,
}

impl Sent {
    fn folder(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if kind.is_dir() && depth < MAX_DEPTH && name != "tmp" {
                self.folder(&entry.path(), depth + 1)?;
            } else if kind.is_file() {
                let mut start = Vec::new();
                let mut file = File::open(entry.path())?;
                Read::by_ref(&mut file).take(16 * 1024).read_to_end(&mut start)?;
                if is_mail(&start) {
                    self.take(BufReader::new(start.as_slice().chain(file)))?;
                }
            }
            if self.is_cut {
                break;
            }
        }
        Ok(())
    }

    /// Every header of a file. A mail in a mailbox begins with `From ` after an empty line.
    fn take(&mut self, mut file: impl BufRead) -> io::Result<()> {
        let mut header: Vec<u8> = Vec::new();
        let (mut in_header, mut is_after_blank, mut is_mailbox) = (true, true, false);
        let mut line = Vec::new();
        let mut is_first = true;
        loop {
            line.clear();
            let length = Read::by_ref(&mut file).take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
            if length == 0 || self.is_cut {
                self.mail(&std::mem::take(&mut header));
                return Ok(());
            }
            if is_first && line.starts_with(b"From ") {
                is_mailbox = true;
            } else if is_mailbox && is_after_blank && is_from_line(&line) {
                self.mail(&std::mem::take(&mut header));
                in_header = true;
            } else if in_header && line.trim_ascii().is_empty() {
                in_header = false;
                if !is_mailbox {
                    self.mail(&std::mem::take(&mut header));
                    return Ok(());
                }
            } else if in_header && header.len() < MAX_HEADER_BYTES {
                header.extend_from_slice(&line);
            }
            is_after_blank = line.trim_ascii().is_empty();
            is_first = false;
        }
    }

    fn mail(&mut self, header: &[u8]) {
        if header.is_empty() {
            return;
        }
        self.mails += 1;
        self.is_cut = self.mails >= MAX_MAILS;
        for (name, address) in people_of(header, FROM).into_iter().take(4) {
            if let Some(address) = self.person(name, address) {
                *self.from.entry(address).or_default() += 1;
            }
        }
        for (name, address) in people_of(header, TO) {
            self.person(name, address);
        }
    }

    /// Notes a person; gives the address in lower case.
    fn person(&mut self, name: Option<String>, address: Option<String>) -> Option<String> {
        let address = address.filter(|address| super::people::looks_like_address(address))?.to_lowercase();
        if self.people.len() >= MAX_PEOPLE && !self.people.contains_key(&address) {
            return None;
        }
        let names = self.people.entry(address.clone()).or_default();
        if let Some(name) = name.as_deref().and_then(persons_name)
            && names.len() < 8
        {
            names.insert(name);
        }
        Some(address)
    }

    fn gathered(self) -> Result<Gathered, SourceError> {
        let mut domains: BTreeMap<&str, usize> = BTreeMap::new();
        for (address, mails) in &self.from {
            *domains.entry(domain(address)).or_default() += mails;
        }
        // A tenth of what is sent is more than a stray mail.
        let is_much = |mails: usize| mails.saturating_mul(10) >= self.mails;
        let own_domains: Vec<&str> = domains
            .iter()
            .filter(|(domain, mails)| is_much(**mails) && !is_public_mail(domain))
            .map(|(domain, _)| *domain)
            .collect();
        let is_own = |address: &str| {
            own_domains.iter().any(|own| {
                let domain = domain(address);
                domain == *own || domain.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'))
            }) || self.from.get(address).is_some_and(|mails| is_much(*mails))
        };
        let from_own: usize =
            self.from.iter().filter(|(address, _)| is_own(address)).map(|(_, mails)| mails).sum();
        if from_own.saturating_mul(2) < self.mails {
            return Err(SourceError::Whole(
                "most of these mails come from many different senders: this is not sent mail".to_owned(),
                "the folder or mailbox of the mail that you sent".to_owned(),
            ));
        }
        let mut basket = Basket::default();
        own_domains.iter().for_each(|domain| basket.domain(domain));
        let (mut staff, mut contacts, mut outside) = (0_usize, Vec::new(), 0_usize);
        for (address, names) in &self.people {
            if is_own(address) {
                staff += 1;
                basket.name(address);
                names.iter().for_each(|name| basket.name(name));
            } else {
                outside += 1;
                contacts.push(address.clone());
                contacts.extend(names.iter().cloned());
            }
        }
        let list = basket.list;
        let understood = format!(
            "sent mail: {}, {} of yours, {}; {} outside",
            count(self.mails, "mail", "mails"),
            count(staff, "address", "addresses"),
            count(list.domains.len(), "domain", "domains"),
            count(outside, "address", "addresses"),
        );
        let notes = if self.is_cut {
            vec![format!("only the first {MAX_MAILS} mails were read")]
        } else {
            Vec::new()
        };
        let seen = crate::settings::own_name;
        let contacts = contacts.into_iter().filter_map(|text| seen(&text).ok()).collect();
        Ok(Gathered { list, contacts, understood, notes })
    }
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// A display name that is a person's: two words or more, and `Lee, Anna` the other way round. One word (`Info`, `Anna`)
/// would be found in too many texts.
fn persons_name(name: &str) -> Option<String> {
    let name = name.trim_matches(['"', '\'', ' ']);
    let name = match name.split_once(',') {
        Some((last, first)) if !first.trim().is_empty() => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    };
    let is_name = name.split_whitespace().count() >= 2 && !name.contains('@');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::{Gathered, SourceError};
    use super::{read_file, read_folder};

    const MAILBOX: &str = "\
From - Mon Jan  3 10:00:00 2028
From: \"Lee, Anna\" <anna@smith2028.org>
To: Bob Ray <BOB@smith2028.org>,
 =?utf-8?Q?Zo=C3=AB_Voter?= <zoe@gmail.com>
Subject: x

From here on it is body
To: nobody@elsewhere.net

From - Mon Jan  3 11:00:00 2028
From: anna@smith2028.org
Cc: Press <press@paper.net>

y
";

    fn gathered(result: Result<Gathered, SourceError>) -> Gathered {
        result.map_err(|_| "refused").unwrap()
    }

    #[test]
    fn senders_and_their_colleagues_are_own_and_others_are_contacts() {
        let gathered = gathered(read_file(MAILBOX.as_bytes()));
        assert_eq!(gathered.list.domains, ["smith2028.org"]);
        assert_eq!(gathered.list.names, ["anna@smith2028.org", "Anna Lee", "bob@smith2028.org", "Bob Ray"]);
        assert_eq!(gathered.contacts, ["press@paper.net", "zoe@gmail.com", "Zoë Voter"]);
        assert_eq!(
            gathered.understood,
            "sent mail: 2 mails, 2 addresses of yours, 1 domain; 2 addresses outside"
        );
    }

    #[test]
    fn a_folder_of_mails_is_read_and_received_mail_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let cur = folder.path().join("cur");
        std::fs::create_dir(&cur).unwrap();
        for number in 0..30 {
            let mail = format!("Date: x\nFrom: anna@smith2028.org\nTo: v{number}@voters.net\n\nhello\n");
            std::fs::write(cur.join(format!("{number}.host:2,S")), mail).unwrap();
        }
        std::fs::write(cur.join("notes.txt"), "no mail").unwrap();
        assert_eq!(gathered(read_folder(folder.path())).list.domains, ["smith2028.org"]);
        for number in 0..30 {
            let mail = format!("From: v{number}@n{number}.net\nTo: anna@smith2028.org\n\nhello\n");
            std::fs::write(cur.join(format!("{number}.host:2,S")), mail).unwrap();
        }
        assert!(matches!(read_folder(folder.path()), Err(SourceError::Whole(..))));
    }

    #[test]
    fn who_sends_by_a_mail_provider_owns_the_address_and_not_the_provider() {
        let gathered =
            gathered(read_file("From: Anna Lee <smithcampaign@gmail.com>\nTo: x@gmail.com\n\n".as_bytes()));
        assert!(gathered.list.domains.is_empty());
        assert_eq!(gathered.list.names, ["smithcampaign@gmail.com", "Anna Lee"]);
        assert_eq!(gathered.contacts, ["x@gmail.com"]);
    }
}
