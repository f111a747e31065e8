//! The search for all needles in one pass over a text.
//!
//! Decides where a needle stands: gaps are skipped as the text is read, and a hit counts when the gaps in it and what
//! stands around it fit its sort. Linear in the text, but for hits on strings that hold one another.

use alloc::vec::Vec;
use core::ops::Range;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;

use super::fold::{GAP, class};
use super::needles::{Needle, Needles, Sort};
use super::sieve::Sieve;

/// The longest gap inside a needle.
const MAX_GAP: usize = 16;

/// Names of so many letters are found whatever stands between the letters, and written as one word backwards too.
const LONG: usize = 8;

/// The fewest letters of what counts inside a longer word, where words are glued.
const MIN_GLUED: usize = 7;

/// The fewest letters of a name whose words are written as one.
const MIN_JOINED: usize = 6;

/// Which needles count, and how much around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// In any text.
    Text,
    /// In what people wrote: the longer tokens too, as words.
    Prose,
    /// In a part of a URL or a file name: whole tokens too.
    Token,
    /// In a handle, a hashtag or an app's name, where words are glued together.
    Glued,
    /// The same, whole tokens too.
    GluedToken,
}

impl Mode {
    fn is_glued(self) -> bool {
        matches!(self, Mode::Glued | Mode::GluedToken)
    }

    fn counts_tokens(self) -> bool {
        matches!(self, Mode::Token | Mode::GluedToken)
    }

    fn counts(self, needle: &Needle) -> bool {
        needle.sort != Sort::Token || self.counts_tokens() || self == Mode::Prose
    }

    /// For a reading in which strings under `shortest` bytes do not count. What stands around a string that was decoded may
    /// be rubble of digits that do not belong to it.
    pub(super) fn in_reading(self, shortest: usize) -> Mode {
        if shortest == 0 {
            return self;
        }
        if self.counts_tokens() { Mode::GluedToken } else { Mode::Glued }
    }
}

/// All needles of some lists.
pub(super) struct Automaton {
    nfa: Option<NFA>,
    needles: Vec<Needle>,
    sieve: Sieve,
    /// There were more needles than can be searched for: everything counts as found then.
    pub(super) is_overfull: bool,
}

impl Automaton {
    pub(super) fn new(needles: Needles) -> Automaton {
        let (needles, bytes) = needles.finish();
        if needles.is_empty() {
            return Automaton { nfa: None, needles, sieve: Sieve::default(), is_overfull: false };
        }
        let sieve = Sieve::new(&bytes);
        let nfa = NFA::builder().prefilter(false).build(bytes);
        Automaton { is_overfull: nfa.is_err(), nfa: nfa.ok(), needles, sieve }
    }

    /// Whether nothing can be found.
    pub(super) fn is_empty(&self) -> bool {
        self.nfa.is_none() && !self.is_overfull
    }

    /// Whether `text`, folded, may hold a needle of at least `shortest` bytes, as far as a glance tells.
    pub(super) fn may_hold(&self, text: &str, shortest: usize) -> bool {
        self.sieve.may_hold(text, shortest)
    }

    /// The same for `text` in rot13.
    pub(super) fn may_hold_rotated(&self, text: &str, shortest: usize) -> bool {
        !text.is_ascii() || self.sieve.may_hold_rotated(text, shortest)
    }

    /// The first place of `text`, folded, at which a needle of at least `shortest` bytes stands.
    pub(super) fn first(&self, text: &str, shortest: usize, mode: Mode) -> Option<(Range<usize>, Sort)> {
        let mut first = None;
        self.each(text, shortest, mode, |range, sort| {
            first = Some((range, sort));
            true
        });
        first
    }

    /// Every place at which a needle stands, until `stop` says so.
    pub(super) fn each(
        &self,
        text: &str,
        shortest: usize,
        mode: Mode,
        stop: impl FnMut(Range<usize>, Sort) -> bool,
    ) {
        if self.may_hold(text, shortest) {
            self.search(text, shortest, mode, stop);
        }
    }

    /// The same without a glance before.
    pub(super) fn search(
        &self,
        text: &str,
        shortest: usize,
        mode: Mode,
        mut stop: impl FnMut(Range<usize>, Sort) -> bool,
    ) {
        let Some(nfa) = &self.nfa else { return };
        let Ok(start) = nfa.start_state(Anchored::No) else { return };
        let mut state = start;
        let mut gap = 0_usize;
        for (at, byte) in text.bytes().enumerate() {
            let plain = class(byte);
            if plain == GAP {
                gap = gap.saturating_add(1);
                if gap > MAX_GAP {
                    state = start;
                }
                continue;
            }
            gap = 0;
            state = nfa.next_state(Anchored::No, state, plain);
            if !nfa.is_special(state) || !nfa.is_match(state) {
                continue;
            }
            for index in 0..nfa.match_len(state) {
                let needle = self.needles.get(nfa.match_pattern(state, index).as_usize());
                let Some(needle) = needle.filter(|needle| needle.length >= shortest) else { continue };
                if let Some(range) = stands(needle, text, at.saturating_add(1), mode)
                    && stop(range, needle.sort)
                {
                    return;
                }
            }
        }
    }
}

/// The range of `text` up to `end` that spells `needle`, if its gaps and surroundings fit.
fn stands(needle: &Needle, text: &str, end: usize, mode: Mode) -> Option<Range<usize>> {
    if !mode.counts(needle) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut gaps = Gaps::default();
    let mut at = end;
    for index in (0..needle.length).rev() {
        let gap_end = at;
        while bytes.get(at.checked_sub(1)?).is_some_and(|byte| class(*byte) == GAP) {
            at = at.checked_sub(1)?;
        }
        if index.saturating_add(1) < needle.length {
            gaps.note(needle, index.saturating_add(1), bytes.get(at..gap_end)?);
        }
        at = at.checked_sub(1)?;
    }
    let range = at..end;
    (gaps.fit(needle) && surroundings_fit(needle, text, &range, &gaps, mode)).then_some(range)
}

/// The gaps that a hit has.
#[derive(Default)]
struct Gaps {
    count: usize,
    /// Between words, or at the dots of a domain.
    at_joints: usize,
    /// At the dots of a domain, with something else than a dot.
    loose: usize,
    /// Where none belongs.
    misplaced: usize,
    /// By what stands between a name and an address.
    is_broken: bool,
    /// There is a blank among them.
    has_blank: bool,
}

impl Gaps {
    fn note(&mut self, needle: &Needle, index: usize, gap: &[u8]) {
        let bit = u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index));
        let is_joint = bit.is_none_or(|bit| needle.joints & bit != 0);
        let is_hyphen = bit.is_some_and(|bit| needle.hyphens & bit != 0);
        if !gap.is_empty() {
            self.count = self.count.saturating_add(1);
            self.has_blank |= gap.iter().any(u8::is_ascii_whitespace);
        }
        if needle.sort == Sort::Domain {
            match (is_joint, domain_gap(gap)) {
                (true, DomainGap::Dot) => self.at_joints = self.at_joints.saturating_add(1),
                (true, DomainGap::None | DomainGap::Hyphen) => self.loose = self.loose.saturating_add(1),
                (false, DomainGap::None) => {}
                (false, DomainGap::Hyphen) if is_hyphen => {}
                _ => self.misplaced = self.misplaced.saturating_add(1),
            }
        } else if !gap.is_empty() {
            // `Anna Lee <anna@...>` is no `Lee, Anna`.
            self.is_broken |= needle.sort == Sort::Name && gap.iter().any(|byte| matches!(byte, b'<' | b'>'));
            let is_long = gap.len() > MAX_GAP;
            if is_joint && !is_long {
                self.at_joints = self.at_joints.saturating_add(1);
            } else if needle.sort != Sort::Phone || gap.len() > 3 || !gap.iter().all(is_phone_gap) {
                self.misplaced = self.misplaced.saturating_add(1);
            }
        }
    }

    fn fit(&self, needle: &Needle) -> bool {
        let spelled_out = self.count == needle.length.saturating_sub(1);
        match needle.sort {
            Sort::Domain => {
                self.misplaced == 0 && (self.loose == 0 || (self.at_joints == 0 && needle.length >= LONG))
            }
            Sort::Phone | Sort::Token => self.misplaced == 0,
            Sort::Address | Sort::Name | Sort::Label => {
                let is_joined = needle.joints != 0 && self.count == 0;
                !self.is_broken
                    && (self.misplaced == 0 || spelled_out || needle.length >= LONG)
                    && !(is_joined && needle.length < MIN_JOINED)
            }
        }
    }
}

enum DomainGap {
    None,
    Dot,
    Hyphen,
    Other,
}

/// What stands for the dot of a domain: itself, in brackets, escaped, with a blank before it.
fn domain_gap(gap: &[u8]) -> DomainGap {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    match gap {
        [] => DomainGap::None,
        gap if gap.len() <= 7 && gap.iter().all(|byte| matches!(byte, b'-' | b'_')) => DomainGap::Hyphen,
        gap if gap.len() <= 7 && gap.contains(&b'.') => {
            let is_bracketed = gap.iter().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'<'));
            let ends_sentence = gap.iter().any(is_blank) && !gap.first().is_some_and(is_blank);
            if is_bracketed || !ends_sentence { DomainGap::Dot } else { DomainGap::Other }
        }
        _ => DomainGap::Other,
    }
}

fn is_phone_gap(byte: &u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+')
}

fn surroundings_fit(needle: &Needle, text: &str, range: &Range<usize>, gaps: &Gaps, mode: Mode) -> bool {
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|tail| tail.chars().next());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_alphanumeric = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let can_be_glued = matches!(needle.sort, Sort::Name | Sort::Label | Sort::Address | Sort::Domain);
    if mode.is_glued() && can_be_glued && needle.length >= MIN_GLUED {
        return true;
    }
    let free = match needle.sort {
        Sort::Domain => !is_alphanumeric(before) && !is_alphanumeric(after),
        Sort::Phone => {
            // A country's number and the like may stand before it, but no number is longer than fifteen digits.
            let head = text.as_bytes().get(..range.start).unwrap_or_default();
            let more = head.iter().rev().take(15).take_while(|byte| byte.is_ascii_digit()).count();
            let before = head.len().checked_sub(more.saturating_add(1)).and_then(|at| head.get(at));
            let is_clear = !before.is_some_and(u8::is_ascii_alphabetic) && !is_letter(after);
            (is_clear || mode.is_glued())
                && !after.is_some_and(|c| c.is_ascii_digit())
                && more.saturating_add(needle.length) <= 15
        }
        Sort::Token => {
            let counts = !is_letter(after) && (needle.length >= MIN_JOINED || !is_alphanumeric(after));
            // A short one in prose is written like a login: `a.li`.
            let is_login = gaps.at_joints > 0 && !gaps.has_blank && !is_alphanumeric(after);
            let fits = mode != Mode::Prose || needle.length >= MIN_JOINED || is_login;
            !is_alphanumeric(before) && counts && fits
        }
        Sort::Address => {
            let is_other = before == Some('.') || is_letter(before);
            (!is_other && !is_letter(after)) || (gaps.count == 0 && needle.length >= 12)
        }
        Sort::Label if gaps.count == 0 && needle.length >= LONG => true,
        Sort::Name | Sort::Label => !is_letter(before) && !is_letter(after),
    };
    free || (matches!(needle.sort, Sort::Name | Sort::Address | Sort::Token) && is_syllabic(text, range))
        || (needle.sort == Sort::Name && needle.length >= 5 && is_camel(text, range))
}

/// `TeamAnnaLeeInvoice`: a capital begins the name and another follows it.
fn is_camel(text: &str, range: &Range<usize>) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).copied().unwrap_or(b' ');
    let (before, first) = (byte(range.start.checked_sub(1)), byte(Some(range.start)));
    let (last, after) = (byte(range.end.checked_sub(1)), byte(Some(range.end)));
    let begins = !before.is_ascii_alphabetic() || (before.is_ascii_lowercase() && first.is_ascii_uppercase());
    let ends = !after.is_ascii_alphabetic() || (last.is_ascii_lowercase() && after.is_ascii_uppercase());
    before.is_ascii() && after.is_ascii() && begins && ends
}

/// In Chinese, Japanese, Korean and Thai no blank stands between words.
fn is_syllabic(text: &str, range: &Range<usize>) -> bool {
    let is_syllable = |c: char| matches!(c, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    text.get(range.clone()).is_some_and(|word| word.chars().all(is_syllable))
}
