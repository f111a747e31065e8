//! Own networks in running text.
//!
//! Decides whether an IP address or block written in a text touches one of the listed networks. Defanged addresses count.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};
use core::ops::Range;

use crate::indicator::Refanged;
use crate::sanitize::own::{Network, OwnList};

/// The networks of some lists.
pub(super) struct Networks {
    networks: Vec<Network>,
}

impl Networks {
    pub(super) fn of(lists: &[&OwnList]) -> Networks {
        Networks { networks: lists.iter().flat_map(|list| list.normal_networks()).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether `text`, as it is or in rot13, may hold an address, as far as a glance tells.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let count = |is: fn(&u8) -> bool| text.as_bytes().iter().filter(|byte| is(byte)).count();
        // Four numbers with dots between, also as `[dot]`; or two colons.
        !self.networks.is_empty()
            && match count(u8::is_ascii_digit) {
                0 => false,
                _ if !text.is_ascii() || count(|byte| *byte == b':') >= 2 => true,
                digits => digits >= 4 && count(|byte| matches!(byte, b'.' | b']' | b')' | b'}')) >= 3,
            }
    }

    /// The first address of a listed network in `text`.
    pub(super) fn first(&self, text: &str) -> Option<Range<usize>> {
        if !self.may_be_in(text) {
            return None;
        }
        self.all(text).into_iter().next()
    }

    /// Every address of a listed network in `text`, as byte ranges.
    pub(super) fn all(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.networks.is_empty() {
            return found;
        }
        let refanged = Refanged::text(text);
        let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
        let mut at = 0_usize;
        for word in refanged.text.split_inclusive(|c: char| !is_part(c)) {
            let core = word.trim_end_matches(|c: char| !is_part(c));
            let start = at;
            at = at.saturating_add(word.len());
            // A word of 45 characters is the longest address.
            if core.len() > 64 || core.len() < 3 {
                continue;
            }
            let core = core.trim_end_matches('.');
            let lead = core.len().saturating_sub(core.trim_start_matches('.').len());
            let core = core.trim_start_matches('.');
            // With a port, or after a word and a colon, it is one of the pieces.
            let pieces =
                || core.split(':').find_map(|piece| piece.trim_matches('.').parse::<Ipv4Addr>().ok());
            let address = core.parse().ok().or_else(|| pieces().map(IpAddr::V4));
            if address.is_some_and(|address| self.networks.iter().any(|network| network.holds(address))) {
                let start = start.saturating_add(lead);
                found.push(refanged.origin(start..start.saturating_add(core.len())));
            }
        }
        found
    }
}
