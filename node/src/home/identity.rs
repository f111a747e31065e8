//! The member's keys on disk: made once, opened with care, never replaced.

use std::io::ErrorKind;

use watchfire_keys::keyfile::{self, KdfParams};
use watchfire_keys::{Card, Identity, KeyFileError};

use super::{EditLock, Home, PassphraseSource, files};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::output::Output;
use crate::random;

/// The key file's name inside the home.
const KEY_FILE: &str = "identity.key";
/// The card's name inside the home.
const CARD_FILE: &str = "card.txt";
/// The longest card file that is read: the card, with whatever a mail program wrapped around it.
const MAX_CARD_FILE_BYTES: usize = 64 * 1024;

impl Home {
    /// Refuses a home that has an identity; whatever has the key file's name counts as one.
    pub fn require_fresh(&self) -> Result<()> {
        if !self.is_initialised()? {
            return Ok(());
        }
        Err(Error::new(
            Exit::Failed,
            "already-initialised",
            format!("{} has an identity already, and it is never replaced", self.root().display()),
            "watchfire card to see it, or --home DIR for another home",
        ))
    }

    /// Gives the home its identity: first the card, and last, in one step, the key file that makes it count.
    pub fn store_identity(
        &self,
        identity: &Identity,
        card: &Card,
        passphrase: Option<&[u8]>,
        edit: &EditLock,
    ) -> Result<()> {
        self.require_fresh()?;
        let sealed = keyfile::create(identity, passphrase, KdfParams::DEFAULT, &mut random::generator()?)
            .map_err(|fault| self.key_file_fault(fault))?;
        self.write(CARD_FILE, card.to_text().as_bytes(), edit)?;
        match files::create(&self.identity_path(), &sealed) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.require_fresh(),
            Err(error) => Err(self.unwritable(KEY_FILE, &error)),
            Ok(()) => Ok(()),
        }
    }

    /// Opens the member's keys, asking for the passphrase if the file has one. Exit code 4 without a key file, 5 when it
    /// stays shut; the file is not touched either way.
    pub fn open_identity(&self, passphrase: &PassphraseSource, out: Output) -> Result<Identity> {
        let path = self.identity_path();
        let bytes = match files::read(&path, keyfile::MAX_KEYFILE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && !self.is_initialised()? => {
                return Err(self
                    .require_initialised()
                    .err()
                    .unwrap_or_else(|| self.unreadable(KEY_FILE, &error)));
            }
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return Err(self.key_file_fault(KeyFileError::TooLarge));
            }
            Err(error) => {
                return Err(Error::new(
                    Exit::KeyFile,
                    "key-file-unreadable",
                    format!("cannot read {}: {error}", path.display()),
                    "check the file's owner and mode, or restore it from a backup; it is left as it is",
                ));
            }
        };
        if files::mode(&path).is_ok_and(|mode| mode & 0o077 != 0) {
            out.warn(&format!(
                "other users of this machine may read {0}; try: chmod 600 '{0}'",
                path.display()
            ));
        }
        let inspection = keyfile::inspect(&bytes).map_err(|fault| self.key_file_fault(fault))?;
        let passphrase = if inspection.needs_passphrase { Some(passphrase.existing()?) } else { None };
        keyfile::open(&bytes, passphrase.as_ref().map(|passphrase| passphrase.as_slice()))
            .map_err(|fault| self.key_file_fault(fault))
    }

    /// The member's card. Needs no passphrase.
    pub fn card(&self) -> Result<Card> {
        self.require_initialised()?;
        let bytes = files::read(&self.card_path(), MAX_CARD_FILE_BYTES)
            .map_err(|error| self.unreadable(CARD_FILE, &error))?;
        Card::from_text(&String::from_utf8_lossy(&bytes)).map_err(|fault| {
            Error::new(
                Exit::Failed,
                "card-damaged",
                format!("{}: {fault}", self.card_path().display()),
                "restore card.txt from a backup, or from whoever has it: a card is no secret",
            )
        })
    }

    fn key_file_fault(&self, fault: KeyFileError) -> Error {
        let code = match fault {
            KeyFileError::NeedsPassphrase | KeyFileError::EmptyPassphrase => "key-file-locked",
            KeyFileError::WrongPassphraseOrDamaged => "key-file-wrong-passphrase",
            KeyFileError::TooNew(_) => "key-file-too-new",
            KeyFileError::OutOfMemory => "out-of-memory",
            KeyFileError::TooLarge | KeyFileError::NotAKeyFile | KeyFileError::Damaged => "key-file-damaged",
        };
        Error::new(
            Exit::KeyFile,
            code,
            format!("{}: {fault}", self.identity_path().display()),
            fault.remedy(),
        )
    }
}
