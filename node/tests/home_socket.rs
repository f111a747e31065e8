//! The control socket: one daemon, many commands, none of which can hold up another.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use watchfire::api::server::{Listener, serve};
use watchfire::api::{MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, client};
use watchfire::exit::Exit;
use watchfire::home::{DaemonLock, Home};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Question {
    Repeat(String),
    Wait { milliseconds: u64 },
    Answer { bytes: usize },
    Nonsense,
}

/// What a test's daemon does: says the same again, late, or too much of it.
async fn answer(bytes: Vec<u8>) -> Vec<u8> {
    match serde_json::from_slice(&bytes).unwrap() {
        Question::Repeat(text) => serde_json::to_vec(&text).unwrap(),
        Question::Wait { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            b"\"waited\"".to_vec()
        }
        Question::Answer { bytes } => vec![b'1'; bytes],
        Question::Nonsense => b"{".to_vec(),
    }
}

/// A daemon on its own threads, until it is dropped.
struct Daemon {
    home: Home,
    runtime: Option<Runtime>,
    _lock: DaemonLock,
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, answer)
    }

    fn start_with<F>(folder: &Path, handler: fn(Vec<u8>) -> F) -> Self
    where
        F: Future<Output = Vec<u8>> + Send + 'static,
    {
        let home = Home::at(folder);
        let lock = home.lock_for_daemon().unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(async { Listener::bind(&home, &lock) }).unwrap();
        runtime.spawn(serve(listener, handler));
        Self { home, runtime: Some(runtime), _lock: lock }
    }

    fn ask(&self, question: &Question) -> watchfire::error::Result<String> {
        client::call(&self.home, question)
    }

    fn raw(&self) -> UnixStream {
        let stream = UnixStream::connect(self.home.socket_path()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_timeout(Duration::from_secs(60));
    }
}

fn repeat(text: &str) -> Question {
    Question::Repeat(text.to_owned())
}

#[test]
fn a_question_gets_its_answer_also_a_large_one() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    assert_eq!(daemon.ask(&repeat("hello")).unwrap(), "hello");
    let thousands = "https://phish.example/a/b/c ".repeat(200_000);
    assert_eq!(daemon.ask(&repeat(&thousands)).unwrap(), thousands);
    assert!(client::is_running(&daemon.home));
}

#[test]
fn without_a_daemon_the_error_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    let check = |home: &Home| {
        let error = client::call::<_, String>(home, &repeat("hello")).unwrap_err();
        assert_eq!((error.exit(), error.code()), (Exit::NoDaemon, "daemon-not-running"));
        assert!(error.remedy().contains("watchfire run"));
        assert!(!client::is_running(home));
    };
    check(&home);
    check(&Home::at(&folder.path().join("missing")));
    drop(Daemon::start(folder.path()));
    assert!(!home.socket_path().exists(), "a daemon that ends takes its socket away");
    check(&home);
    // A daemon that was killed leaves its socket behind.
    drop(std::os::unix::net::UnixListener::bind(home.socket_path()).unwrap());
    check(&home);
    assert_eq!(Daemon::start(folder.path()).ask(&repeat("back")).unwrap(), "back");
}

#[test]
fn only_this_user_can_reach_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    let mode = fs::metadata(daemon.home.socket_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn slow_questions_and_silent_clients_hold_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    let silent: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = daemon.raw();
            stream.write_all(&[200, 0, 0, 0, b'{']).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let slow: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| daemon.ask(&Question::Wait { milliseconds: 10_000 }).unwrap()))
            .collect();
        for number in 0..50 {
            assert_eq!(daemon.ask(&repeat(&number.to_string())).unwrap(), number.to_string());
        }
        assert!(slow.iter().all(|slow| !slow.is_finished()));
        slow.into_iter().for_each(|slow| assert_eq!(slow.join().unwrap(), "waited"));
    });
    // One after the other they would have taken a hundred.
    assert!(begun.elapsed() < Duration::from_secs(60));
    drop(silent);
}

#[test]
fn a_client_may_ask_several_times_on_one_connection() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    let mut stream = daemon.raw();
    for text in ["one", "two"] {
        let question = serde_json::to_vec(&repeat(text)).unwrap();
        stream.write_all(&u32::try_from(question.len()).unwrap().to_le_bytes()).unwrap();
        stream.write_all(&question).unwrap();
        let mut answer = vec![0; 4 + text.len() + 2];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer[4..], format!("\"{text}\"").as_bytes());
    }
}

#[test]
fn a_question_over_the_bound_is_refused_at_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    let error = daemon.ask(&repeat(&"x".repeat(MAX_REQUEST_BYTES))).unwrap_err();
    assert_eq!(error.code(), "request-too-large");
    let mut stream = daemon.raw();
    stream.write_all(&u32::MAX.to_le_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.is_empty());
    assert_eq!(daemon.ask(&repeat("still there")).unwrap(), "still there");
}

#[test]
fn bad_answers_are_errors_and_not_results() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    let nonsense = daemon.ask(&Question::Nonsense).unwrap_err();
    assert_eq!((nonsense.exit(), nonsense.code()), (Exit::Failed, "daemon-misunderstood"));
    let large = daemon.ask(&Question::Answer { bytes: MAX_RESPONSE_BYTES + 1 }).unwrap_err();
    assert!(large.text().contains("its answer is too large"));
    let late: watchfire::error::Result<String> =
        client::call_within(&daemon.home, &Question::Wait { milliseconds: 3000 }, Duration::from_millis(100));
    assert_eq!(late.unwrap_err().code(), "daemon-silent");
}

#[test]
fn a_handler_that_fails_ends_one_conversation_and_not_the_daemon() {
    async fn fragile(bytes: Vec<u8>) -> Vec<u8> {
        assert!(bytes != b"\"Nonsense\"", "this test's handler was told to fail");
        answer(bytes).await
    }
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start_with(folder.path(), fragile);
    assert_eq!(daemon.ask(&Question::Nonsense).unwrap_err().code(), "daemon-hung-up");
    assert_eq!(daemon.ask(&repeat("next")).unwrap(), "next");
}

#[test]
fn a_home_with_a_long_path_is_reached_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a-long-name".repeat(12));
    fs::create_dir(&root).unwrap();
    let daemon = Daemon::start(&root);
    assert_eq!(daemon.ask(&repeat("far")).unwrap(), "far");
    let outside = fs::read_link(daemon.home.socket_path()).unwrap();
    drop(daemon);
    assert!(!outside.exists() && !Home::at(&root).socket_path().exists());
    fs::remove_dir(outside.parent().unwrap()).unwrap();
}
