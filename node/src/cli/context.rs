//! What every command gets: the home, the way to the reader, and the answers given on the command line.

use std::path::PathBuf;

use crate::error::Result;
use crate::home::{Home, PassphraseSource};
use crate::output::Output;

/// The surroundings of one command.
#[derive(Clone, Debug)]
pub struct Context {
    /// The folder that the command works on.
    pub home: Home,
    /// Where results go.
    pub out: Output,
    /// What `--circle` said.
    pub circle: Option<String>,
    /// Where a passphrase may come from.
    pub passphrase: PassphraseSource,
}

impl Context {
    /// Finds the home; touches no file.
    pub(super) fn new(
        home: Option<PathBuf>,
        out: Output,
        circle: Option<String>,
        passphrase_file: Option<PathBuf>,
    ) -> Result<Self> {
        let home = Home::find(home.as_deref())?;
        Ok(Self { home, out, circle, passphrase: PassphraseSource::new(passphrase_file) })
    }
}
