//! Which words of a person may stand in an act: short, one line, nothing that hides or reorders what is read.
//!
//! The list is written out, and not taken from Unicode tables of the standard library, because every node has to
//! decide alike whatever version it was built with.

/// Whether `text` has at most `max_chars` characters and none that controls, hides or reorders text.
pub(super) fn is_plain(text: &str, max_chars: usize) -> bool {
    // A character has at most four bytes: this bounds the count before it is made.
    text.len() <= max_chars.saturating_mul(4)
        && text.chars().count() <= max_chars
        && !text.chars().any(is_hidden)
}

/// Controls (C0, C1, DEL), line separators, invisible and bidirectional formatting characters.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A name as it is compared: ASCII letters in lower case, the rest as it is.
///
/// Only ASCII, because full case folding changes with the Unicode version a node was built with, and two nodes that
/// fold differently would disagree on who is a member.
pub(super) fn folded(name: &str) -> alloc::string::String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_can_not_reorder_or_hide_what_is_read() {
        assert!(is_plain("Phished on Monday; spoke to Ana by phone", 300));
        assert!(is_plain("", 300));
        for bad in ["a\nb", "a\u{202e}b", "a\u{200b}b", "a\u{7f}", "\u{feff}a", "a\u{2066}b"] {
            assert!(!is_plain(bad, 300), "{bad:?}");
        }
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert!(is_plain(&"ü".repeat(300), 300));
        assert!(!is_plain(&"ü".repeat(301), 300));
    }
}
