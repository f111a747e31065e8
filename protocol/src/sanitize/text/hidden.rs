//! Invisible characters, in which a mark for one reader can hide.

use alloc::string::String;

/// `text` without controls (line ends and tabs stay), text-direction marks, zero-width characters, variation selectors
/// of no use and tags. The zero-width joiners stay between letters outside of ASCII, where Persian and Indic words and
/// emoji need them.
pub(super) fn without(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        let is_kept = match character {
            '\n' | '\r' | '\t' => true,
            '\u{200c}' | '\u{200d}' => is_script(before) && is_script(next),
            '\u{fe0e}' | '\u{fe0f}' => !before.is_ascii() || next == '\u{20e3}',
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => false,
            other => !other.is_control(),
        };
        if is_kept {
            clean.push(character);
            before = character;
        }
    }
    clean
}

/// A character of a script or a picture in which the joiners mean something.
fn is_script(character: char) -> bool {
    !character.is_ascii() && !character.is_whitespace() && !matches!(character, '\u{200b}'..='\u{206f}')
}
