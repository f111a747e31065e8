//! One party of the demo: its home, its commands, its daemon.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::exit::Exit;

/// How long a daemon may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// How long a daemon may take to stop.
const STOP: Duration = Duration::from_secs(5);

/// A party with a home of its own.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) name: &'static str,
    home: PathBuf,
    program: PathBuf,
    daemon: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    address: String,
    rest: BufReader<std::process::ChildStdout>,
}

impl Actor {
    pub(super) fn new(name: &'static str, home: PathBuf, program: PathBuf) -> Self {
        Self { name, home, program, daemon: None }
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// Where its daemon listens.
    pub(super) fn address(&self) -> &str {
        self.daemon.as_ref().map_or("", |running| &running.address)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--home")
            .arg(&self.home)
            .arg("--json")
            .env_remove(crate::home::HOME_VARIABLE)
            .env_remove(crate::home::PASSPHRASE_VARIABLE)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end; its document, whatever the exit code, and the code.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<(Value, i32)> {
        let ended = self
            .command()
            .args(arguments)
            .output()
            .map_err(|error| self.failed(arguments, &error.to_string()))?;
        let document = serde_json::from_slice(&ended.stdout).map_err(|_| {
            self.failed(
                arguments,
                String::from_utf8_lossy(&ended.stderr).lines().next().unwrap_or("no answer"),
            )
        })?;
        Ok((document, ended.status.code().unwrap_or(-1)))
    }

    /// Runs a command that has to succeed.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Value> {
        let (document, code) = self.ask(arguments)?;
        if code == 0 {
            return Ok(document);
        }
        let text = document.pointer("/error/text").and_then(Value::as_str).unwrap_or("it refused");
        Err(self.failed(arguments, text))
    }

    /// Starts the daemon and waits until it is ready.
    pub(super) fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let mut child = self
            .command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| self.failed(arguments, &error.to_string()))?;
        let Some(stdout) = child.stdout.take() else { return Err(self.failed(arguments, "no output")) };
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            let mut line = String::new();
            // A daemon that dies closes its output, and the line stays empty.
            let _ = reader.read_line(&mut line);
            let _ = send.send((line, reader));
        });
        let line = receive.recv_timeout(READY);
        let ready = line.ok().and_then(|(line, rest)| {
            let document: Value = serde_json::from_str(&line).ok()?;
            Some((document.pointer("/listen/0")?.as_str()?.to_owned(), rest))
        });
        let Some((address, rest)) = ready else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(self.failed(arguments, "its node did not start"));
        };
        self.daemon = Some(Running { child, address, rest });
        Ok(())
    }

    /// Asks the daemon to stop, and gives what it printed after it was ready.
    pub(super) fn stop(&mut self) -> String {
        let Some(mut running) = self.daemon.take() else { return String::new() };
        terminate(&mut running.child);
        let mut rest = String::new();
        let _ = running.rest.read_to_string(&mut rest);
        rest
    }

    /// Tells the daemon to stop and does not wait.
    pub(super) fn stop_soon(&self) {
        if let Some(running) = &self.daemon {
            signal(&running.child);
        }
    }

    pub(super) fn failed(&self, arguments: &[&str], text: &str) -> Error {
        let command = arguments.first().copied().unwrap_or_default();
        Error::new(
            Exit::Failed,
            "demo-failed",
            format!("{} could not `{command}`: {text}", self.name),
            "watchfire demo again; --keep leaves the folder to look into",
        )
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.stop();
    }
}

fn signal(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // One that has ended already needs none.
        let _ = kill_process(pid, Signal::TERM);
    }
}

fn terminate(child: &mut Child) {
    signal(child);
    let begun = Instant::now();
    while begun.elapsed() < STOP {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
}
