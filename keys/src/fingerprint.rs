//! Twelve words that two people compare by voice.
//!
//! The words are the BIP-39 form of 128 bits of the hash of an organisation key. A second key with the same
//! words takes about 2^128 tries to find. They stand for the organisation key alone: the rest of a card is
//! signed by it.

use crate::hash::hash;
use crate::identity::PublicKey;
use crate::labels::HASH_FINGERPRINT;
use alloc::string::String;
use bip39::{Language, Mnemonic};
use core::fmt;
use core::str::FromStr;

/// The fingerprint of an organisation key. Displays as twelve words with single spaces between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// How many words it has.
    pub const WORDS: usize = 12;

    /// The fingerprint of this key.
    #[must_use]
    pub fn of(organisation: &PublicKey) -> Self {
        let digest = hash(HASH_FINGERPRINT, &[organisation.as_bytes()]);
        let (bytes, _) = digest.split_first_chunk().expect("16 of 32 bytes");
        Self(*bytes)
    }

    /// Its words, in order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words = self.mnemonic().word_indices().collect::<alloc::vec::Vec<_>>();
        words.into_iter().filter_map(|index| Language::English.word_list().get(index).copied())
    }

    fn mnemonic(&self) -> Mnemonic {
        Mnemonic::from_entropy_in(Language::English, &self.0).expect("BIP-39 takes 16 bytes")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for word in self.words() {
            write!(f, "{separator}{word}")?;
            separator = " ";
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Words that are no fingerprint: not twelve of the list, or one of them misheard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAFingerprint;

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the twelve words of a fingerprint")
    }
}

impl core::error::Error for NotAFingerprint {}

/// Reads words as they are typed: any spacing, any case.
impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        if text.len() > 1024 {
            return Err(NotAFingerprint);
        }
        let text: String = text.to_ascii_lowercase();
        let words = Mnemonic::parse_in_normalized(Language::English, &text).map_err(|_| NotAFingerprint)?;
        words.to_entropy().try_into().map(Self).map_err(|_| NotAFingerprint)
    }
}
