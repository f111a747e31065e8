//! The answering end: many clients at once, none of which can make another one wait.
//!
//! Only processes of the same user are answered. What a client can make the daemon hold is bounded: so many clients, so
//! many bytes of one question, so long a silence.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{FIRST_BUFFER_BYTES, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES};
use crate::error::Result;
use crate::home::{DaemonLock, Home};

/// How many clients are served at a time; the next one waits in the socket's queue.
const MAX_CLIENTS: usize = 64;
/// How long a client may take over a question or over fetching its answer, and how long it may keep a connection
/// without asking.
const CLIENT_PATIENCE: Duration = Duration::from_secs(30);

/// The bound control socket; dropping it removes the socket's name.
#[derive(Debug)]
pub struct Listener {
    socket: UnixListener,
    names: Vec<PathBuf>,
}

impl Listener {
    /// Binds the control socket of a home. Needs a Tokio runtime. Whoever holds the daemon's lock may clear away what
    /// an earlier daemon left.
    pub fn bind(home: &Home, lock: &DaemonLock) -> Result<Self> {
        let bind = || -> io::Result<Self> {
            let path = home.socket_to_bind(lock)?;
            let socket = UnixListener::bind(&path)?;
            only_for_this_user(&path)?;
            Ok(Self { socket, names: vec![path, home.socket_path()] })
        };
        bind().map_err(|error| home.unwritable("control.sock", &error))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for name in &self.names {
            // What is left behind is cleared away by the next daemon.
            let _ = std::fs::remove_file(name);
        }
    }
}

/// Answers clients until the future is dropped: `handler` gets a question's bytes and gives the answer's.
pub async fn serve<H, F>(listener: Listener, handler: H)
where
    H: Fn(Vec<u8>) -> F + Send + Sync + 'static,
    F: Future<Output = Vec<u8>> + Send + 'static,
{
    let handler = Arc::new(handler);
    let places = Arc::new(Semaphore::new(MAX_CLIENTS));
    let mut clients = tokio::task::JoinSet::new();
    loop {
        while clients.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.socket.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Most likely too many open files: give others time to close theirs.
                tracing::warn!(%error, "cannot accept a client on the control socket");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let handler = Arc::clone(&handler);
        clients.spawn(async move {
            if let Err(error) = converse(stream, &*handler).await {
                tracing::debug!(%error, "a conversation on the control socket ended early");
            }
            drop(place);
        });
    }
}

/// One client, from its first question to its last.
async fn converse<H, F>(mut stream: UnixStream, handler: &H) -> io::Result<()>
where
    H: Fn(Vec<u8>) -> F,
    F: Future<Output = Vec<u8>>,
{
    let peer = stream.peer_cred()?.uid();
    if peer != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the client is another user"));
    }
    while let Some(question) = timeout(CLIENT_PATIENCE, read_question(&mut stream)).await?? {
        let answer = handler(question).await;
        timeout(CLIENT_PATIENCE, write_answer(&mut stream, &answer)).await??;
    }
    Ok(())
}

/// The next question; `None` when the client is done.
async fn read_question(stream: &mut UnixStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..]).await?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_REQUEST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the question is too large"));
    }
    let mut question = Vec::with_capacity(length.min(FIRST_BUFFER_BYTES));
    let limit = u64::try_from(length).unwrap_or(u64::MAX);
    (&mut *stream).take(limit).read_to_end(&mut question).await?;
    if question.len() != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(question))
}

/// An answer over the limit is replaced by a length that no answer can have, so that the client knows why.
async fn write_answer(stream: &mut UnixStream, answer: &[u8]) -> io::Result<()> {
    match u32::try_from(answer.len()) {
        Ok(length) if answer.len() <= MAX_RESPONSE_BYTES => {
            stream.write_all(&length.to_le_bytes()).await?;
            stream.write_all(answer).await?;
        }
        _ => stream.write_all(&u32::MAX.to_le_bytes()).await?,
    }
    stream.flush().await
}

/// The folder is private already; the socket's own mode says it again.
fn only_for_this_user(socket: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))
}
