//! The scratch folder, all parties, and waiting.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::actor::Actor;
use super::cast::Role;
use super::interrupt::Interrupt;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// The longest that any single thing is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Everything the demo has made. Dropping it stops the nodes and removes the folder.
pub(super) struct Stage {
    program: std::path::PathBuf,
    interrupt: Interrupt,
    folder: TempDir,
}

impl Stage {
    pub(super) fn new(keep: bool) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(
                Exit::Failed,
                "demo-failed",
                format!("cannot make a scratch folder: {error}"),
                "TMPDIR with a folder that you may write to",
            )
        };
        // From here on an interrupted demo takes away what it has made.
        let interrupt = Interrupt::watch();
        let mut folder = tempfile::Builder::new().prefix("watchfire-demo-").tempdir().map_err(failed)?;
        folder.disable_cleanup(keep);
        let program = std::env::current_exe().map_err(failed)?;
        Ok(Self { program, interrupt, folder })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn actor(&self, role: Role) -> Actor {
        Actor::new(role.name, self.folder.path().join(role.folder), self.program.clone())
    }

    pub(super) fn check(&self) -> Result<()> {
        self.interrupt.check()
    }

    /// Waits until `look` finds something.
    pub(super) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        let begun = Instant::now();
        loop {
            self.check()?;
            if let Some(found) = look()? {
                return Ok(found);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::new(
                    Exit::Failed,
                    "demo-failed",
                    format!("waited in vain for {what}"),
                    "watchfire demo again on a machine that is less busy; --keep leaves the folder to look into",
                ));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}
