//! Strings that are split over several parts of a URL.
//!
//! Decides which parts hold a forbidden string together, so that all of them can be masked: `?u=anna.lee&d=campaign.org`,
//! `/campaign.org/anna.lee/`, two halves of one base64 text.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::decode::{self, Scratch, Sink};
use super::forbidden::Forbidden;
use super::unescape::unescaped;

/// How many neighbours may hold a string together.
const MAX_TOGETHER: usize = 4;

/// The longest joined text that is read.
const MAX_BYTES: usize = 4096;

/// The indices of `parts` that hold something.
pub(super) fn holding(forbidden: &Forbidden, parts: &[&str]) -> BTreeSet<usize> {
    let alone = parts.iter().enumerate().filter(|(_, part)| forbidden.form_in_part(part).is_some());
    let alone: BTreeSet<usize> = alone.map(|(index, _)| index).collect();
    let mut holding = alone.clone();
    let decoded: Vec<String> = parts.iter().map(|part| deepest(part)).collect();
    for together in 2..=MAX_TOGETHER {
        for first in 0..parts.len().saturating_sub(together.saturating_sub(1)) {
            let indices = first..first.saturating_add(together);
            let (Some(neighbours), Some(decoded)) =
                (parts.get(indices.clone()), decoded.get(indices.clone()))
            else {
                continue;
            };
            let length: usize = neighbours.iter().map(|part| part.len()).sum();
            if length > MAX_BYTES || neighbours.iter().any(|part| part.is_empty()) {
                continue;
            }
            // Where none holds anything by itself, what is found in the whole is in all of them.
            let is_new = !indices.clone().any(|index| holding.contains(&index));
            let is_one_run = || {
                is_new
                    && neighbours.iter().all(|part| part.len() >= MIN_PIECE)
                    && forbidden.form_in(&neighbours.concat()).is_some()
            };
            if is_across(forbidden, neighbours) || is_across(forbidden, decoded) || is_one_run() {
                holding.extend(indices);
            }
        }
    }
    holding
}

/// The shortest piece of a run of digits.
const MIN_PIECE: usize = 4;

/// Whether a string reaches over all of `parts`, written side by side or as one.
fn is_across<S: AsRef<str>>(forbidden: &Forbidden, parts: &[S]) -> bool {
    ["/", ""].into_iter().any(|by| {
        let mut seams = Vec::new();
        let mut at = 0_usize;
        for part in parts.iter().take(parts.len().saturating_sub(1)) {
            at = at.saturating_add(part.as_ref().len());
            seams.push(at);
            at = at.saturating_add(by.len());
        }
        let texts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        forbidden.spans(&texts.join(by), &seams)
    })
}

/// What `part` as a whole hides in base64 or hexadecimal, or itself without escapes.
pub(super) fn deepest(part: &str) -> String {
    let plain = unescaped(part).unwrap_or_else(|| String::from(part));
    let digits = plain.trim_end_matches('=').as_bytes();
    let is_hexadecimal = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    let is_base64 = digits.len() % 4 != 1
        && digits
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'));
    let mut scratch = Scratch::default();
    let mut whole = Whole::default();
    if digits.len() >= MIN_PIECE && is_hexadecimal {
        decode::hexadecimal(digits, MIN_PIECE, &mut scratch, &mut whole);
        if let Some(text) = whole.text() {
            return text;
        }
        whole = Whole::default();
    }
    if digits.len() >= MIN_PIECE && is_base64 {
        decode::base64(digits, MIN_PIECE, &mut scratch, &mut whole);
        if let Some(text) = whole.text() {
            return text;
        }
    }
    plain
}

/// Keeps what is read from the first offset.
#[derive(Default)]
struct Whole {
    bytes: Vec<u8>,
}

impl Whole {
    fn text(&self) -> Option<String> {
        let text = core::str::from_utf8(&self.bytes).ok().filter(|text| !text.is_empty())?;
        text.chars().all(|c| !c.is_control()).then(|| String::from(text))
    }
}

impl Sink for Whole {
    fn run(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        true
    }

    fn window(&mut self, _window: u64) -> bool {
        false
    }

    fn caseless(&mut self, _window: u64) -> bool {
        false
    }
}
