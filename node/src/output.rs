//! The one place where results reach a person or a script.
//!
//! Standard output holds the result and nothing else: text for people, or with `--json` one document (for streams, one
//! document a line) that begins with `"schema":1`. Hints, warnings and progress go to standard error. A reader that
//! went away (`watchfire alerts | head`) ends the output quietly.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Write};

use serde::Serialize;

use crate::error::{Error, Result, one_line};
use crate::exit::Exit;

/// The number of the JSON documents' form.
pub const SCHEMA: u32 = 1;

/// Prints results in the form that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

/// A result with its schema number in front.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    #[serde(flatten)]
    body: &'a T,
}

impl Output {
    /// JSON for scripts, or text for people.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether `--json` was given.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints a result on standard output: its `Display` for people, its `Serialize` (a map) for scripts. For a stream
    /// of events, call it once for each.
    pub fn document<T: Serialize + Display>(self, result: &T) -> Result<()> {
        if self.json {
            // Written as it is made: a document may list a million indicators.
            let mut out = BufWriter::new(io::stdout().lock());
            let made = serde_json::to_writer(&mut out, &Document { schema: SCHEMA, body: result });
            match made {
                Ok(()) => written(out.write_all(b"\n").and_then(|()| out.flush())),
                Err(error) if error.is_io() => written(Err(error.into())),
                Err(error) => Err(no_json(&error)),
            }
        } else {
            let text = result.to_string();
            print(&format!("{}\n", text.trim_end_matches('\n')))
        }
    }

    /// Prints bytes on standard output as they are: an exported file, a card.
    pub fn raw(self, bytes: &[u8]) -> Result<()> {
        written(io::stdout().lock().write_all(bytes).and_then(|()| io::stdout().lock().flush()))
    }

    /// Tells a person on standard error what may come next.
    pub fn hint(self, text: &str) {
        note("", text);
    }

    /// Shows a person on standard error what is about to happen. Its text is clean already, and may have colour.
    pub fn show(self, result: &impl Display) {
        let _ = writeln!(io::stderr().lock(), "{}", result.to_string().trim_end_matches('\n'));
    }

    /// Tells a person on standard error what is not as it should be.
    pub fn warn(self, text: &str) {
        note("warning: ", text);
    }

    /// Prints an error: two lines on standard error, or one document on standard output.
    pub fn error(self, error: &Error) {
        if self.json {
            // When standard output is gone there is nobody left to tell; the exit code still says it.
            let _ = print(&format!("{}\n", error.to_json()));
        } else {
            let _ = writeln!(io::stderr().lock(), "{error}");
        }
    }
}

/// One document on one line, without the line end.
pub fn to_json<T: Serialize>(result: &T) -> Result<String> {
    serde_json::to_string(&Document { schema: SCHEMA, body: result }).map_err(|error| no_json(&error))
}

fn no_json(error: &serde_json::Error) -> Error {
    Error::new(
        Exit::Failed,
        "output-failed",
        format!("cannot write the result as JSON: {error}"),
        "the same command without --json",
    )
}

fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::new(
            Exit::Failed,
            "output-failed",
            format!("cannot write to standard output: {error}"),
            "check where the output goes, for example the free space on that disk",
        )),
        _ => Ok(()),
    }
}

fn note(prefix: &str, text: &str) {
    let mut out = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(out, "{prefix}{}", one_line(line));
    }
}
