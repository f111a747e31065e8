//! The words of a text, with where they stand.

use alloc::vec::Vec;
use core::ops::Range;

/// A run of letters and digits (and what may join them) in a text.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) range: Range<usize>,
}

impl Word<'_> {
    /// Whether it begins with a capital letter, or one of a script that has none, and the rest are letters: `Anna`,
    /// `O'Neill`, `Müller-Lüdenscheid`, `al-Farsi`.
    pub(super) fn is_capitalised(&self) -> bool {
        let bare = match self.text.split_once('-') {
            Some(("al" | "el" | "ul" | "bin" | "abu", rest)) => rest,
            _ => self.text,
        };
        let mut characters = bare.chars();
        characters.next().is_some_and(|first| first.is_uppercase() || is_caseless(first))
            && characters.all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
    }
}

/// A letter of a script without capitals.
fn is_caseless(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii() && !letter.is_lowercase() && !letter.is_uppercase()
}

/// Words of letters, digits, and apostrophes and hyphens between those, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0_usize;
    for (at, character) in text.char_indices() {
        let next = at.saturating_add(character.len_utf8());
        let joins = matches!(character, '\'' | '’' | '-') && start.is_some();
        if character.is_alphanumeric() {
            start = start.or(Some(at));
            end = next;
        } else if !joins {
            push(&mut words, text, start.take(), end);
        }
    }
    push(&mut words, text, start, end);
    words
}

fn push<'t>(words: &mut Vec<Word<'t>>, text: &'t str, start: Option<usize>, end: usize) {
    if let Some(start) = start
        && let Some(word) = text.get(start..end)
    {
        words.push(Word { text: word, range: start..end });
    }
}

/// The pieces of a text between blanks, quotes and angle brackets, with where they stand.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Word<'_>> + '_ {
    let is_between =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '“' | '”' | '„' | '«' | '»');
    let mut at = 0_usize;
    text.split_inclusive(is_between).filter_map(move |piece| {
        let start = at;
        at = at.saturating_add(piece.len());
        let bare = piece.trim_end_matches(is_between);
        (!bare.is_empty()).then(|| Word { text: bare, range: start..start.saturating_add(bare.len()) })
    })
}

/// The last `bytes` bytes of a text, or a few fewer, so that looking back from every word stays linear.
pub(super) fn end_of(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    (from..text.len()).find_map(|from| text.get(from..)).unwrap_or_default()
}

/// The first `bytes` bytes of a text, or a few fewer.
pub(super) fn start_of(text: &str, bytes: usize) -> &str {
    let to = text.len().min(bytes);
    (0..=to).rev().find_map(|to| text.get(..to)).unwrap_or_default()
}
