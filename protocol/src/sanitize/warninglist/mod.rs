//! Warninglists: lists of what is harmless or what many depend on, in MISP's format.
//!
//! Decides on which lists a value is, and by how much; never what becomes of it (that is `judge::listed`). The lists are
//! compiled once ([`Compiler`]) into a form that holds the whole public collection, some two and a half million entries, in
//! some thirty megabytes, and lie as one file in the member's home.
//!
//! # Matching
//! As MISP does it, on values in their normal form:
//!
//! | type | a value is on the list when |
//! | --- | --- |
//! | `string` | it is an entry |
//! | `substring` | it holds an entry |
//! | `hostname` | its host (that of a URL, too) is an entry or a name under one |
//! | `cidr` | the address, or the whole block, is in a block of the list |
//! | `regex` | a pattern matches somewhere in it |
//!
//! Only values of the kinds that `matching_attributes` names are compared; a list without any is about all kinds. Beside
//! MISP, letters are compared without case also in `string` and `substring` (a domain and a hash have none), names in other
//! scripts in their `xn--` form, and entries that would match half the world are not used: a `hostname` of one label, a
//! `substring` of less than three bytes, a block wider than any special range, a pattern that matches the empty text.

mod blocks;
mod compile;
mod file;
mod info;
mod names;
mod patterns;

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::url_parts::UrlParts;
use crate::indicator::{Indicator, Kind};
use blocks::Blocks;
use names::{As, Names, hash};
use patterns::Patterns;

pub use compile::{Added, Compiler, MAX_ENTRIES, MAX_LISTS, Refused, Source};
pub use file::{Damaged, MAX_FILE_BYTES};
pub use info::{Effect, ListInfo, ListKind};

/// The warninglists that a member has taken over.
#[derive(Clone, Debug, Default)]
pub struct Warninglists {
    key: [u8; 32],
    lists: Vec<ListInfo>,
    names: Names,
    v4: Blocks<Ipv4Addr>,
    v6: Blocks<Ipv6Addr>,
    patterns: Patterns,
}

/// How a value is on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is an entry, or in a block of addresses.
    Exact,
    /// Its host is an entry; it is a URL.
    Host,
    /// Its host is a name under an entry of so many labels.
    Under {
        /// Labels of the entry.
        labels: usize,
    },
    /// An entry is inside it, or a pattern matches.
    Inside,
}

/// One list that a value is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The list.
    pub list: &'a ListInfo,
    /// How the value is on it.
    pub how: How,
}

impl Warninglists {
    /// None.
    pub fn none() -> Warninglists {
        Warninglists::default()
    }

    /// What is known of each list, in the order they were added.
    pub fn lists(&self) -> &[ListInfo] {
        &self.lists
    }

    /// Every list that `indicator` is on, once each, in the order of the lists.
    pub fn hits(&self, indicator: &Indicator) -> Vec<Hit<'_>> {
        let mut found: Vec<(u16, How)> = Vec::new();
        if self.lists.is_empty() {
            return Vec::new();
        }
        let (kind, value) = (indicator.kind(), indicator.value());
        let lower = value.to_lowercase();
        let mut add = |lists: &[u16], how: How| found.extend(lists.iter().map(|list| (*list, how)));
        add(self.names.find(hash(&self.key, As::Value, &lower)), How::Exact);
        add(&self.blocks_with(kind, value), How::Exact);
        let is_about = |list: u16| self.lists.get(usize::from(list)).is_some_and(|list| list.is_about(kind));
        add(&self.patterns.find(value, &lower, is_about), How::Inside);
        let host = match kind {
            Kind::Url => UrlParts::split(value).map(|parts| parts.bare_host()),
            // MISP compares the whole value of a mail address with host names, which never fits.
            Kind::Email => None,
            _ => Some(lower.as_str()),
        };
        let whole = if kind == Kind::Url { How::Host } else { How::Exact };
        let mut rest = host;
        while let Some(name) = rest {
            let labels = name.split('.').count();
            if labels > 1 {
                let how = if rest == host { whole } else { How::Under { labels } };
                add(self.names.find(hash(&self.key, As::Host, name)), how);
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        found.sort_by_key(|(list, _)| *list);
        found.dedup_by_key(|(list, _)| *list);
        let hits = found.into_iter().filter_map(|(list, how)| {
            let list = self.lists.get(usize::from(list))?;
            list.is_about(kind).then_some(Hit { list, how })
        });
        hits.collect()
    }

    fn blocks_with(&self, kind: Kind, value: &str) -> Vec<u16> {
        let (first, length) = match kind {
            Kind::Ipv4 | Kind::Ipv6 => (value.parse::<IpAddr>().ok(), None),
            Kind::Cidr => value
                .split_once('/')
                .map(|(first, length)| (first.parse::<IpAddr>().ok(), length.parse::<u32>().ok()))
                .unwrap_or_default(),
            _ => (None, None),
        };
        match first {
            Some(IpAddr::V4(first)) => {
                let free = 32_u32.saturating_sub(length.unwrap_or(32));
                let rest = u32::MAX.checked_shr(32_u32.saturating_sub(free)).unwrap_or_default();
                self.v4.find(first, Ipv4Addr::from_bits(first.to_bits() | rest))
            }
            Some(IpAddr::V6(first)) => {
                let free = 128_u32.saturating_sub(length.unwrap_or(128));
                let rest = u128::MAX.checked_shr(128_u32.saturating_sub(free)).unwrap_or_default();
                self.v6.find(first, Ipv6Addr::from_bits(first.to_bits() | rest))
            }
            None => Vec::new(),
        }
    }
}
