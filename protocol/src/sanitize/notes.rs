//! What a reader can tell about an indicator without its author's list.
//!
//! Notes are remarks beside what was received: they say what a block of it would hit, and never decide whether a record is
//! taken in or believed. They come from the reader's own lists and the built-in facts alone.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::facts::{self, Role};
use super::judge::built_in;
use super::lookalike::flags;
use super::origin::Candidate;
use super::url_parts::UrlParts;
use super::warninglist::{Effect, How, Warninglists};
use crate::indicator::{Indicator, Kind};

/// Lists that are named for one value.
const MOST_LISTS: usize = 3;

/// A remark about a received indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The rule of the sanitizer that would have kept it home, if one would.
    pub rule: Option<u16>,
    /// In plain words.
    pub text: String,
}

/// What a block of `indicator` would hit, and what is odd about it. Empty for most.
pub fn received_notes(indicator: &Indicator, warninglists: &Warninglists) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut add = |rule, text| notes.push(Note { rule, text });
    if let Some(rule) = built_in(&Candidate::stated(indicator.clone(), 0)) {
        add(Some(rule.number), rule.reason.to_string());
    } else if let Some(text) = host_note(indicator) {
        add(None, text.to_string());
    }
    let hits = warninglists.hits(indicator);
    for hit in hits.iter().take(MOST_LISTS) {
        let name = &hit.list.name;
        let text = match hit.how {
            How::Exact => format!("on the warninglist \"{name}\""),
            How::Host => format!("its host is on the warninglist \"{name}\""),
            How::Under { .. } => format!("under a name on the warninglist \"{name}\""),
            How::Inside => format!("holds something of the warninglist \"{name}\""),
        };
        let rule = match hit.list.effect {
            Effect::Dropped => Some(513),
            Effect::Held => Some(514),
            Effect::Told => None,
        };
        add(rule, text);
    }
    if hits.len() > MOST_LISTS {
        add(None, format!("on {} more warninglists", hits.len().saturating_sub(MOST_LISTS)));
    }
    for flag in flags(indicator) {
        add(None, flag.to_string());
    }
    if is_overlong(indicator) {
        add(None, "unusually long: many tools cut it off".to_string());
    }
    notes
}

fn host_note(indicator: &Indicator) -> Option<&'static str> {
    let parts = (indicator.kind() == Kind::Url).then(|| UrlParts::split(indicator.value())).flatten()?;
    match facts::role(parts.host)? {
        Role::Shortener => Some("a link shortener: block this URL, never its host"),
        Role::MailService => Some("a link of a mail service: block this URL, never its host"),
        _ => Some("its host serves strangers or nearly everybody: block this URL, never its host"),
    }
}

/// Longer than what common tools and protocols carry.
fn is_overlong(indicator: &Indicator) -> bool {
    let most = match indicator.kind() {
        // Proxies and block lists commonly stop at 2,048 (RFC 9110 asks for 8,000).
        Kind::Url => 2048,
        // RFC 5321: 64 before the @, 255 after it.
        Kind::Email => 320,
        // The bytes of a name on every common file system.
        Kind::Filename => 255,
        Kind::UserAgent => 1024,
        _ => return false,
    };
    indicator.value().len() > most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, value: &str) -> Vec<String> {
        let indicator = Indicator::parse(kind, value);
        let notes = indicator.map(|indicator| received_notes(&indicator, &Warninglists::none()));
        notes.unwrap_or_default().into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn a_reader_is_told_what_a_block_would_hit() {
        for (kind, value, word) in [
            (Kind::Ipv4, "192.168.1.1", "private address"),
            (Kind::Ipv4, "8.8.8.8", "resolver"),
            (Kind::Domain, "google.com", "nearly everybody uses"),
            (Kind::Domain, "github.io", "whole service"),
            (Kind::Url, "https://docs.google.com/forms/d/1/viewform", "block this URL"),
            (Kind::Url, "https://bit.ly/3xyz", "shortener"),
            (Kind::Filename, "svchost.exe", "every computer"),
            (Kind::Domain, "paypa1.com", "imitates paypal.com"),
        ] {
            let notes = of(kind, value);
            assert!(notes.len() == 1 && notes.iter().all(|note| note.contains(word)), "{value}: {notes:?}");
        }
        let long = format!("https://ohio-invoices.net/{}", "a".repeat(3000));
        assert_eq!(of(Kind::Url, &long).len(), 1);
        assert!(of(Kind::Domain, "ohio-invoices.net").is_empty());
        assert!(of(Kind::Ipv4, "185.174.101.13").is_empty());
    }
}
