//! The README is true: its commands are run, in order, the way a reader types them, and print what it shows.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use watchfire_tests::client::{Ran, ended, program};
use watchfire_tests::ports::free_port;
use watchfire_tests::repository::{files, read};
use watchfire_tests::wait::wait_until;

/// A command of a console block, and the lines that the page shows below it.
#[derive(Debug)]
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The commands of each block that is marked as `console`.
fn blocks(page: &str) -> Vec<Vec<Shown>> {
    let mut blocks: Vec<Vec<Shown>> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
            if inside {
                blocks.push(Vec::new());
            }
        } else if inside {
            let block = blocks.last_mut().unwrap();
            match line.strip_prefix("$ ") {
                Some(command) => block.push(Shown { command: command.to_owned(), output: Vec::new() }),
                None => block.last_mut().expect("a block begins with a command").output.push(line.to_owned()),
            }
        }
    }
    assert!(!inside, "a block stays open");
    blocks
}

/// A reader's terminal: an empty folder, and the program under the name by which the page calls it.
struct Desk {
    folder: tempfile::TempDir,
    running: Vec<Child>,
}

/// What the page asks of cargo. The program is built already, and tests do not run inside themselves.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
    "run --release -- "*) shift 3; exec watchfire "$@" ;;
    "install --locked --path node" | "test --workspace" | "doc --no-deps --open") exit 0 ;;
    *) echo "the README test does not know: cargo $*" >&2; exit 64 ;;
esac
"#;

impl Desk {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("watchfire-").tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        symlink(program(), bin.join("watchfire")).unwrap();
        fs::write(bin.join("cargo"), CARGO).unwrap();
        fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, running: Vec::new() }
    }

    fn shell(&self, line: &str) -> Command {
        let bin = self.folder.path().join("bin");
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", line]).current_dir(self.folder.path().join("work"));
        command.env("PATH", format!("{}:{path}", bin.display())).env("HOME", self.folder.path());
        for name in ["WATCHFIRE_HOME", "WATCHFIRE_PASSPHRASE", "XDG_DATA_HOME", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A command that comes to an end.
    fn run(&self, shown: &Shown) {
        // Reading takes nothing back, so a reader just looks again until the news is there.
        let reads =
            [" status", " alerts", " check ", " pending"].iter().any(|word| shown.command.contains(word));
        let mut ran = ended(&mut self.shell(&shown.command), b"");
        if reads {
            wait_until(&format!("what the page shows: {shown:?}; last: {ran:?}"), || {
                let good = matches(&ran, shown);
                if !good {
                    ran = ended(&mut self.shell(&shown.command), b"");
                }
                good
            });
        }
        assert!(matches(&ran, shown), "{shown:?} gave {ran:?}");
    }

    /// A node that is kept running: until it says that it is ready.
    fn keep(&mut self, command: &str) {
        let mut shell = self.shell(&format!("exec {command}"));
        let mut child = shell.stderr(Stdio::inherit()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        self.running.push(child);
        assert!(first.starts_with("ready /"), "{command}: {first}");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether a run succeeded and printed, in this order, lines that begin as the page shows them.
fn matches(ran: &Ran, shown: &Shown) -> bool {
    let mut lines = ran.out.lines();
    ran.code == 0 && shown.output.iter().all(|wanted| lines.any(|line| line.starts_with(wanted.as_str())))
}

#[test]
fn every_command_of_the_page_does_what_the_page_says() {
    // A port that is free here, in the place of the one that the page gives.
    let page = read("README.md").replace("/udp/4001/", &format!("/udp/{}/", free_port()));
    let mut desk = Desk::new();
    let blocks = blocks(&page);
    assert!(blocks.iter().flatten().count() > 15, "{blocks:?}");
    for shown in blocks.iter().flatten() {
        if shown.command.contains(" run --listen")
            || shown.command.contains(" run --connect")
            || shown.command.ends_with(" run")
        {
            desk.keep(&shown.command);
        } else {
            desk.run(shown);
        }
    }
}

#[test]
fn the_two_promised_commands_are_on_the_page() {
    let page = read("README.md");
    for command in ["cargo run --release -- demo", "cargo test --workspace"] {
        assert!(page.contains(command), "{command}");
    }
}

#[test]
fn what_the_pages_point_at_exists() {
    let files = files();
    for page in ["README.md", "SECURITY.md"] {
        let text = read(page);
        let linked = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        let quoted =
            text.split('`').skip(1).step_by(2).filter(|name| name.contains('/') && name.ends_with(".rs"));
        for path in linked.filter(|link| !link.starts_with("http")).chain(quoted) {
            assert!(files.iter().any(|file| Path::new(file) == Path::new(path)), "{page}: {path}");
        }
    }
}
