//! The member's keys on disk: made once, opened with care, never replaced by others.

use std::io::ErrorKind;

use watchfire_keys::keyfile::{self, KdfParams};
use watchfire_keys::{Card, KeyFileError, KeyName, Keys};

use super::{EditLock, Home, Passphrase, PassphraseSource, files};
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

/// A key file that was opened.
pub struct Unlocked {
    /// What is in it.
    pub keys: Keys,
    /// What opened it; none for a file without a passphrase.
    pub passphrase: Option<Passphrase>,
    /// The file as it was read.
    file: Passphrase,
}

/// The error for what cannot be done without a key that this home does not hold.
pub fn lacks(name: KeyName) -> Error {
    Error::new(
        Exit::Refused,
        "no-key",
        format!("this home does not hold the {} key", name.as_str()),
        "use the home that has it, or restore it from its backup: watchfire key show lists what is here",
    )
}

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

    /// Gives the home its keys: first the card, and last, in one step, the key file that makes it count.
    pub fn store_keys(
        &self,
        keys: &Keys,
        card: &Card,
        passphrase: Option<&[u8]>,
        edit: &EditLock,
    ) -> Result<()> {
        self.require_fresh()?;
        let sealed = self.sealed(keys, passphrase)?;
        self.store_key_file(&sealed, card, edit)
    }

    /// The same with a key file that exists, such as one from a backup.
    pub fn store_key_file(&self, sealed: &[u8], card: &Card, edit: &EditLock) -> Result<()> {
        self.require_fresh()?;
        self.write(CARD_FILE, card.to_text().as_bytes(), edit)?;
        match files::create(&self.identity_path(), sealed) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.require_fresh(),
            Err(error) => Err(self.unwritable(KEY_FILE, &error)),
            Ok(()) => Ok(()),
        }
    }

    fn sealed(&self, keys: &Keys, passphrase: Option<&[u8]>) -> Result<Vec<u8>> {
        keyfile::create_for(keys, passphrase, KdfParams::DEFAULT, &mut random::generator()?)
            .map_err(|fault| self.key_file_fault(fault))
    }

    /// A key file for these keys, which was opened once to see that it opens.
    pub fn proven(&self, keys: &Keys, passphrase: Option<&[u8]>) -> Result<Vec<u8>> {
        let sealed = self.sealed(keys, passphrase)?;
        let opened = keyfile::open(&sealed, passphrase).map_err(|fault| self.key_file_fault(fault))?;
        let same = KeyName::ALL.into_iter().all(|name| opened.has(name) == keys.has(name));
        if same && opened.storage == keys.storage {
            Ok(sealed)
        } else {
            Err(self.key_file_fault(KeyFileError::Damaged))
        }
    }

    /// Writes the keys of a home that was unlocked anew: under another passphrase, or with other keys of the same
    /// member. The file takes the old one's name in one step, and only if that is still the one that was opened.
    pub fn replace_keys(
        &self,
        unlocked: &Unlocked,
        keys: &Keys,
        passphrase: Option<&[u8]>,
        edit: &EditLock,
    ) -> Result<()> {
        let sealed = self.proven(keys, passphrase)?;
        if *self.key_file()? != *unlocked.file {
            return Err(Error::new(
                Exit::Failed,
                "home-busy",
                "another command has changed the key file in the meantime",
                "the same command again",
            ));
        }
        self.write(KEY_FILE, &sealed, edit)
    }

    /// Opens the member's keys, asking for the passphrase if the file has one. Exit code 4 without a key file, 5 when it
    /// stays shut; the file is not touched either way.
    pub fn open_identity(&self, passphrase: &PassphraseSource, out: Output) -> Result<Keys> {
        self.unlock(passphrase, out).map(|unlocked| unlocked.keys)
    }

    /// The same, for who writes the file again.
    pub fn unlock(&self, passphrase: &PassphraseSource, out: Output) -> Result<Unlocked> {
        let path = self.identity_path();
        let file = self.key_file()?;
        if files::mode(&path).is_ok_and(|mode| mode & 0o077 != 0) {
            out.warn(&format!(
                "other users of this machine may read {0}; try: chmod 600 '{0}'",
                path.display()
            ));
        }
        let inspection = keyfile::inspect(&file).map_err(|fault| self.key_file_fault(fault))?;
        let passphrase = if inspection.needs_passphrase { Some(passphrase.existing()?) } else { None };
        let keys = keyfile::open(&file, passphrase.as_ref().map(|passphrase| passphrase.as_slice()))
            .map_err(|fault| self.key_file_fault(fault))?;
        Ok(Unlocked { keys, passphrase, file })
    }

    /// The key file's bytes.
    fn key_file(&self) -> Result<Passphrase> {
        let path = self.identity_path();
        match files::read(&path, keyfile::MAX_KEYFILE_BYTES) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound && !self.is_initialised()? => {
                Err(self.require_initialised().err().unwrap_or_else(|| self.unreadable(KEY_FILE, &error)))
            }
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                Err(self.key_file_fault(KeyFileError::TooLarge))
            }
            Err(error) => Err(Error::new(
                Exit::KeyFile,
                "key-file-unreadable",
                format!("cannot read {}: {error}", path.display()),
                "check the file's owner and mode, or restore it from a backup; it is left as it is",
            )),
        }
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
