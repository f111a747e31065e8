//! Ctrl-C during the demo: noted here, looked at between steps, so that everything is still cleaned up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use crate::error::{Error, Result};
use crate::exit::Exit;

/// Whether the person wants it to stop.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Notes Ctrl-C and SIGTERM from when this returns.
    pub(super) fn watch() -> Self {
        let interrupt = Self::default();
        let seen = interrupt.clone();
        let (tell, noting) = mpsc::channel();
        // The thread ends with the process; if it cannot start, the signals end the process by themselves.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                let told_to_stop = {
                    let _entered = runtime.enter();
                    crate::daemon::signal()
                };
                let _ = tell.send(());
                runtime.block_on(told_to_stop);
                seen.0.store(true, Ordering::SeqCst);
            }
        });
        // Without a thread, or a runtime in it, there is nobody to say so.
        let _ = noting.recv();
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
