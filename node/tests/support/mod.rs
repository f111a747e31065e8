//! Runs the real program in a scratch home.

// Each test program uses its own part of this.
#![allow(dead_code, unreachable_pub)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A scratch folder with the path of a home in it that is not there yet.
pub struct Scratch {
    pub folder: TempDir,
    pub home: PathBuf,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Scratch {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        Self { folder, home }
    }

    /// A home with an identity and no passphrase.
    pub fn initialised() -> Self {
        let scratch = Self::new();
        let made =
            scratch.run(&["init", "--name", "Smith for State", "--side", "democratic", "--no-passphrase"]);
        assert_eq!(made.code, 0, "{made:?}");
        scratch
    }

    /// The program with this home, nobody at a terminal, and nothing of the caller's environment that matters.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
        command.env_remove("WATCHFIRE_PASSPHRASE").env_remove("XDG_DATA_HOME").env_remove("RUST_BACKTRACE");
        command.env("WATCHFIRE_HOME", &self.home).env("HOME", self.folder.path()).env("COLUMNS", "120");
        command.current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ended(self.command().args(arguments))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command().args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A program that refuses before it reads closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input);
        ran(child.wait_with_output().unwrap())
    }

    /// The text with this scratch folder's path taken out.
    pub fn anonymous(&self, text: &str) -> String {
        text.replace(&self.folder.path().display().to_string(), "FOLDER")
    }

    /// Runs for a person and for a script, and checks the exit code and both forms of the error.
    pub fn assert_error(&self, arguments: &[&str], exit: i32, code: &str, text: &str, remedy: &str) {
        let person = self.run(arguments);
        assert_eq!(
            (person.code, person.out.as_str(), self.anonymous(&person.err).as_str()),
            (exit, "", format!("error: {text}\ntry: {remedy}\n").as_str()),
            "{arguments:?}"
        );
        let script = self.run(&[&["--json"], arguments].concat());
        let document: serde_json::Value = serde_json::from_str(&self.anonymous(&script.out)).unwrap();
        let expected = serde_json::json!({"schema": 1, "error": {"code": code, "text": text, "try": remedy}});
        assert_eq!((script.code, document, script.err.as_str()), (exit, expected, ""), "{arguments:?}");
    }

    /// Every file below the home, with its content.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(&self.home, &mut found);
        found.sort();
        found
    }
}

impl Ran {
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.out.matches('\n').count(), 1, "one document on one line: {self:?}");
        assert!(self.out.starts_with("{\"schema\":1,"), "{self:?}");
        serde_json::from_str(&self.out).unwrap()
    }
}

pub fn ended(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found)
        } else {
            found.push((path.clone(), std::fs::read(path).unwrap()))
        }
    }
}
