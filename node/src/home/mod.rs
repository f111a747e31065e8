//! A home: the folder with everything one member (or one relay) keeps on this machine.
//!
//! ```text
//! identity.key             the member's keys (by default all, the recovery key too), sealed with the passphrase
//! card.txt                 the member's card, as it is handed out
//! settings.toml            what the person chose; edited by hand or by commands
//! warninglists.bin         lists of what is harmless or what many depend on, compiled
//! drafts/NAME.draft        charters of circles that are being founded
//! circles/CIRCLE/node.key  the network key of this node in that circle
//! circles/CIRCLE/store/    records, acts and epoch secrets, sealed with a key from identity.key
//! control.sock             where the running daemon answers
//! restored                 there when the keys came from a backup: own records may lie with the others
//! signed.json              where the chain of a key stands that signs here and is submitted elsewhere
//! lock, edit.lock          one daemon to a home; one change of its files at a time
//! ```
//!
//! `identity.key` is written last by `init`: a home has an identity when that file is there, and it is never replaced by
//! another member's. `key passphrase` and its like write the same member's keys anew, in one step.
//! The folder is for its user only (0700) and so is every file in it (0600).

mod backup;
mod circle;
mod drafts;
pub mod files;
mod identity;
mod locate;
mod lock;
mod node_key;
mod passphrase;
mod signed;
mod socket;

use std::io;
use std::path::{Path, PathBuf};

pub use backup::{Backup, BackupError};
pub use circle::CircleHome;
pub use identity::{Unlocked, lacks};
pub use locate::{HOME_VARIABLE, locate};
pub(crate) use lock::lock;
pub use lock::{DaemonLock, EditLock};
pub use node_key::NodeKey;
pub use passphrase::{PASSPHRASE_VARIABLE, Passphrase, PassphraseSource};
pub use signed::SignedChains;

use crate::error::{Error, Result};
use crate::exit::Exit;

/// One home, by its absolute path. Making the value touches no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The home in this folder. A relative path is taken from the working folder.
    pub fn at(root: &Path) -> Self {
        Self { root: std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf()) }
    }

    /// The home that `--home` and the environment ask for.
    pub fn find(flag: Option<&Path>) -> Result<Self> {
        locate(flag, |name| std::env::var_os(name)).map(|root| Self { root })
    }

    /// The absolute path of the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The sealed keys of the member.
    pub fn identity_path(&self) -> PathBuf {
        self.root.join("identity.key")
    }

    /// The member's card, in its text form.
    pub fn card_path(&self) -> PathBuf {
        self.root.join("card.txt")
    }

    /// The person's settings.
    pub fn settings_path(&self) -> PathBuf {
        self.root.join("settings.toml")
    }

    /// The folder of charters that are being founded.
    pub fn drafts_path(&self) -> PathBuf {
        self.root.join("drafts")
    }

    /// Makes the folder if it is missing, for this user only.
    pub fn prepare(&self) -> Result<()> {
        files::private_folder(&self.root).map_err(|error| self.unwritable("", &error))
    }

    /// Whether `init` has made an identity here.
    pub fn is_initialised(&self) -> Result<bool> {
        files::exists(&self.identity_path()).map_err(|error| self.unreadable("identity.key", &error))
    }

    /// Exit code 4 unless `init` has made an identity here.
    pub fn require_initialised(&self) -> Result<()> {
        if self.is_initialised()? {
            return Ok(());
        }
        Err(Error::new(
            Exit::NotInitialised,
            "not-initialised",
            format!("there is no identity in {}", self.root.display()),
            "watchfire init --name \"Your organisation\" --side SIDE, or --home DIR if it is elsewhere",
        ))
    }

    /// Replaces one of the home's files as a whole; `name` is its path inside the home.
    pub fn write(&self, name: &str, bytes: &[u8], _edit: &EditLock) -> Result<()> {
        files::replace(&self.root.join(name), bytes).map_err(|error| self.unwritable(name, &error))
    }

    /// The error for a file of this home that cannot be read.
    pub fn unreadable(&self, name: &str, error: &io::Error) -> Error {
        let path = self.root.join(name);
        Error::new(
            Exit::Failed,
            "home-unreadable",
            format!("cannot read {}: {error}", path.display()),
            "check that the file belongs to you and is whole, or restore it from a backup",
        )
    }

    /// The error for a file of this home that cannot be written.
    pub fn unwritable(&self, name: &str, error: &io::Error) -> Error {
        let path = if name.is_empty() { self.root.clone() } else { self.root.join(name) };
        Error::new(
            Exit::Failed,
            "home-unwritable",
            format!("cannot write {}: {error}", path.display()),
            "check the folder's owner and the free space on its disk, or choose another with --home DIR",
        )
    }
}
