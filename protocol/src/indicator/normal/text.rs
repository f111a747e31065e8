//! What no value may hold, and the kinds that are plain text.

use alloc::borrow::Cow;
use alloc::string::String;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::Reason;

/// Characters that show nothing or turn the text around them: a value with one is not what it looks like.
pub(super) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

/// `text` without blanks, quotes and backticks around it, if no deceptive character is left.
pub(super) fn plain(text: &str) -> Result<&str, Reason> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    if trimmed.is_empty() {
        return Err("it is empty");
    }
    if trimmed.chars().any(is_deceptive) {
        return Err("it holds control or text-direction characters");
    }
    Ok(trimmed)
}

/// The composed form (NFC) of `text`.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// The compatible composed form (NFKC) of `text` in lower case, if it has one that stays.
pub(super) fn folded(text: &str) -> Result<String, Reason> {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let mut folded = String::from(text);
    // One round is enough for all but a handful of characters whose lower case composes again.
    for _ in 0..4 {
        let lower: String =
            folded.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
        let next = normalizer.normalize(&lower).into_owned();
        if next == folded {
            return Ok(folded);
        }
        folded = next;
    }
    Err("its letters have no settled lower case")
}

/// An HTTP user agent as it is sent, without blanks around it.
pub(super) fn user_agent(text: &str) -> Result<String, Reason> {
    let agent = plain(text)?;
    let agent = match agent.get(..11) {
        Some(label) if label.eq_ignore_ascii_case("user-agent:") => {
            plain(agent.get(11..).unwrap_or_default())?
        }
        _ => agent,
    };
    if agent.chars().count() < 3 {
        return Err("it is too short to tell anything");
    }
    Ok(String::from(agent))
}
