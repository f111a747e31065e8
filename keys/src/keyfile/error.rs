//! What can be wrong with a key file, and what to do.

use core::fmt;

/// Why a key file could not be opened or made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFileError {
    /// Longer than any key file is.
    TooLarge,
    /// Does not begin as a key file does.
    NotAKeyFile,
    /// Of a version that this program is too old for.
    TooNew(
        /// The version.
        u8,
    ),
    /// Cut short, or with contents no program of ours has written.
    Damaged,
    /// Sealed under a passphrase, and none was given.
    NeedsPassphrase,
    /// The passphrase is another one, or the file was changed. Which of the two cannot be known.
    WrongPassphraseOrDamaged,
    /// A passphrase was given, and it is empty.
    EmptyPassphrase,
    /// The machine has not the memory that the file's key derivation asks for.
    OutOfMemory,
}

impl KeyFileError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::NotAKeyFile => "point to the file that watchfire init made",
            Self::TooNew(_) => "install a newer watchfire; the file is left as it is",
            Self::Damaged => {
                "restore the key file from a backup; it is left as it is, and no new identity is made"
            }
            Self::NeedsPassphrase => "give the passphrase that was chosen when the file was made",
            Self::WrongPassphraseOrDamaged => {
                "try the passphrase again; if it is certainly right, restore the key file from a backup"
            }
            Self::EmptyPassphrase => "choose a passphrase, or say that the file shall have none",
            Self::OutOfMemory => "close other programs, or open the key file on a machine with more memory",
        }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("too long for a key file"),
            Self::NotAKeyFile => f.write_str("not a key file"),
            Self::TooNew(version) => {
                write!(f, "a key file of version {version}, which needs a newer program")
            }
            Self::Damaged => f.write_str("the key file is damaged"),
            Self::NeedsPassphrase => f.write_str("the key file needs a passphrase"),
            Self::WrongPassphraseOrDamaged => {
                f.write_str("the passphrase is wrong, or the key file is damaged")
            }
            Self::EmptyPassphrase => f.write_str("the passphrase is empty"),
            Self::OutOfMemory => f.write_str("not enough memory to derive the key"),
        }
    }
}

impl core::error::Error for KeyFileError {}
