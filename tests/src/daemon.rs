//! A running daemon of a home: a child process that ends with the value, also when a test panics.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;

use crate::client::{Home, bounded, words};
use crate::wait::PATIENCE;

/// Listens on loopback only, on a port that is free.
pub const LOOPBACK: [&str; 2] = ["--listen", "/ip4/127.0.0.1/udp/0/quic-v1"];

/// A process that has printed its `ready` line.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    ready: Value,
    lines: Receiver<String>,
    log: PathBuf,
}

impl Home {
    /// Starts `run` with these further arguments, on loopback.
    pub fn run<A: AsRef<str>>(&self, arguments: &[A]) -> Daemon {
        let mut all = vec!["run".to_owned()];
        all.extend(LOOPBACK.map(str::to_owned));
        all.extend(arguments.iter().map(|argument| argument.as_ref().to_owned()));
        self.serve(&all)
    }

    /// Starts `run` on loopback with everything in its log that a person can ask for.
    pub fn run_telling_all(&self) -> Daemon {
        let mut command = self.command();
        command.env("WATCHFIRE_LOG", "watchfire=debug").arg("--json").arg("run").args(LOOPBACK);
        Daemon::start(self, command)
    }

    /// Starts `run` on loopback, for one whose files will be [limited](Daemon::limit_files).
    pub fn run_with_file_limits<A: AsRef<str>>(&self, arguments: &[A]) -> Daemon {
        let mut command = self.command_with_file_limits();
        command.arg("--json").arg("run").args(LOOPBACK).args(words(arguments));
        Daemon::start(self, command)
    }

    /// Starts a relay on this port of loopback; 0 takes a free one.
    pub fn relay(&self, port: &str) -> Daemon {
        let listen = format!("/ip4/127.0.0.1/udp/{port}/quic-v1");
        self.serve(&["relay", "run", "--listen", &listen])
    }

    /// Starts any command that stays and prints a `ready` line.
    pub fn serve<A: AsRef<str>>(&self, arguments: &[A]) -> Daemon {
        let mut command = self.command();
        command.arg("--json").args(words(arguments));
        Daemon::start(self, command)
    }
}

impl Daemon {
    /// Starts a command of this home that stays and prints a `ready` line.
    pub(crate) fn start(home: &Home, mut command: Command) -> Self {
        let log = home.folder().join("daemon.log");
        command.stderr(Stdio::from(File::options().create(true).append(true).open(&log).unwrap()));
        let mut child = command.spawn().unwrap();
        let (send, lines) = channel();
        let pipe = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in pipe.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut daemon = Self { child, ready: Value::Null, lines, log };
        daemon.ready = match daemon.lines.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line).unwrap(),
            Err(error) => panic!("no ready line ({error}): {}", daemon.log()),
        };
        assert_eq!((&daemon.ready["schema"], &daemon.ready["event"]), (&1.into(), &"ready".into()));
        daemon
    }

    /// The `ready` document.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// The first address it listens on, ending in `/p2p/ID`.
    pub fn address(&self) -> String {
        self.ready["listen"][0].as_str().unwrap().to_owned()
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, as a service manager stops it: it ends by itself with exit code 0 and has printed nothing but `ready`.
    pub fn stop(self) {
        if let Some(line) = self.ended() {
            panic!("more than the ready line on standard output: {line}");
        }
    }

    /// SIGTERM to a relay, which says what it has carried before it ends.
    pub fn stop_with_report(self) -> Value {
        serde_json::from_str(&self.ended().expect("a report")).unwrap()
    }

    /// Stops it, and gives the line that it printed after `ready`.
    fn ended(mut self) -> Option<String> {
        signal("TERM", self.pid());
        let status = bounded(&mut self.child, "the daemon");
        assert_eq!(status.code(), Some(0), "{}", self.log());
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("standard output stays open"),
        }
    }

    /// SIGTERM to one that cannot end well; gives the document with its error.
    pub fn stop_with_failure(mut self, code: i32) -> Value {
        signal("TERM", self.pid());
        let status = bounded(&mut self.child, "the daemon");
        assert_eq!(status.code(), Some(code), "{}", self.log());
        serde_json::from_str(&self.lines.recv_timeout(PATIENCE).unwrap()).unwrap()
    }

    /// Bytes of a line of the process's status: `VmRSS` for what it holds in memory, `VmHWM` for the most it held.
    pub fn memory(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
        found.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
    }

    /// From now on no file of it grows over so many bytes; with none, over none.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        let before = prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None });
        assert!(before.is_ok(), "cannot limit the files of a process: {before:?}");
    }

    /// SIGKILL, as a power cut: it has no chance to write anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log();
        if std::thread::panicking() && !log.is_empty() {
            let _ = writeln!(std::io::stderr(), "a daemon wrote:\n{log}");
        }
    }
}

/// Sends a signal by its name, with the shell's own `kill`: a bare machine has no other.
pub fn signal(name: &str, pid: u32) {
    let sent =
        Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid.to_string()]).status().unwrap();
    assert!(sent.success(), "cannot send {name} to {pid}");
}
