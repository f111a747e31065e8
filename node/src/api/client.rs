//! The asking end: one question to the daemon of a home, one answer back, within a time.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FIRST_BUFFER_BYTES, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::Home;

/// How long an answer may take unless the caller says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Whether a daemon answers in this home.
pub fn is_running(home: &Home) -> bool {
    connect(home, Duration::from_secs(2)).is_ok()
}

/// Asks the daemon of this home and waits up to [`PATIENCE`]. Exit code 3 when no daemon is running.
pub fn call<Q: Serialize, A: DeserializeOwned>(home: &Home, question: &Q) -> Result<A> {
    call_within(home, question, PATIENCE)
}

/// Like [`call`], with the caller's own patience: for how long the daemon may be silent.
pub fn call_within<Q: Serialize, A: DeserializeOwned>(
    home: &Home,
    question: &Q,
    patience: Duration,
) -> Result<A> {
    let bytes = serde_json::to_vec(question).map_err(|error| broken(&error.to_string()))?;
    if bytes.len() > MAX_REQUEST_BYTES {
        return Err(Error::new(
            Exit::Failed,
            "request-too-large",
            format!("this is more than the daemon takes at once ({MAX_REQUEST_BYTES} bytes)"),
            "the same in smaller parts",
        ));
    }
    let mut stream = connect(home, patience).map_err(|error| no_daemon(home, &error))?;
    let answer = exchange(&mut stream, &bytes).map_err(|error| unanswered(&error, patience))?;
    serde_json::from_slice(&answer).map_err(|error| broken(&error.to_string()))
}

fn connect(home: &Home, patience: Duration) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(home.socket_to_call()?)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    Ok(stream)
}

fn exchange(stream: &mut UnixStream, question: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(question.len()).map_err(|_| ErrorKind::InvalidInput)?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(question)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_RESPONSE_BYTES {
        return Err(io::Error::new(ErrorKind::InvalidData, "its answer is too large"));
    }
    let mut answer = Vec::with_capacity(length.min(FIRST_BUFFER_BYTES));
    stream.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut answer)?;
    if answer.len() != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(answer)
}

/// No socket, or one that nobody listens on.
fn no_daemon(home: &Home, error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory => Error::new(
            Exit::NoDaemon,
            "daemon-not-running",
            format!("the daemon is not running in {}", home.root().display()),
            "watchfire run, in another terminal or as a service",
        ),
        _ => Error::new(
            Exit::NoDaemon,
            "daemon-unreachable",
            format!("cannot reach the daemon in {}: {error}", home.root().display()),
            "the same user that runs the daemon, or start it again",
        ),
    }
}

fn unanswered(error: &io::Error, patience: Duration) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::new(
            Exit::Failed,
            "daemon-silent",
            format!("the daemon did not answer within {} seconds", patience.as_secs()),
            "watchfire status, and the daemon's own output",
        ),
        _ => Error::new(
            Exit::Failed,
            "daemon-hung-up",
            format!("the daemon ended the conversation: {error}"),
            "the same command again; it is not known whether the first one was carried out",
        ),
    }
}

fn broken(fault: &str) -> Error {
    Error::new(
        Exit::Failed,
        "daemon-misunderstood",
        format!("the command and the daemon do not understand each other: {fault}"),
        "start the daemon again with this same version of Watchfire",
    )
}
