//! One spelling for what reads alike.
//!
//! Decides which characters count as the same letter: case, width and accents are folded, the usual homoglyphs of other
//! scripts become the Latin letter that they imitate, invisible characters go. The forbidden strings and the texts are
//! folded alike, so nothing is lost by it. Gaps (blanks and punctuation) stay; the search skips them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// What the search does with a byte of folded text: [`GAP`], or the byte to compare.
pub(super) const GAP: u8 = 0;

/// For each byte its lower case, or [`GAP`] for ASCII blanks and punctuation. Control characters and the bytes of other
/// scripts stay as they are.
pub(super) const CLASS: [u8; 256] = {
    let mut class = [GAP; 256];
    let mut byte = 0_u8;
    loop {
        let is_gap = byte.is_ascii_punctuation() || byte.is_ascii_whitespace();
        class[byte as usize] = if is_gap { GAP } else { byte.to_ascii_lowercase() };
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    // A control character that no string has; zero itself would read as a gap.
    class[0] = 1;
    class
};

/// The class of one byte.
pub(super) fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(GAP)
}

/// `text` folded. ASCII text comes back as it is: its case is folded by [`CLASS`] as it is read.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        fold(character, &mut |c| folded.push(c));
    }
    Cow::Owned(folded)
}

/// `text` folded, and for each byte of it the byte range of `text` that it stands for.
pub(super) fn folded_with_origins(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut folded = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    for (start, character) in text.char_indices() {
        let origin = (start, start.saturating_add(character.len_utf8()));
        fold(character, &mut |c| {
            folded.push(c);
            origins.extend(core::iter::repeat_n(origin, c.len_utf8()));
        });
    }
    (folded, origins)
}

/// Whether `character` is an angle bracket or a quote, or is folded to one: what parts a name from its address.
pub(in crate::sanitize) fn encloses(character: char) -> bool {
    let mut found = false;
    fold(character, &mut |c| found |= matches!(c, '<' | '>' | '"'));
    found
}

fn fold(character: char, push: &mut dyn FnMut(char)) {
    if character.is_ascii() {
        push(character);
        return;
    }
    if is_invisible(character) {
        return;
    }
    for part in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(core::iter::once(character)) {
        if is_mark(part) || is_invisible(part) {
            continue;
        }
        for lower in part.to_lowercase().filter(|c| !is_mark(*c)) {
            match latin(lower) {
                Some(latin) => latin.chars().for_each(&mut *push),
                None => push(lower),
            }
        }
    }
}

/// Soft hyphen, zero-width and direction characters, variation selectors, tags.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Accents and other marks that stand on a letter.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The Latin spelling of a lower-case letter that has or imitates one; punctuation of other scripts as ASCII.
fn latin(character: char) -> Option<&'static str> {
    Some(match character {
        'а' | 'α' | 'ɑ' => "a",
        'в' | 'β' => "b",
        'с' | 'ϲ' => "c",
        'ԁ' | 'đ' | 'ð' | 'ɖ' => "d",
        'е' | 'ε' | 'ə' => "e",
        'ɡ' => "g",
        'һ' | 'հ' | 'ħ' => "h",
        'і' | 'ι' | 'ı' | 'ɩ' => "i",
        'ј' | 'ȷ' => "j",
        'к' | 'κ' => "k",
        'ӏ' | 'ł' | 'ŀ' | 'ʟ' => "l",
        'м' => "m",
        'η' | 'ո' | 'ŋ' => "n",
        'о' | 'ο' | 'օ' | 'ø' | 'ɔ' => "o",
        'р' | 'ρ' => "p",
        'ԛ' => "q",
        'ѕ' => "s",
        'т' | 'τ' | 'ŧ' => "t",
        'υ' | 'ս' => "u",
        'ѵ' | 'ν' => "v",
        'ԝ' | 'ω' => "w",
        'х' | 'χ' => "x",
        'у' | 'γ' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fb}' | '\u{b7}' => "-",
        '\u{2016}'..='\u{2029}' | '\u{202f}'..='\u{205f}' | '«' | '»' => " ",
        '。' => ".",
        c if c.is_whitespace() => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_alike_is_folded_to_one_spelling() {
        for (text, plain) in [
            ("ＡＮＮＡ＠ｃａｍｐａｉｇｎ．ｏｒｇ", "anna@campaign.org"),
            ("Zoë Müller-Łukasz", "Zoe Muller-lukasz"),
            ("аnnа", "anna"),
            ("an\u{ad}n\u{200b}a", "anna"),
            ("𝐚𝐧𝐧𝐚 ⓛⓔⓔ", "anna lee"),
            ("Straße", "Strasse"),
            ("a\u{2013}b。c", "a-b.c"),
        ] {
            assert_eq!(folded(text).to_lowercase(), plain.to_lowercase(), "{text}");
            assert_eq!(folded_with_origins(text).0, folded(text));
        }
    }

    #[test]
    fn brackets_and_quotes_of_any_width_enclose() {
        assert!("<>\"＜﹥＂".chars().all(encloses));
        assert!(!"(a)«ß»'".chars().any(encloses));
    }
}
