//! A member's keys in a safe place: one text with the card and the key file, each a block of its own.
//!
//! The key file in it is sealed like the one in a home; the card says whose it is and needs no secrecy. Nothing else of
//! the home is in it: records come back from the other members, and the own list has to be kept by who made it.

use std::fmt;
use std::io::ErrorKind;

use watchfire_keys::armor::{self, ArmorError, Kind};
use watchfire_keys::keyfile::MAX_KEYFILE_BYTES;
use watchfire_keys::{Card, CardError, PublicKey};

use super::{EditLock, Home, files};
use crate::error::Result;

/// The name of the mark that a home's keys came from a backup.
const RESTORED: &str = "restored";
/// One key, as text.
const MAX_MARK_BYTES: usize = 128;

/// What is in a backup.
pub struct Backup {
    /// Whose it is.
    pub card: Card,
    /// The sealed keys.
    pub key_file: Vec<u8>,
}

/// Why a text is no backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupError {
    /// The block of keys.
    Keys(ArmorError),
    /// The card.
    Card(CardError),
}

impl BackupError {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Keys(ArmorError::Missing | ArmorError::WrongKind { .. }) => {
                "point to the file that watchfire key backup wrote"
            }
            Self::Keys(_) | Self::Card(_) => "another copy of the backup: this one was changed or cut",
        }
    }
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(ArmorError::Missing | ArmorError::WrongKind { .. }) => f.write_str("it holds no keys"),
            Self::Keys(error) => write!(f, "its keys cannot be read: {error}"),
            Self::Card(error) => write!(f, "its card cannot be read: {error}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl Backup {
    /// The text to keep.
    pub fn to_text(&self) -> String {
        let (card, keys) = (self.card.to_text(), armor::encode(Kind::Backup, &self.key_file));
        let (name, side, words) = (&self.card.name, &self.card.side, self.card.fingerprint());
        format!(
            "Keys of {name} ({side}) for Watchfire. Keep this and its passphrase in two places.\nFingerprint: {words}\n\n{card}\n{keys}"
        )
    }

    /// What stands in a text.
    ///
    /// # Errors
    /// See [`BackupError`]. The key file is still sealed, and nothing is known of what is in it.
    pub fn from_text(text: &str) -> std::result::Result<Self, BackupError> {
        let key_file = armor::decode(Kind::Backup, text, MAX_KEYFILE_BYTES).map_err(BackupError::Keys)?;
        let card = Card::from_text(text).map_err(BackupError::Card)?;
        Ok(Self { card, key_file })
    }
}

impl Home {
    /// Notes that the keys of this home came from a backup, and which of them signs records.
    pub fn mark_restored(&self, publisher: Option<PublicKey>, edit: &EditLock) -> Result<()> {
        let key = publisher.map(|key| key.to_string()).unwrap_or_default();
        self.write(RESTORED, key.as_bytes(), edit)
    }

    /// The key that may have signed records of which nothing is known here.
    pub fn restored_publisher(&self) -> Result<Option<PublicKey>> {
        match files::read(&self.root().join(RESTORED), MAX_MARK_BYTES) {
            Ok(bytes) => Ok(std::str::from_utf8(&bytes).ok().and_then(|key| key.trim().parse().ok())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unreadable(RESTORED, &error)),
        }
    }

    /// Whether they did: then records of this member may be with the others that are not here.
    pub fn is_restored(&self) -> Result<bool> {
        files::exists(&self.root().join(RESTORED)).map_err(|error| self.unreadable(RESTORED, &error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use watchfire_keys::armor::ArmorError;
    use watchfire_keys::{Card, Identity, Name, Side, UnixMillis};

    use super::{Backup, BackupError};

    fn backup() -> Backup {
        let identity = Identity::generate(&mut ChaCha20Rng::from_seed([1; 32]));
        let (name, side) = (Name::parse("Smith for State").unwrap(), Side::parse("democratic").unwrap());
        Backup { card: Card::sign(&identity, name, side, UnixMillis(1)), key_file: vec![7; 300] }
    }

    #[test]
    fn what_was_written_reads_back_from_a_mail_that_quotes_it() {
        let text = backup().to_text();
        assert!(text.starts_with("Keys of Smith for State (democratic)"));
        let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
        for text in [text, quoted] {
            let back = Backup::from_text(&text).unwrap();
            assert_eq!((back.card, back.key_file), (backup().card, backup().key_file));
        }
    }

    #[test]
    fn what_is_no_backup_or_a_damaged_one_says_so() {
        let fault = |text: &str| Backup::from_text(text).err().unwrap();
        assert_eq!(fault(""), BackupError::Keys(ArmorError::Missing));
        assert!(matches!(fault(&backup().card.to_text()), BackupError::Keys(ArmorError::WrongKind { .. })));
        let text = backup().to_text();
        let damaged = text.replacen("BwcHBwcH", "BwcHBwcA", 1);
        assert_eq!(fault(&damaged), BackupError::Keys(ArmorError::Damaged));
        let without_card = text.split_once("-----END WATCHFIRE CARD").unwrap().1;
        assert!(matches!(fault(without_card), BackupError::Card(_)));
    }
}
