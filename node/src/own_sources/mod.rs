//! Where a member's own list can come from: a typed list, a staff table, a folder of sent mail, a DNS zone file.
//!
//! Decides by its content what a file is, and what of it is the member's own. It writes nothing and looks nothing up;
//! what may stand on the list is decided in [`settings`](crate::settings).

mod kind;
mod list;
mod mail;
mod people;
mod staff;
mod text;
mod zone;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use watchfire_protocol::sanitize::OwnList;

use crate::settings::{own_domain, own_name, own_network, own_phone};

/// What was read of one source.
#[derive(Clone, Default)]
pub struct Gathered {
    /// What is the member's own, each value in the form of the settings and once.
    pub list: OwnList,
    /// Names and addresses of people outside, with whom the member has to do.
    pub contacts: Vec<String>,
    /// What was understood, on one line: `staff list: 42 people, 42 addresses, 3 domains`.
    pub understood: String,
    /// What a person should know about it.
    pub notes: Vec<String>,
}

/// A value of a typed list that cannot stand on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The line, from 1.
    pub line: usize,
    /// As it stands there.
    pub text: String,
    /// Completes "`text` ...".
    pub fault: String,
}

/// Why a source gave nothing.
#[derive(Debug)]
pub enum SourceError {
    /// A line of a typed list.
    Unusable(Unusable),
    /// The whole of it: what is wrong, and what to try.
    Whole(String, String),
}

/// Reads a folder of mails.
///
/// # Errors
/// [`SourceError`]; nothing of the source is used then.
pub fn read_folder(path: &Path) -> Result<Gathered, SourceError> {
    mail::read_folder(path)
}

/// Reads sent mail, a mailbox of any size; `None` when `start`, the first bytes of the file, is no mail's.
pub fn read_mails(start: &[u8], rest: impl Read) -> Option<Result<Gathered, SourceError>> {
    mail::is_mail(start).then(|| mail::read_file(start.chain(rest)))
}

/// Reads a text. `name` is the file's name, which may tell the zone.
///
/// # Errors
/// [`SourceError`]; nothing of the source is used then.
pub fn read(text: &str, name: Option<&str>) -> Result<Gathered, SourceError> {
    match kind::of(text) {
        kind::Kind::Zone => zone::read(text, name),
        kind::Kind::Staff(shape) => Ok(staff::read(text, &shape)),
        kind::Kind::List => list::read(text).map_err(SourceError::Unusable),
    }
}

/// Reads a file's bytes as text: UTF-8, UTF-16, or a table of an older office program. `None` for anything else.
pub fn decode(bytes: &[u8]) -> Option<String> {
    text::decode(bytes)
}

/// Gathers values in the form of the settings, each once, and counts what has none.
#[derive(Default)]
struct Basket {
    list: OwnList,
    seen: BTreeSet<(u8, String)>,
    unusable: usize,
}

impl Basket {
    fn domain(&mut self, text: &str) {
        let value = own_domain(text);
        self.put(0, value);
    }

    fn name(&mut self, text: &str) {
        let value = own_name(text);
        self.put(1, value);
    }

    fn phone(&mut self, text: &str) {
        let value = own_phone(text);
        self.put(2, value);
    }

    fn network(&mut self, text: &str) {
        let value = own_network(text);
        self.put(3, value);
    }

    fn put(&mut self, which: u8, value: Result<String, String>) {
        let Ok(value) = value else {
            self.unusable = self.unusable.saturating_add(1);
            return;
        };
        if !self.seen.insert((which, value.to_lowercase())) {
            return;
        }
        match which {
            0 => self.list.domains.push(value),
            1 => self.list.names.push(value),
            2 => self.list.phones.push(value),
            _ => self.list.networks.push(value),
        }
    }
}

/// `1 person`, `2 people`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
