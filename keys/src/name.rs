//! What a member calls itself, and the side it declares.
//!
//! Names are for people's eyes. Two members may bear the same name or names that look the same; the identity
//! is the member id and its fingerprint words. What is refused here is what a screen would not show as it is:
//! control, invisible and direction-changing characters.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A member's name: 1 to 64 characters, one line, nothing invisible, no space at either end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// Why a text is not a [`Name`]. Whoever typed it can choose another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing but spaces.
    Empty,
    /// More than [`Name::MAX_CHARS`] characters.
    TooLong,
    /// A character that a screen would not show, or that changes how the rest is shown.
    Invisible(
        /// The character.
        char,
    ),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name needs at least one character"),
            Self::TooLong => write!(f, "a name has at most {} characters", Name::MAX_CHARS),
            Self::Invisible(character) => {
                write!(f, "a name cannot hold the invisible character U+{:04X}", u32::from(*character))
            }
        }
    }
}

impl core::error::Error for NameError {}

impl Name {
    /// Most characters (Unicode scalar values) a name may have.
    pub const MAX_CHARS: usize = 64;

    /// The name in `text`, with spaces at its ends taken away.
    ///
    /// # Errors
    ///
    /// If nothing is left, if it is too long, or if it holds an invisible character.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(NameError::TooLong);
        }
        match text.chars().find(|character| is_invisible(*character)) {
            Some(character) => Err(NameError::Invisible(character)),
            None => Ok(Self(text.into())),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The only white space a name may hold is the ordinary space.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(
            character,
            '\u{AD}' // soft hyphen
                | '\u{34F}' // grapheme joiner
                | '\u{61C}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' // direction
                | '\u{115F}'..='\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
                | '\u{17B4}'..='\u{17B5}' // Khmer inherent vowels
                | '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' // variation selectors
                | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' // zero width, format
                | '\u{2800}' // blank Braille
                | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' // private use
                | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}' // specials, no characters
                | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' // shorthand and musical format
                | '\u{E0000}'..='\u{EFFFF}' // tags and more variation selectors
        )
}

/// The bloc a member declares, such as `democratic` or `nonpartisan`: 1 to 32 of `a-z`, `0-9` and `-`, a
/// letter first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Side(Arc<str>);

/// A text that is not a [`Side`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideError;

impl fmt::Display for SideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a side has 1 to {} characters of a-z, 0-9 and -, and begins with a letter",
            Side::MAX_BYTES
        )
    }
}

impl core::error::Error for SideError {}

impl Side {
    /// Most characters, and bytes, a side may have.
    pub const MAX_BYTES: usize = 32;

    /// The side in `text`, exactly as it stands: sides are compared by their bytes.
    ///
    /// # Errors
    ///
    /// If it is not of the form above.
    pub fn parse(text: &str) -> Result<Self, SideError> {
        let plain = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if plain && begins && text.len() <= Self::MAX_BYTES { Ok(Self(text.into())) } else { Err(SideError) }
    }

    /// The side.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text {
    ($name:ident, $error:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Only what `parse` would leave unchanged is read.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                match Self::parse(&text) {
                    Ok(value) if value.as_str() == text => Ok(value),
                    Ok(_) => Err(D::Error::custom("not in its normal form")),
                    Err(error) => Err(D::Error::custom(error)),
                }
            }
        }
    };
}

text!(Name, NameError);
text!(Side, SideError);
