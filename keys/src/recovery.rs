//! A recovery key on paper: 24 BIP-39 words for the 32 bytes of its seed.
//!
//! The words *are* the secret. They are given back in memory that is wiped; whoever prints them shows them
//! once.

use crate::identity::SigningKey;
use alloc::string::String;
use bip39::{Language, Mnemonic};
use core::fmt;
use zeroize::Zeroizing;

/// How many words a recovery key has.
pub const WORDS: usize = 24;

/// Longest text that is looked at: 24 words of at most 8 letters, with room for any spacing.
const MAX_TEXT_BYTES: usize = 1024;

/// Why words are not a recovery key. Whoever typed them can look at the paper again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryError {
    /// Not 24 words.
    WordCount,
    /// A word that is not in the list.
    UnknownWord {
        /// Which one, counted from 1.
        position: usize,
    },
    /// All words are in the list, but they do not belong together: one is wrong, or two have changed places.
    Checksum,
}

impl RecoveryError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::WordCount => "type all 24 words, in order, with spaces between them",
            Self::UnknownWord { .. } => {
                "compare that word with the paper; every word is an English one of 3 to 8 letters"
            }
            Self::Checksum => "compare every word with the paper, and their order",
        }
    }
}

impl fmt::Display for RecoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WordCount => write!(f, "a recovery key has {WORDS} words"),
            Self::UnknownWord { position } => write!(f, "word {position} is not a recovery word"),
            Self::Checksum => f.write_str("the words do not belong together"),
        }
    }
}

impl core::error::Error for RecoveryError {}

/// The words of a recovery key, with single spaces between them.
#[must_use]
pub fn to_words(key: &SigningKey) -> Zeroizing<String> {
    let seed = key.seed();
    let words = Mnemonic::from_entropy_in(Language::English, seed.as_slice()).expect("BIP-39 takes 32 bytes");
    // Room for the longest words, so that the text is never moved and left behind.
    let mut text = Zeroizing::new(String::with_capacity(WORDS * 9));
    for word in words.words() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// The recovery key of these words, typed with any spacing and in any case.
///
/// # Errors
///
/// See [`RecoveryError`].
pub fn from_words(text: &str) -> Result<SigningKey, RecoveryError> {
    if text.len() > MAX_TEXT_BYTES || text.split_whitespace().count() != WORDS {
        return Err(RecoveryError::WordCount);
    }
    let mut text = Zeroizing::new(String::from(text));
    text.make_ascii_lowercase();
    let words = Mnemonic::parse_in_normalized(Language::English, &text).map_err(|error| match error {
        bip39::Error::UnknownWord(index) => RecoveryError::UnknownWord { position: index.saturating_add(1) },
        bip39::Error::InvalidChecksum => RecoveryError::Checksum,
        _ => RecoveryError::WordCount,
    })?;
    let entropy = Zeroizing::new(words.to_entropy());
    let seed: &[u8; 32] = entropy.as_slice().try_into().map_err(|_| RecoveryError::WordCount)?;
    Ok(SigningKey::from_seed(seed))
}
