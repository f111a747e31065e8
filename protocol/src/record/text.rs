//! Which characters a text in a record may hold.
//!
//! A screen, a terminal and a log must show what was signed: control characters, characters that reorder the line
//! (UAX #9 embeddings, overrides, isolates and marks) and characters that show nothing are refused on receipt, and
//! [`tidy`] takes them out before an author signs. Which words may leave the building is the sanitizer's business.

use alloc::string::String;

/// Whether a text is one line or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One line: no line break, no tab.
    One,
    /// Several lines: line feeds and tabs are allowed.
    Many,
}

/// Whether this character must not stand in such a text.
#[must_use]
pub const fn is_forbidden(character: char, lines: Lines) -> bool {
    match character {
        '\n' | '\t' => matches!(lines, Lines::One),
        // Controls: C0 (without the two above), DEL and C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels,
        // Mongolian selectors: nothing to see.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}' => true,
        // Zero width space and joiners, directional marks, line and paragraph separator, embeddings and overrides.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        // Word joiner, invisible operators, isolates, deprecated format characters.
        '\u{2060}'..='\u{206f}' => true,
        // Variation selector 16 and its like stay (emoji); byte order mark, interlinear annotation, object and
        // specials go, as do tags and private use.
        '\u{feff}' | '\u{fff0}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}' => true,
        _ => false,
    }
}

/// Whether the text is as short as it must be, free of forbidden characters and of space at its ends.
#[must_use]
pub fn is_clean(text: &str, max_chars: usize, lines: Lines) -> bool {
    // A character has at most four bytes, so the length in bytes settles most oversized texts without a walk.
    if text.len() > max_chars.saturating_mul(4) || text.trim() != text {
        return false;
    }
    // Plain ASCII is the common case and is decided byte by byte.
    if text.is_ascii() {
        return text.len() <= max_chars && !text.bytes().any(|byte| is_forbidden(char::from(byte), lines));
    }
    text.chars().count() <= max_chars && !text.chars().any(|character| is_forbidden(character, lines))
}

/// The text as an author may sign it: forbidden characters out (line breaks become `\n`, or a space on one line),
/// trimmed, and cut at the limit.
#[must_use]
pub fn tidy(text: &str, max_chars: usize, lines: Lines) -> String {
    let mut out = String::new();
    let mut previous = None;
    for character in text.chars() {
        let kept = match (character, lines) {
            // CR LF is one break.
            ('\n', _) if previous == Some('\r') => None,
            ('\r' | '\n' | '\u{2028}' | '\u{2029}' | '\u{85}', Lines::Many) => Some('\n'),
            ('\r' | '\n' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}', Lines::One) => Some(' '),
            _ if is_forbidden(character, lines) => None,
            _ => Some(character),
        };
        out.extend(kept);
        previous = Some(character);
    }
    let cut: String = out.trim().chars().take(max_chars).collect();
    String::from(cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reordering_and_invisible_characters_are_refused() {
        for character in
            ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{7}', '\u{1b}', '\u{e0041}', '\u{61c}']
        {
            let text = alloc::format!("pay{character}pal");
            assert!(!is_clean(&text, 100, Lines::Many), "{:x}", u32::from(character));
            assert_eq!(tidy(&text, 100, Lines::One), "paypal");
        }
    }

    #[test]
    fn ordinary_writing_is_kept() {
        for text in ["Phishing à la carte", "Фишинг", "選挙への攻撃", "🔥 beacon", "a\tb\nc", ""]
        {
            assert!(is_clean(text, 100, Lines::Many), "{text}");
            assert_eq!(tidy(text, 100, Lines::Many), text);
        }
        assert!(!is_clean("a\nb", 100, Lines::One));
    }

    #[test]
    fn what_tidy_gives_is_clean() {
        let cases = [" a\r\nb\u{2028}c ", "\u{202e}\u{202e}", "x \u{200b}y", "ab cdef", "a\u{85}b\rc"];
        for text in cases {
            for max in [0, 1, 3, 50] {
                for lines in [Lines::One, Lines::Many] {
                    assert!(is_clean(&tidy(text, max, lines), max, lines), "{text:?} {max}");
                }
            }
        }
    }
}
