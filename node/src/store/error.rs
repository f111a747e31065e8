//! What can go wrong with a store, and what a person can do about it.

use std::fmt;
use std::io;
use std::path::Path;

use crate::error::Error;
use crate::exit::Exit;

/// Why a store did not do what it was asked.
#[derive(Debug)]
pub enum StoreError {
    /// Another process has it open.
    InUse,
    /// A newer Watchfire wrote it.
    TooNew {
        /// Its version.
        found: u32,
    },
    /// A key, value or batch over its bound; nothing was written.
    TooLarge {
        /// Which of them.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// What it may be.
        max_bytes: usize,
    },
    /// One value was changed on disk. The others can be read.
    DamagedValue,
    /// The files are not what a store wrote.
    Damaged(String),
    /// The system did not let it read or write.
    Disk(io::Error),
}

impl StoreError {
    /// What a person is told; `path` is the folder of the store.
    pub fn describe(&self, path: &Path) -> Error {
        let path = path.display();
        let (code, text, remedy) = match self {
            Self::InUse => (
                "store-in-use",
                format!("the store in {path} is in use by another process"),
                "the same command again in a moment, or stop the other process",
            ),
            Self::TooNew { .. } => (
                "store-too-new",
                format!("the store in {path}: {self}"),
                "install a newer watchfire; the store is left as it is",
            ),
            Self::TooLarge { .. } => {
                ("store-refused", format!("the store in {path}: {self}"), "the same in smaller parts")
            }
            Self::DamagedValue | Self::Damaged(_) => (
                "store-damaged",
                format!("the store in {path}: {self}"),
                "stop and start the daemon: it sets a damaged store aside and fetches the records from the other members",
            ),
            Self::Disk(_) => (
                "store-unusable",
                format!("the store in {path}: {self}"),
                "check the folder's owner and the free space on its disk",
            ),
        };
        Error::new(Exit::Failed, code, text, remedy)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse => f.write_str("in use by another process"),
            Self::TooNew { found } => write!(f, "it has version {found}, which needs a newer program"),
            Self::TooLarge { what, bytes, max_bytes } => {
                write!(f, "a {what} of {bytes} bytes, and {max_bytes} is the most")
            }
            Self::DamagedValue => f.write_str("a value was changed on the disk"),
            Self::Damaged(fault) => write!(f, "damaged: {fault}"),
            Self::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Disk(error),
        }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            // The folder itself was made before.
            sled::Error::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::Damaged("one of its files is missing".to_owned())
            }
            sled::Error::Io(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}
