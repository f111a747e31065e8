//! Hosts and addresses inside somebody's network, wherever they stand in a text: also where [`extract`] passes over
//! them, such as names that end in no public suffix and lines that look like a mail's header.
//!
//! [`extract`]: crate::sanitize::extract

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

use super::cut::Cut;
use super::indicator::KeptHere;
use super::word::{end_of, pieces};
use crate::indicator::Refanged;
use crate::sanitize::reserved;
use crate::sanitize::rules::{CARRIER_SHARED, INTERNAL_NAME, LINK_LOCAL, PRIVATE_NETWORK, UNSHARED_IN_TEXT};
use crate::sanitize::special;

/// The longest name there is.
const MAX_NAME_BYTES: usize = 253;

/// Private addresses and internal names, defanged or not.
pub(super) fn cuts(text: &str, kept: &KeptHere<'_>) -> Vec<Cut> {
    let refanged = Refanged::text(text);
    let mut cuts = Vec::new();
    // A URL is judged as a whole.
    for piece in pieces(&refanged.text).filter(|piece| !piece.text.contains("://")) {
        let mut at = piece.range.start;
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        for run in piece.text.split_inclusive(|c: char| !is_part(c)) {
            let part = run.trim_matches(|c: char| !c.is_alphanumeric());
            let start = at.saturating_add(run.find(part).unwrap_or(0));
            at = at.saturating_add(run.len());
            let head = refanged.text.get(..start).unwrap_or_default();
            if !part.is_empty() && !kept.has(part) && is_inside(part, head) {
                let range = refanged.origin(start..start.saturating_add(part.len()));
                cuts.push(Cut::out(range, UNSHARED_IN_TEXT));
            }
        }
    }
    cuts
}

fn is_inside(part: &str, head: &str) -> bool {
    if part.len() > MAX_NAME_BYTES || !part.is_ascii() {
        return false;
    }
    if let Ok(address) = part.parse::<Ipv4Addr>() {
        let rules = [PRIVATE_NETWORK, LINK_LOCAL, CARRIER_SHARED];
        let rule = reserved::address(IpAddr::V4(address));
        return rule.is_some_and(|rule| rules.iter().any(|inside| inside.number == rule.number))
            && !is_version(head);
    }
    let Some((host, last)) = part.rsplit_once('.') else { return false };
    // `the end.Home and` is two sentences, `Trojan.Win32.Private` a detection.
    let is_two = last.starts_with(|c: char| c.is_ascii_uppercase())
        && host.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !part.contains("..");
    is_name && !is_two && special::name(&part.to_ascii_lowercase()) == Some(INTERNAL_NAME)
}

/// Whether a number after this text is a version.
fn is_version(head: &str) -> bool {
    let before = end_of(head, 32).trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    ["version", "v", "build", "release", "windows", "ver"]
        .iter()
        .any(|word| before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)))
}
