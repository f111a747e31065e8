//! From lists as they are published to one compact form.
//!
//! Lists come from others, so all is bounded and nothing in a list can stop the rest: an entry that cannot be used is
//! counted and named.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Warninglists;
use super::blocks::Blocks;
use super::info::{ListInfo, ListKind, effect, kinds_of};
use super::names::{As, Names, hash};
use super::patterns::{MAX_REGEXES, MAX_SUBSTRING_BYTES, MIN_SUBSTRING_BYTES, Patterns, regex};
use crate::indicator::host_name;

/// Lists that can be held at once.
pub const MAX_LISTS: usize = 1000;
/// Entries of all lists together: twice the public collection of 2025.
pub const MAX_ENTRIES: usize = 5_000_000;
const MAX_ENTRY_BYTES: usize = 2048;
const MAX_NAME_CHARS: usize = 200;
const MAX_DESCRIPTION_CHARS: usize = 500;
/// Unusable entries that are named.
const EXAMPLES: usize = 5;

/// A list as it is published.
#[derive(Clone, Debug, Default)]
pub struct Source<'a> {
    /// `name`.
    pub name: &'a str,
    /// `description`.
    pub description: &'a str,
    /// `version`.
    pub version: u64,
    /// `type`.
    pub kind: &'a str,
    /// `category`, or nothing.
    pub category: &'a str,
    /// `matching_attributes`.
    pub attributes: &'a [String],
    /// `list`.
    pub entries: &'a [String],
}

/// What became of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Entries that are in use.
    pub entries: u32,
    /// Entries that cannot be used.
    pub bad: u32,
    /// The first of those, each with the reason.
    pub examples: Vec<(String, &'static str)>,
}

/// Why a list was not taken at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its type is none of the five.
    Kind(String),
    /// It has no name.
    NoName,
    /// There are [`MAX_LISTS`] already.
    TooManyLists,
    /// With it there would be more than [`MAX_ENTRIES`].
    TooManyEntries,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Kind(kind) => {
                write!(f, "its type is `{kind}`, not one of string, substring, hostname, cidr, regex")
            }
            Refused::NoName => f.write_str("it has no name"),
            Refused::TooManyLists => write!(f, "more than {MAX_LISTS} lists"),
            Refused::TooManyEntries => write!(f, "more than {MAX_ENTRIES} entries in all lists together"),
        }
    }
}

/// Puts lists together. The last list of a name replaces the earlier ones.
#[derive(Debug)]
pub struct Compiler {
    key: [u8; 32],
    lists: Vec<ListInfo>,
    names: Vec<(u64, u16)>,
    v4: Vec<(Ipv4Addr, Option<Ipv4Addr>, u16)>,
    v6: Vec<(Ipv6Addr, Option<Ipv6Addr>, u16)>,
    substrings: Vec<(String, u16)>,
    substring_bytes: usize,
    regexes: Vec<(String, u16)>,
}

impl Compiler {
    /// With no list. `key` is random and stays on this machine.
    pub fn new(key: [u8; 32]) -> Compiler {
        Compiler {
            key,
            lists: Vec::new(),
            names: Vec::new(),
            v4: Vec::new(),
            v6: Vec::new(),
            substrings: Vec::new(),
            substring_bytes: 0,
            regexes: Vec::new(),
        }
    }

    /// With the lists of an earlier compilation.
    pub fn with(lists: Warninglists) -> Compiler {
        let Warninglists { key, lists, names, v4, v6, patterns } = lists;
        let substring_bytes = patterns.substrings.iter().map(|(text, _)| text.len()).sum();
        Compiler {
            key,
            lists,
            names: names.hashes.iter().copied().zip(names.lists.iter().copied()).collect(),
            v4: v4.blocks().collect(),
            v6: v6.blocks().collect(),
            substrings: patterns.substrings,
            substring_bytes,
            regexes: patterns.regexes,
        }
    }

    /// Takes a list out. Whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let Some(gone) = self.lists.iter().position(|list| list.name == name) else { return false };
        self.lists.remove(gone);
        let Ok(gone) = u16::try_from(gone) else { return false };
        let renumber = |list: &mut u16| {
            *list = list.saturating_sub(u16::from(*list > gone));
        };
        self.names.retain(|(_, list)| *list != gone);
        self.v4.retain(|(_, _, list)| *list != gone);
        self.v6.retain(|(_, _, list)| *list != gone);
        self.substrings.retain(|(_, list)| *list != gone);
        self.substring_bytes = self.substrings.iter().map(|(text, _)| text.len()).sum();
        self.regexes.retain(|(_, list)| *list != gone);
        self.names.iter_mut().for_each(|(_, list)| renumber(list));
        self.v4.iter_mut().for_each(|(_, _, list)| renumber(list));
        self.v6.iter_mut().for_each(|(_, _, list)| renumber(list));
        self.substrings.iter_mut().chain(&mut self.regexes).for_each(|(_, list)| renumber(list));
        true
    }

    /// Takes a list in.
    ///
    /// # Errors
    /// When the list as a whole cannot be used. What was there stays then.
    pub fn add(&mut self, source: &Source<'_>) -> Result<Added, Refused> {
        let kind = ListKind::named(source.kind).ok_or_else(|| Refused::Kind(short(source.kind, 40)))?;
        let name = short(source.name.trim(), MAX_NAME_CHARS);
        if name.is_empty() {
            return Err(Refused::NoName);
        }
        let total: usize = self.lists.iter().filter_map(|list| usize::try_from(list.entries).ok()).sum();
        if total.saturating_add(source.entries.len()) > MAX_ENTRIES {
            return Err(Refused::TooManyEntries);
        }
        let replaces = self.lists.iter().any(|list| list.name == name);
        if !replaces && self.lists.len() >= MAX_LISTS {
            return Err(Refused::TooManyLists);
        }
        self.remove(&name);
        let number = u16::try_from(self.lists.len()).map_err(|_| Refused::TooManyLists)?;
        let mut added = Added::default();
        for entry in source.entries {
            match self.take(kind, entry.trim(), number) {
                Ok(()) => added.entries = added.entries.saturating_add(1),
                Err(reason) => {
                    added.bad = added.bad.saturating_add(1);
                    if added.examples.len() < EXAMPLES {
                        added.examples.push((short(entry, 80), reason));
                    }
                }
            }
        }
        self.lists.push(ListInfo {
            effect: effect(&name, source.category, kind),
            name,
            description: short(source.description, MAX_DESCRIPTION_CHARS),
            version: source.version,
            kind,
            entries: added.entries,
            bad: added.bad,
            kinds: kinds_of(source.attributes.iter().map(String::as_str)),
        });
        Ok(added)
    }

    fn take(&mut self, kind: ListKind, entry: &str, list: u16) -> Result<(), &'static str> {
        if entry.is_empty() {
            return Err("empty");
        }
        if entry.len() > MAX_ENTRY_BYTES {
            return Err("longer than 2,048 bytes");
        }
        match kind {
            ListKind::String => self.names.push((hash(&self.key, As::Value, &normal(entry)), list)),
            ListKind::Hostname => {
                let host = normal(entry.trim_matches('.'));
                if !host.contains('.') {
                    return Err("a whole top-level domain, or no host name");
                }
                self.names.push((hash(&self.key, As::Host, &host), list));
            }
            ListKind::Cidr => self.take_block(entry, list)?,
            ListKind::Substring => {
                let text = entry.to_lowercase();
                if text.len() < MIN_SUBSTRING_BYTES {
                    return Err("so short that it is inside everything");
                }
                let bytes = self.substring_bytes.saturating_add(text.len());
                if bytes > MAX_SUBSTRING_BYTES {
                    return Err("more substrings than can be looked for");
                }
                self.substring_bytes = bytes;
                self.substrings.push((text, list));
            }
            ListKind::Regex => {
                if self.regexes.len() >= MAX_REGEXES {
                    return Err("more regular expressions than can be tried");
                }
                regex(entry)
                    .ok_or("a regular expression that is not supported here, or that matches everything")?;
                self.regexes.push((entry.to_string(), list));
            }
        }
        Ok(())
    }

    fn take_block(&mut self, entry: &str, list: u16) -> Result<(), &'static str> {
        const MALFORMED: &str = "no block of addresses";
        let (address, length) = match entry.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().map_err(|_| MALFORMED)?)),
            None => (entry, None),
        };
        // The widest special ranges are 224.0.0.0/4 and fc00::/7; whatever is wider would be on the list with half the world.
        const WIDE: &str = "so wide that it is half the Internet";
        match address.parse::<IpAddr>().map_err(|_| MALFORMED)? {
            IpAddr::V4(first) => {
                let length = length.unwrap_or(32);
                let free = 32_u32.checked_sub(length).ok_or(MALFORMED)?;
                let size = 1_u32.checked_shl(free).ok_or(WIDE)?;
                if length < 4 {
                    return Err(WIDE);
                }
                if first.to_bits() & size.saturating_sub(1) != 0 {
                    return Err("a block that does not begin where its length says");
                }
                self.v4.push((first, first.to_bits().checked_add(size).map(Ipv4Addr::from_bits), list));
            }
            IpAddr::V6(first) => {
                let length = length.unwrap_or(128);
                let free = 128_u32.checked_sub(length).ok_or(MALFORMED)?;
                let size = 1_u128.checked_shl(free).ok_or(WIDE)?;
                if length < 7 {
                    return Err(WIDE);
                }
                if first.to_bits() & size.saturating_sub(1) != 0 {
                    return Err("a block that does not begin where its length says");
                }
                self.v6.push((first, first.to_bits().checked_add(size).map(Ipv6Addr::from_bits), list));
            }
        }
        Ok(())
    }

    /// The lists in their compact form.
    pub fn finish(mut self) -> Warninglists {
        self.names.sort_unstable();
        self.names.dedup();
        let mut hashes = Vec::with_capacity(self.names.len());
        let mut numbers = Vec::with_capacity(self.names.len());
        for (hash, list) in self.names {
            hashes.push(hash);
            numbers.push(list);
        }
        Warninglists {
            key: self.key,
            lists: self.lists,
            names: Names::new(hashes, numbers).unwrap_or_default(),
            v4: Blocks::new(self.v4.into_iter()),
            v6: Blocks::new(self.v6.into_iter()),
            patterns: Patterns::new(self.substrings, self.regexes).unwrap_or_default(),
        }
    }
}

/// In lower case; a name in other scripts in the form that indicators have.
fn normal(entry: &str) -> String {
    let lower = entry.to_lowercase();
    if lower.is_ascii() { lower } else { host_name(&lower).unwrap_or(lower) }
}

/// The beginning of a text, on one line.
fn short(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max_chars).collect()
}
