//! Two locks of a home: one for the whole life of its daemon, one for the moment of a change to its files.
//!
//! They are advisory locks of the operating system on files that stay: a process that dies lets go, so no lock is ever
//! stale. Windows of waiting are short, because nobody holds the edit lock while asking a person.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Home, files};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// How long a command waits for another one that is changing the same home.
const EDIT_WAIT: Duration = Duration::from_secs(10);
/// How often a waiting process looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Held by the daemon as long as it runs: there is one daemon to a home.
#[derive(Debug)]
pub struct DaemonLock {
    _file: File,
}

/// Held while files of the home are read, changed and written back.
#[derive(Debug)]
pub struct EditLock {
    _file: File,
}

impl Home {
    /// Takes the daemon's lock, or says that another daemon has it.
    pub fn lock_for_daemon(&self) -> Result<DaemonLock> {
        match lock(&self.root().join("lock"), Duration::ZERO) {
            Ok(Some(file)) => Ok(DaemonLock { _file: file }),
            Ok(None) => Err(Error::new(
                Exit::Failed,
                "already-running",
                format!("a daemon is running in {} already", self.root().display()),
                "watchfire status, or stop that daemon first",
            )),
            Err(error) => Err(self.unwritable("lock", &error)),
        }
    }

    /// Takes the lock under which the home's own files are changed, waiting a moment for another command, and clears
    /// away what an interrupted write left behind.
    pub fn lock_for_edit(&self) -> Result<EditLock> {
        self.lock_for_edit_within(EDIT_WAIT)
    }

    /// The same, with another patience.
    pub(crate) fn lock_for_edit_within(&self, wait: Duration) -> Result<EditLock> {
        let file = match lock(&self.root().join("edit.lock"), wait) {
            Ok(Some(file)) => file,
            Ok(None) => {
                return Err(Error::new(
                    Exit::Failed,
                    "home-busy",
                    format!("another command is changing {}", self.root().display()),
                    "the same command again in a moment",
                ));
            }
            Err(error) => return Err(self.unwritable("edit.lock", &error)),
        };
        for folder in [self.root(), &self.drafts_path()] {
            files::remove_unfinished(folder).map_err(|error| self.unwritable("", &error))?;
        }
        Ok(EditLock { _file: file })
    }
}

/// The locked file, made if it is missing; `None` when another process kept the lock for the whole of `wait`.
pub(crate) fn lock(path: &Path, wait: Duration) -> std::io::Result<Option<File>> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begun.elapsed() < wait => std::thread::sleep(LOOK_AGAIN),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Home;
    use crate::exit::Exit;

    #[test]
    fn there_is_one_daemon_to_a_home_and_its_end_frees_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let held = home.lock_for_daemon().unwrap();
        let refused = home.lock_for_daemon().unwrap_err();
        assert_eq!((refused.code(), refused.exit()), ("already-running", Exit::Failed));
        drop(held);
        home.lock_for_daemon().unwrap();
    }

    #[test]
    fn an_edit_does_not_wait_for_the_daemon() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let _daemon = home.lock_for_daemon().unwrap();
        home.lock_for_edit().unwrap();
    }
}
