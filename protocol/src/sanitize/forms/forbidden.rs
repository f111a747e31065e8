//! The strings that must not leave, and how a text holds them.
//!
//! Decides for the rules whether, where and in which form a forbidden string stands.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::Form;
use super::automaton::{Automaton, Mode};
use super::digests::Digests;
use super::fold::{GAP, class, folded, folded_with_origins};
use super::needles::{Needles, Sort};
use super::networks::Networks;
use super::readings::{Reader, read};
use super::respell::respelled_with_origins;
use crate::indicator::trim_wrappers;
use crate::sanitize::own::OwnList;

/// The shortest run of base64 digits that is undone in a text, and in a token.
const MIN_RUN: usize = 8;
const MIN_TOKEN_RUN: usize = 4;

/// The strings of some lists, ready for searching.
pub(in crate::sanitize) struct Forbidden {
    pub(super) automaton: Automaton,
    pub(super) digests: Digests,
    pub(super) networks: Networks,
}

impl Forbidden {
    pub(in crate::sanitize) fn new(lists: &[&OwnList]) -> Forbidden {
        Forbidden {
            automaton: Automaton::new(Needles::of(lists)),
            digests: Digests::of(lists),
            networks: Networks::of(lists),
        }
    }

    /// How `text` holds one of the strings, if it does.
    pub(in crate::sanitize) fn form_in(&self, text: &str) -> Option<Form> {
        self.form(text, Mode::Text)
    }

    /// The same for what people wrote, where logins and local parts of six letters and more, or with their dot, count as words too.
    pub(in crate::sanitize) fn form_in_prose(&self, text: &str) -> Option<Form> {
        self.form(text, Mode::Prose)
    }

    /// How a part of a URL or a file name holds one of the strings, or as a whole token (a part of it between blanks and
    /// punctuation) the local part of a listed address or a listed name as logins shorten it (`a.lee`).
    pub(in crate::sanitize) fn form_in_part(&self, part: &str) -> Option<Form> {
        self.form(part, Mode::Token)
    }

    /// How a handle, a hashtag or an app's name, in which words are glued together, holds one of the strings.
    pub(in crate::sanitize) fn form_in_handle(&self, handle: &str) -> Option<Form> {
        self.form(handle, Mode::Glued)
    }

    /// Whether the whole of `token` is one of the strings, the local part of a listed address, or a listed name as logins
    /// shorten it; in any form.
    pub(in crate::sanitize) fn token_is(&self, token: &str) -> bool {
        let mut whole = Whole { forbidden: self };
        self.is_something()
            && (read(token, MIN_TOKEN_RUN, &mut whole).is_some() || self.short_token_is(token))
    }

    /// Whether the whole of `token` is digits that hide a token too short to be looked for in any run of digits.
    pub(super) fn short_token_is(&self, token: &str) -> bool {
        let hidden = super::parts::deepest(token);
        hidden != token && Whole { forbidden: self }.text(Form::Base64, 0, &hidden)
    }

    /// The byte ranges of what people wrote, in order, joined where they overlap, that hold one of the strings in any form. A
    /// word (an address, a URL, something encoded) is taken as a whole, and a line when its words by themselves are
    /// innocent. Empty when nothing is found, and when nothing smaller than the text can be named.
    pub(in crate::sanitize) fn ranges_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        if self.form_in_prose(text).is_none() {
            return ranges;
        }
        self.plain_ranges(text, &mut ranges);
        for word in pieces(text, char::is_whitespace) {
            if text.get(word.clone()).is_some_and(|word| self.form_in_prose(word).is_some()) {
                ranges.push(word);
            }
        }
        let mut ranges = merged(ranges);
        let mut lines = Vec::new();
        for line in pieces(text, |c| c == '\n') {
            let next = ranges.partition_point(|range| range.end <= line.start);
            let is_cut = ranges.get(next).is_some_and(|range| range.start < line.end);
            if !is_cut && text.get(line.clone()).is_some_and(|line| self.form_in_prose(line).is_some()) {
                lines.push(line);
            }
        }
        ranges.extend(lines);
        merged(ranges)
    }

    /// Which of the parts of a URL (path segments and query values, in their order) hold one of the strings: alone, as a
    /// whole token, or joined with up to three neighbours.
    pub(in crate::sanitize) fn parts_holding(&self, parts: &[&str]) -> BTreeSet<usize> {
        if !self.is_something() {
            return BTreeSet::new();
        }
        super::parts::holding(self, parts)
    }

    /// Whether there is anything to look for.
    pub(super) fn is_something(&self) -> bool {
        !self.automaton.is_empty() || !self.networks.is_empty()
    }

    fn form(&self, text: &str, mode: Mode) -> Option<Form> {
        if !self.is_something() {
            return None;
        }
        if self.automaton.is_overfull {
            return Some(Form::Unread);
        }
        let shortest_run = if mode == Mode::Token { MIN_TOKEN_RUN } else { MIN_RUN };
        if mode == Mode::Token && self.short_token_is(text) {
            return Some(Form::Base64);
        }
        read(text, shortest_run, &mut Search { forbidden: self, mode })
    }

    /// Whether one reading of a text holds something.
    fn is_in(&self, reading: &str, shortest: usize, mode: Mode) -> bool {
        let mode = mode.in_reading(shortest);
        self.automaton.first(&folded(reading), shortest, mode).is_some()
            || self.networks.first(reading).is_some()
    }

    /// Whether a string stands in `text`, as it is, across all of `seams`.
    pub(super) fn spans(&self, text: &str, seams: &[usize]) -> bool {
        if text.is_ascii() && !self.automaton.may_hold(text, 0) {
            return false;
        }
        let (folded, origins) = folded_with_origins(text);
        let origin = |at: usize| origins.get(at).map_or(text.len(), |(start, _)| *start);
        let mut found = false;
        self.automaton.each(&folded, 0, Mode::Text, |range, _| {
            let last = origin(range.end.saturating_sub(1));
            found = seams.iter().all(|seam| origin(range.start) < *seam && *seam <= last);
            found
        });
        found
    }

    /// Where `text` holds something as it stands or in words (`anna at campaign dot org`).
    fn plain_ranges(&self, text: &str, ranges: &mut Vec<Range<usize>>) {
        let (folded, origins) = folded_with_origins(text);
        self.origin_ranges(text, &folded, &origins, ranges);
        if let Some((respelled, origins)) = respelled_with_origins(&folded, &origins) {
            self.origin_ranges(text, &respelled, &origins, ranges);
        }
        ranges.extend(self.networks.all(text));
    }

    fn origin_ranges(
        &self,
        text: &str,
        folded: &str,
        origins: &[(usize, usize)],
        ranges: &mut Vec<Range<usize>>,
    ) {
        self.automaton.each(folded, 0, Mode::Prose, |mut found, sort| {
            if sort == Sort::Domain {
                found = with_local_part(folded, found);
            }
            let first = origins.get(found.start).map(|(start, _)| *start);
            let last = found.end.checked_sub(1).and_then(|last| origins.get(last)).map(|(_, end)| *end);
            if let (Some(start), Some(end)) = (first, last) {
                ranges.push(start..end.max(start).min(text.len()));
            }
            false
        });
    }
}

/// A domain with what stands directly before its `@`.
fn with_local_part(text: &str, domain: Range<usize>) -> Range<usize> {
    const LONGEST: usize = 64;
    let Some(head) = text
        .get(..domain.start)
        .and_then(|head| head.trim_end_matches(['[', '(', ']', ')']).strip_suffix('@'))
    else {
        return domain;
    };
    let is_local =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'\'');
    let head = head.trim_end_matches(['[', '(']);
    let length = head.bytes().rev().take(LONGEST).take_while(|byte| is_local(byte)).count();
    head.len().saturating_sub(length)..domain.end
}

/// Finds the strings anywhere.
struct Search<'a> {
    forbidden: &'a Forbidden,
    mode: Mode,
}

impl Reader for Search<'_> {
    fn text(&mut self, _form: Form, shortest: usize, text: &str) -> bool {
        self.forbidden.is_in(text, shortest, self.mode)
    }

    fn may_hold_rotated(&self, shortest: usize, text: &str) -> bool {
        let Forbidden { automaton, networks, .. } = self.forbidden;
        networks.may_be_in(text) || automaton.may_hold_rotated(text, shortest)
    }

    fn digest(&mut self, window: u64) -> bool {
        self.forbidden.digests.holds(window)
    }

    fn caseless_digest(&mut self, window: u64) -> bool {
        self.forbidden.digests.holds_caseless(window)
    }
}

/// Finds a string that is the whole of a reading.
struct Whole<'a> {
    forbidden: &'a Forbidden,
}

impl Reader for Whole<'_> {
    fn text(&mut self, _form: Form, shortest: usize, text: &str) -> bool {
        let folded = folded(text);
        let core = folded
            .trim_matches(|c: char| u8::try_from(c).is_ok_and(|byte| class(byte) == GAP && c.is_ascii()));
        let mut is_whole = false;
        self.forbidden.automaton.each(core, shortest, Mode::Token, |range, _| {
            is_whole = range == (0..core.len());
            is_whole
        });
        is_whole
    }

    fn may_hold_rotated(&self, shortest: usize, text: &str) -> bool {
        self.forbidden.automaton.may_hold_rotated(text, shortest)
    }

    fn digest(&mut self, window: u64) -> bool {
        self.forbidden.digests.holds(window)
    }

    fn caseless_digest(&mut self, window: u64) -> bool {
        self.forbidden.digests.holds_caseless(window)
    }
}

/// Every reading of `text`, each with its form, for those who look for something else in them.
pub(in crate::sanitize) fn readings(text: &str) -> Vec<(Form, String)> {
    struct Collect(Vec<(Form, String)>);
    impl Reader for Collect {
        fn text(&mut self, form: Form, _shortest: usize, text: &str) -> bool {
            if form != Form::Rotated {
                self.0.push((form, folded(text).to_lowercase()));
            }
            false
        }

        fn may_hold_rotated(&self, _shortest: usize, _text: &str) -> bool {
            false
        }
    }
    let mut collect = Collect(Vec::new());
    read(text, MIN_RUN, &mut collect);
    collect.0
}

/// The pieces of `text` between `by`, without the quotes and punctuation around them, as byte ranges.
fn pieces(text: &str, by: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0_usize;
    text.split_inclusive(by).map(move |piece| {
        let core = trim_wrappers(piece);
        let start = at.saturating_add(piece.find(core).unwrap_or(0));
        at = at.saturating_add(piece.len());
        start..start.saturating_add(core.len())
    })
}

/// The ranges in order, overlapping ones joined.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
