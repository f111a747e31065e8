//! Ctrl-C during the demo: noted here, looked at between steps, so that everything is still cleaned up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::exit::Exit;

/// Whether the person wants it to stop.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Notes Ctrl-C and SIGTERM from now on.
    pub(super) fn watch() -> Self {
        let interrupt = Self::default();
        let seen = interrupt.clone();
        // The thread ends with the process; if it cannot start, the signals end the process by themselves.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async { crate::daemon::signal().await });
                seen.0.store(true, Ordering::SeqCst);
            }
        });
        interrupt
    }

    /// An error once the person wants it to stop.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::SeqCst) {
            return Err(Error::new(
                Exit::Failed,
                "interrupted",
                "the demo was interrupted",
                "watchfire demo again",
            ));
        }
        Ok(())
    }
}
