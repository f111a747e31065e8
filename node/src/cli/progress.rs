//! Tells a person at a terminal that a command is still at work. Scripts and short commands see nothing of it.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::output::Output;

/// What is over before this needs no word.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on standard error that goes away when this is dropped.
pub(super) struct Progress {
    teller: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// `what` is being done, such as `reading and checking 20 MB`.
    pub(super) fn start(out: Output, what: String) -> Progress {
        if out.is_json() || !std::io::stderr().is_terminal() {
            return Progress { teller: None };
        }
        let (stop, stopped) = mpsc::channel();
        let teller = std::thread::spawn(move || {
            let begun = Instant::now();
            let mut is_shown = false;
            while stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let mut stderr = std::io::stderr().lock();
                let _ = write!(stderr, "\r{what} ... {} s", begun.elapsed().as_secs());
                let _ = stderr.flush();
                is_shown = true;
            }
            if is_shown {
                let mut stderr = std::io::stderr().lock();
                let _ = write!(stderr, "\r{:1$}\r", "", what.chars().count() + 16);
                let _ = stderr.flush();
            }
        });
        Progress { teller: Some((stop, teller)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, teller)) = self.teller.take() {
            drop(stop);
            let _ = teller.join();
        }
    }
}
