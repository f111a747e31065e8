//! Undoing what people do to an indicator so that nobody clicks on it.
//!
//! Decides the spelling only: what comes out may still be no indicator. Two uses: [`refang`] for one value, and
//! `Refanged::text` (crate-internal) for running text, which remembers where every byte came from.
//!
//! What is undone: `[.]` `(.)` `{.}` `[dot]` `(dot)` `[@]` `[at]` `(at)` `[:]` `[/]` `[://]` and `\.`; the schemes
//! `hxxp`, `hxtp`, `htxp`, `h**p`, `fxp` and `meow`, in any case and with their `s`; AsciiDoc's `++...++`; quotes, backticks,
//! angle brackets and unpaired brackets around a value; punctuation after it; invisible spaces inside it. In one value
//! also ` dot ` and ` at ` between words; in running text they are ordinary English.
//!
//! Each step rewrites the end of what has been written so far, so the work is linear and a second pass changes nothing.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::wrappers::trim_wrappers;

/// One value as it was before it was defanged. Idempotent, linear in the length of `value`.
pub fn refang(value: &str) -> Cow<'_, str> {
    let reduced = Refanged::one_value(value);
    let trimmed = trim_wrappers(&reduced.text);
    match real_scheme(trimmed) {
        Some((rest, scheme)) => {
            let mut fixed = String::with_capacity(trimmed.len().saturating_add(2));
            fixed.push_str(scheme);
            fixed.push_str(rest);
            Cow::Owned(fixed)
        }
        None if reduced.text == value => Cow::Borrowed(trim_wrappers(value)),
        None => Cow::Owned(String::from(trimmed)),
    }
}

/// Text in which the bracketed forms are undone, with the way back to the original.
pub(crate) struct Refanged {
    /// The text as it reads now.
    pub(crate) text: String,
    /// For each byte of `text`, the bytes of the original that it stands for.
    origins: Vec<(u32, u32)>,
    /// Where in `text` something was undone, ascending.
    marks: Vec<usize>,
    /// Whether blanks around `[.]`, and ` dot ` and ` at `, belong to the value.
    one_value: bool,
    /// The last character was put in place of a spaced form: blanks that follow go too.
    skip_blanks: bool,
}

impl Refanged {
    /// Running text, at most `u32::MAX` bytes of it (callers hand in lines).
    pub(crate) fn text(original: &str) -> Refanged {
        Refanged::reduce(original, false)
    }

    /// One value, in which ` dot ` and ` at ` and blanks around brackets are undone too.
    pub(crate) fn one_value(original: &str) -> Refanged {
        Refanged::reduce(original, true)
    }

    /// The bytes of the original that `range` of `text` was made from.
    pub(crate) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.origins.get(range.start).map_or(0, |(start, _)| *start as usize);
        let last = range.end.checked_sub(1).and_then(|last| self.origins.get(last));
        start..last.map_or(start, |(_, end)| *end as usize).max(start)
    }

    /// Whether anything was undone inside `range` of `text`.
    pub(crate) fn defanged(&self, range: &Range<usize>) -> bool {
        let first = self.marks.partition_point(|mark| *mark < range.start);
        self.marks.get(first).is_some_and(|mark| *mark < range.end)
    }

    fn reduce(original: &str, one_value: bool) -> Refanged {
        let mut refanged = Refanged {
            text: String::with_capacity(original.len()),
            origins: Vec::with_capacity(original.len()),
            marks: Vec::new(),
            one_value,
            skip_blanks: false,
        };
        for (start, character) in original.char_indices() {
            let end = start.saturating_add(character.len_utf8());
            let origin = (u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX));
            refanged.push(character, origin);
        }
        refanged
    }

    fn push(&mut self, character: char, origin: (u32, u32)) {
        if is_invisible(character) || (self.skip_blanks && is_blank(character)) {
            return;
        }
        self.skip_blanks = false;
        self.append(character, origin);
        match character {
            ']' => self.close('['),
            ')' => self.close('('),
            '}' => self.close('{'),
            '.' => self.unescape_dot(),
            ' ' | '\t' if self.one_value => self.close_word(),
            _ => {}
        }
    }

    fn append(&mut self, character: char, origin: (u32, u32)) {
        self.text.push(character);
        self.origins.extend(core::iter::repeat_n(origin, character.len_utf8()));
    }

    /// A closing bracket was written: `open`, a known content and it become what they stand for.
    fn close(&mut self, open: char) {
        // The longest content is `://` or `dot`, with a blank on either side.
        const LONGEST: usize = 7;
        let bytes = self.text.as_bytes();
        let floor = bytes.len().saturating_sub(LONGEST);
        let Some(opened) = (floor..bytes.len()).rev().find(|at| bytes.get(*at) == Some(&(open as u8))) else {
            return;
        };
        let content = self.text.get(opened.saturating_add(1)..self.text.len().saturating_sub(1));
        let content = content.unwrap_or_default().trim_matches(is_blank);
        let (plain, is_word) = match content {
            "." => (".", false),
            "@" => ("@", false),
            ":" => (":", false),
            "://" => ("://", false),
            "/" if open == '[' => ("/", false),
            word if word.eq_ignore_ascii_case("dot") => (".", true),
            word if word.eq_ignore_ascii_case("at") => ("@", true),
            _ => return,
        };
        let spaced = matches!(plain, "." | "@") && (is_word || self.one_value);
        self.replace_tail(opened, plain, spaced);
    }

    /// A blank was written after a word: ` dot ` and ` at ` become what they stand for.
    fn close_word(&mut self) {
        let body = self.text.trim_end_matches(is_blank);
        for (word, plain) in [("dot", "."), ("at", "@")] {
            let Some(start) = body.len().checked_sub(word.len()) else { continue };
            let matches = body.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(word));
            let before = body.get(..start).unwrap_or_default();
            if matches && before.ends_with(is_blank) && !before.trim_matches(is_blank).is_empty() {
                self.replace_tail(start, plain, true);
                return;
            }
        }
    }

    /// A dot was written: `\.` after a letter or digit is a dot.
    fn unescape_dot(&mut self) {
        let Some(before) = self.text.strip_suffix("\\.") else { return };
        if before.ends_with(char::is_alphanumeric) {
            let start = before.len();
            let origin = self.span_from(start);
            self.truncate(start);
            self.append('.', origin);
        }
    }

    fn replace_tail(&mut self, start: usize, plain: &str, spaced: bool) {
        let origin = self.span_from(start);
        self.truncate(start);
        if spaced {
            let kept = self.text.trim_end_matches(is_blank).len();
            if kept > 0 {
                self.truncate(kept);
            }
        }
        for character in plain.chars() {
            let at = self.text.len();
            // Through `push`, so that what this completes is undone as well.
            self.push(character, origin);
            if self.text.len() > at {
                self.marks.push(at);
            } else if self.marks.last() != Some(&self.text.len().saturating_sub(1)) {
                self.marks.push(self.text.len().saturating_sub(1));
            }
        }
        self.skip_blanks = spaced;
    }

    fn span_from(&self, start: usize) -> (u32, u32) {
        let first = self.origins.get(start).map_or(0, |(start, _)| *start);
        (first, self.origins.last().map_or(first, |(_, end)| *end))
    }

    fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.origins.truncate(length);
        let kept = self.marks.partition_point(|mark| *mark < length);
        self.marks.truncate(kept);
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{a0}')
}

/// Zero-width space, word joiner, byte order mark, soft hyphen: pasted along, never meant. (The zero-width joiners
/// carry meaning in Indic and Persian names and stay.)
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The rest of `value` after a defanged scheme, and the real scheme.
pub(crate) fn real_scheme(value: &str) -> Option<(&str, &'static str)> {
    let colon = value.as_bytes().iter().take(8).position(|byte| *byte == b':')?;
    let (scheme, rest) = value.split_at_checked(colon)?;
    const SCHEMES: [(&str, &str); 14] = [
        ("hxxp", "http"),
        ("hxxps", "https"),
        ("hxtp", "http"),
        ("hxtps", "https"),
        ("htxp", "http"),
        ("htxps", "https"),
        ("h**p", "http"),
        ("h**ps", "https"),
        ("fxp", "ftp"),
        ("fxps", "ftps"),
        ("sfxp", "sftp"),
        ("meow", "http"),
        ("wxx", "ws"),
        ("wxxs", "wss"),
    ];
    let (_, real) = SCHEMES.iter().find(|(fake, _)| scheme.eq_ignore_ascii_case(fake))?;
    Some((rest, real))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_way_of_defanging_is_undone() {
        for (defanged, plain) in [
            ("hxxp://evil[.]example[.]org/a", "http://evil.example.org/a"),
            ("hXXps[://]evil(.)example{.}org[/]a", "https://evil.example.org/a"),
            ("HXXP[:]//evil.example.org", "http://evil.example.org"),
            ("http[:]//evil.example.org", "http://evil.example.org"),
            ("fxp://evil[dot]example(DOT)org", "ftp://evil.example.org"),
            ("h**ps://evil.example.org", "https://evil.example.org"),
            ("evil [dot] example [.] org", "evil.example.org"),
            ("evil dot example DOT org", "evil.example.org"),
            ("anna [at] evil (dot) org", "anna@evil.org"),
            ("anna[@]evil.org", "anna@evil.org"),
            ("anna at evil dot org", "anna@evil.org"),
            ("evil\\.example\\.org", "evil.example.org"),
            ("`++https://cuturl[.]app/sot2qq++`", "https://cuturl.app/sot2qq"),
            ("\"<evil.org>\",", "evil.org"),
            ("(see evil.org).", "see evil.org"),
            ("https://en.example.org/wiki/Fire_(tower)", "https://en.example.org/wiki/Fire_(tower)"),
            ("(https://en.example.org/wiki/Fire_(tower)).", "https://en.example.org/wiki/Fire_(tower)"),
            ("ev\u{200b}il[[.]]org", "evil.org"),
            ("**evil.org**", "evil.org"),
        ] {
            assert_eq!(refang(defanged), plain, "{defanged}");
        }
    }

    #[test]
    fn a_plain_value_is_borrowed() {
        assert!(matches!(refang(" evil.org. "), Cow::Borrowed("evil.org")));
    }

    #[test]
    fn running_text_keeps_its_words_apart_and_knows_the_way_back() {
        let text = "with [.] to hide a dot in x[.]org, y [dot] org";
        let refanged = Refanged::text(text);
        assert_eq!(refanged.text, "with . to hide a dot in x.org, y.org");
        let at = refanged.text.find("x.org").unwrap_or_default();
        assert_eq!(text.get(refanged.origin(at..at + 5)), Some("x[.]org"));
        assert!(refanged.defanged(&(at..at + 5)));
        assert!(!refanged.defanged(&(at + 5..at + 7)));
        let at = refanged.text.find("y.org").unwrap_or_default();
        assert_eq!(text.get(refanged.origin(at..at + 5)), Some("y [dot] org"));
    }
}
