//! Spellings of a mail address in words and with tags, undone.
//!
//! Decides nothing. `anna_at_campaign_dot_org` and `anna ATcampaign` read as `anna@campaign.org`, and
//! `anna+news@campaign.org` as the address without its tag.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::fold::{GAP, class};

/// The longest tag that is passed over.
const MAX_TAG: usize = 64;

/// The pieces of `text` in their order: kept as they are, or replaced. `None` when nothing is to be respelled.
fn pieces(text: &str) -> Option<Vec<(Range<usize>, Option<char>)>> {
    let bytes = text.as_bytes();
    let mut pieces: Vec<(Range<usize>, Option<char>)> = Vec::new();
    let mut kept_from = 0_usize;
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let found = match byte {
            b'a' | b'A' => word(bytes, at, b"at").map(|range| (range, Some('@'))),
            b'd' | b'D' => word(bytes, at, b"dot").map(|range| (range, Some('.'))),
            b'+' => tag(bytes, at).map(|range| (range, None)),
            _ => None,
        };
        let Some((range, plain)) = found.filter(|(range, _)| range.start >= kept_from) else {
            at = at.saturating_add(1);
            continue;
        };
        pieces.push((kept_from..range.start, None));
        at = range.end;
        kept_from = range.end;
        if let Some(plain) = plain {
            pieces.push((range, Some(plain)));
        }
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.push((kept_from..bytes.len(), None));
    Some(pieces)
}

/// `text` with words for `@` and `.` undone and tags left out, if it has any.
pub(super) fn respelled(text: &str) -> Option<String> {
    let mut respelled = String::with_capacity(text.len());
    for (range, plain) in pieces(text)? {
        match plain {
            Some(plain) => respelled.push(plain),
            None => respelled.push_str(text.get(range).unwrap_or_default()),
        }
    }
    Some(respelled)
}

/// The same for a text that knows where each of its bytes came from.
pub(super) fn respelled_with_origins(
    text: &str,
    origins: &[(usize, usize)],
) -> Option<(String, Vec<(usize, usize)>)> {
    let mut respelled = String::with_capacity(text.len());
    let mut respelled_origins = Vec::with_capacity(text.len());
    for (range, plain) in pieces(text)? {
        match plain {
            Some(plain) => {
                respelled.push(plain);
                let first = origins.get(range.start).map_or(0, |(start, _)| *start);
                let last = range.end.checked_sub(1).and_then(|last| origins.get(last));
                respelled_origins.push((first, last.map_or(first, |(_, end)| *end)));
            }
            None => {
                respelled.push_str(text.get(range.clone()).unwrap_or_default());
                respelled_origins.extend_from_slice(origins.get(range).unwrap_or_default());
            }
        }
    }
    Some((respelled, respelled_origins))
}

/// `expected` as a word of its own, with the gaps on both sides; or in capitals between small letters.
fn word(bytes: &[u8], at: usize, expected: &[u8]) -> Option<Range<usize>> {
    let end = at.saturating_add(expected.len());
    let word = bytes.get(at..end)?;
    if !word.eq_ignore_ascii_case(expected) {
        return None;
    }
    let is_gap = |byte: &u8| class(*byte) == GAP;
    let before = bytes.get(at.checked_sub(1)?)?;
    let after = bytes.get(end)?;
    let is_small = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if is_small(before) && is_small(after) && word.iter().all(u8::is_ascii_uppercase) {
        return Some(at..end);
    }
    if !is_gap(before) || !is_gap(after) {
        return None;
    }
    // Gaps are short; a long one is no way of writing an address.
    const MAX_GAP: usize = 3;
    let head = bytes.get(..at)?;
    let lead = head.iter().rev().take(MAX_GAP).take_while(|byte| is_gap(byte)).count();
    let tail = bytes.get(end..)?.iter().take(MAX_GAP).take_while(|byte| is_gap(byte)).count();
    Some(at.saturating_sub(lead)..end.saturating_add(tail))
}

/// `+tag` in front of an `@` or of what stands for one.
fn tag(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let before = bytes.get(at.checked_sub(1)?)?;
    let rest = bytes.get(at.saturating_add(1)..)?;
    let is_tag = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+');
    let length = rest.iter().take(MAX_TAG).take_while(|byte| is_tag(byte)).count();
    let ends = rest.get(length).is_some_and(|byte| matches!(byte, b'@' | b'=' | b'%' | b'[' | b'('));
    (ends && before.is_ascii_alphanumeric()).then(|| at..at.saturating_add(length).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_tags_are_undone() {
        for (text, plain) in [
            ("anna at campaign dot org", Some("anna@campaign.org")),
            ("anna[at]campaign(DOT)org", Some("anna@campaign.org")),
            ("anna_at_campaign_dot_org", Some("anna@campaign.org")),
            ("annaATcampaignDOTorg", Some("anna@campaign.org")),
            ("anna+news-1@campaign.org", Some("anna@campaign.org")),
            ("q=anna+x%40campaign.org", Some("q=anna%40campaign.org")),
            ("at data.dot", None),
            ("1+1", None),
        ] {
            assert_eq!(respelled(text).as_deref(), plain, "{text}");
            let origins: Vec<_> = (0..text.len()).map(|at| (at, at + 1)).collect();
            let with = respelled_with_origins(text, &origins);
            assert_eq!(with.as_ref().map(|(text, _)| text.as_str()), plain);
            assert!(with.is_none_or(|(text, origins)| text.len() == origins.len()));
        }
    }
}
