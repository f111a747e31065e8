//! One home in a scratch folder, and the program run on it as a person or a script would.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

use crate::wait::{PATIENCE, wait_for};

/// The name under which this package builds the program.
const PROGRAM: &str = "watchfire-under-test";

/// The program as this build made it: cargo names it to tests that it runs, and it lies beside the folder of the test
/// itself for one that is started by hand.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os(format!("CARGO_BIN_EXE_{PROGRAM}")) {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let path = folder.join(PROGRAM);
    assert!(path.exists(), "{} is missing: run the tests with cargo test", path.display());
    path
}

/// A home and the scratch folder around it, which goes away with the last of its copies.
#[derive(Clone, Debug)]
pub struct Home {
    folder: Arc<TempDir>,
    path: PathBuf,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Home {
    /// A place for a home that is not there yet.
    pub fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("watchfire-").tempdir().unwrap();
        let path = folder.path().join("home");
        Self { folder: Arc::new(folder), path }
    }

    /// A home with an identity and no passphrase.
    pub fn init(name: &str, side: &str) -> Self {
        let home = Self::empty();
        home.ok(&["init", "--name", name, "--side", side, "--no-passphrase"]);
        home
    }

    /// A copy of all its files, elsewhere.
    pub fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(&self.path, &copy.path);
        copy
    }

    /// The home's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder around the home, for files that a person has at hand.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The member's card.
    pub fn card(&self) -> String {
        text(&self.path.join("card.txt"))
    }

    /// Writes a file beside the home.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, content).unwrap();
        text(&path)
    }

    /// Publishes a lure under this title, which is a part of its host name too; gives the record's id.
    pub fn publish(&self, title: &str) -> String {
        let lure = format!("hxxp://{}[.]watchfire-sample[.]net/x", title.to_lowercase());
        let published = self.ok(&["publish", &self.file("lure.txt", lure), "--title", title, "--yes"]);
        assert_eq!(published["outcome"], "published");
        published["record"].as_str().unwrap().to_owned()
    }

    /// The program on this home, with nobody at a terminal and nothing of the caller's environment that matters.
    pub fn command(&self) -> Command {
        self.prepared(Command::new(program()))
    }

    /// As [`Home::command`], with no signal about a file over its limit: writing it is an error then and not the end.
    pub fn command_with_file_limits(&self) -> Command {
        self.command_under(&["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
    }

    /// As [`Home::command`], started by another command that becomes it.
    pub(crate) fn command_under(&self, launcher: &[&str]) -> Command {
        let mut command = Command::new(launcher[0]);
        command.args(&launcher[1..]).arg(program());
        self.prepared(command)
    }

    fn prepared(&self, mut command: Command) -> Command {
        for name in ["WATCHFIRE_PASSPHRASE", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "RUST_BACKTRACE", "RUST_LOG"]
        {
            command.env_remove(name);
        }
        command.env("WATCHFIRE_HOME", &self.path).env("HOME", self.folder()).env("COLUMNS", "120");
        command.current_dir(self.folder());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs for a script.
    pub fn cmd<A: AsRef<str>>(&self, arguments: &[A]) -> Ran {
        ended(self.command().arg("--json").args(words(arguments)), b"")
    }

    /// Runs for a person.
    pub fn text<A: AsRef<str>>(&self, arguments: &[A]) -> Ran {
        ended(self.command().args(words(arguments)), b"")
    }

    /// Runs for a script, with something on standard input.
    pub fn cmd_with_input<A: AsRef<str>>(&self, arguments: &[A], input: &[u8]) -> Ran {
        ended(self.command().arg("--json").args(words(arguments)), input)
    }

    /// Runs for a script and gives the document of a run that succeeded.
    pub fn ok<A: AsRef<str>>(&self, arguments: &[A]) -> Value {
        self.exits(arguments, 0)
    }

    /// Runs for a script and gives the document of a run that ended with this code.
    pub fn exits<A: AsRef<str>>(&self, arguments: &[A], code: i32) -> Value {
        let ran = self.cmd(arguments);
        assert_eq!(ran.code, code, "{:?}: {ran:?}", words(arguments));
        ran.json()
    }

    /// Runs for a person and for a script: both are told the same error, in two lines and in one document, with this exit
    /// code. Gives the document's `error`.
    pub fn refuses<A: AsRef<str>>(&self, arguments: &[A], code: i32) -> Value {
        let said = words(arguments);
        let person = self.text(arguments);
        let script = self.cmd(arguments);
        assert_eq!((person.code, script.code), (code, code), "{said:?}: {person:?} {script:?}");
        assert_eq!(person.out, "", "{said:?}");
        let lines: Vec<&str> = person.err.lines().filter(|line| !line.starts_with("warning: ")).collect();
        let [text, remedy] = lines[..] else { panic!("{said:?} gave not two lines: {person:?}") };
        let document = script.json();
        let error = &document["error"];
        assert!(error["code"].as_str().is_some_and(|code| !code.is_empty()), "{said:?}: {document}");
        assert_eq!(Some(text), error["text"].as_str().map(|text| format!("error: {text}")).as_deref());
        assert_eq!(Some(remedy), error["try"].as_str().map(|text| format!("try: {text}")).as_deref());
        assert!(remedy.len() > "try: ".len(), "{said:?}: {person:?}");
        assert!(!person.err.contains("panicked") && !script.err.contains("panicked"), "{said:?}: {script:?}");
        error.clone()
    }

    /// Every file below the home with its content, less what a lock or a socket leaves and what a running node is about to
    /// write.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(&self.path, &mut found);
        found.retain(|(path, _)| path.extension().is_none_or(|extension| extension != "lock"));
        found.sort();
        found
    }
}

impl Ran {
    /// The one document on standard output.
    pub fn json(&self) -> Value {
        assert_eq!(self.out.matches('\n').count(), 1, "not one document on one line: {self:?}");
        assert!(self.out.starts_with("{\"schema\":1,"), "no schema in front: {self:?}");
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs a command to its end, within [`PATIENCE`].
pub fn ended(command: &mut Command, input: &[u8]) -> Ran {
    let said = format!("{command:?}");
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    let (out, err) = (reader(child.stdout.take()), reader(child.stderr.take()));
    if let Some(mut pipe) = child.stdin.take() {
        // A program that refuses before it has read everything closes the pipe.
        let _ = pipe.write_all(input);
    }
    let status = bounded(&mut child, &said);
    let text = |thread: JoinHandle<Vec<u8>>| String::from_utf8(thread.join().unwrap()).unwrap();
    let (out, err) = (text(out), text(err));
    let code = status.code().unwrap_or_else(|| panic!("{said} ended by {status}: {err}"));
    Ran { code, out, err }
}

/// Waits for the end of a child; one that does not come to an end is killed, and the test fails.
pub(crate) fn bounded(child: &mut Child, said: &str) -> std::process::ExitStatus {
    let started = std::time::Instant::now();
    wait_for(&format!("{said} to end"), PATIENCE * 2, || {
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{said} did not end within {PATIENCE:?}");
        }
        child.try_wait().unwrap()
    })
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

pub(crate) fn words<A: AsRef<str>>(arguments: &[A]) -> Vec<OsString> {
    arguments.iter().map(|argument| OsString::from(argument.as_ref())).collect()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), found)
        } else if kind.is_file() && !is_unfinished(&entry.file_name()) {
            match std::fs::read(entry.path()) {
                // Taken away or renamed while this looked.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                read => found.push((entry.path(), read.unwrap())),
            }
        }
    }
}

/// A file that gets its name once it is written.
fn is_unfinished(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".unfinished-")
}

/// Copies files with their permissions; sockets stay.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
