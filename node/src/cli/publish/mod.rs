//! `publish`: reads what a person has, shows what would leave, and hands it to the daemon to be signed.

mod document;

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use watchfire_protocol::indicator::Tlp;
use watchfire_protocol::record::Severity;

use self::document::{Document, Outcome};
use super::{Context, duration, input};
use crate::api::client;
use crate::clock;
use crate::control::{Answer, Ask, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::formats::Format;
use crate::sanitizing::{Policy, Sanitized, Wish, sanitize};

/// The largest file that is read: a STIX bundle of some 50,000 indicators.
const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// Share indicators with the circle: from STIX, MISP, CSV, or any text with indicators in it
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire publish phishing.txt --severity high --dry-run")]
pub(super) struct Publish {
    /// The file, or `-` for standard input
    file: PathBuf,
    /// One line that says what it is about [else the file's own title]
    #[arg(long)]
    title: Option<String>,
    /// What happened, in a few sentences [else the file's own description]
    #[arg(long)]
    summary: Option<String>,
    /// How far it may be passed on: clear, green, amber or amber+strict [else the file's own marking, else amber]
    #[arg(long)]
    tlp: Option<Tlp>,
    /// low, medium, high or flash
    #[arg(long, default_value = "medium")]
    severity: Severity,
    /// When it stops being valid, such as 30d
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    expires: Option<u64>,
    /// What the file is, if it should not be guessed: stix, misp, csv or text
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,
    /// Show what would leave, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        if !self.dry_run {
            if !client::is_running(&context.home) {
                return Err(no_daemon());
            }
            if !self.yes && !std::io::stdin().is_terminal() {
                return Err(Error::usage(
                    "nobody is here to agree to what would leave",
                    "watchfire publish FILE --dry-run to see it, then --yes",
                ));
            }
        }
        let policy = Policy::load(&context.home)?;
        let bytes = match input::read(&self.file, MAX_FILE_BYTES, Exit::Refused) {
            Ok(bytes) => bytes,
            Err(error) => return refused(context, Document::unreadable(self.from), error),
        };
        let wish = Wish {
            name: self.file.file_name().map(|name| name.to_string_lossy().into_owned()),
            title: self.title,
            summary: self.summary,
            tlp: self.tlp,
            severity: self.severity,
            valid_until: self.expires.map(|span| clock::now().saturating_add(span)),
            from: self.from,
        };
        let sanitized = match sanitize(&bytes, &wish, &policy) {
            Ok(sanitized) => sanitized,
            Err(fault) => return refused(context, Document::unreadable(wish.from), fault.into()),
        };
        let mut document = Document::of(&sanitized);
        let Sanitized { outcome, .. } = sanitized;
        let report = match outcome {
            Ok(outgoing) => {
                document.leaving(&outgoing.report, outgoing.texts);
                outgoing.report
            }
            Err(error) => return refused(context, document, error),
        };
        if self.dry_run {
            context.out.document(&document.with(Outcome::DryRun))?;
            return Ok(Exit::Ok);
        }
        if !self.yes {
            // The person sees what would leave before the question, on the same terminal.
            context.out.hint(&document.to_string());
            if !agreed() {
                return Err(Error::usage(
                    "nothing was sent",
                    "the same command again, with --title or --tlp",
                ));
            }
        }
        let Answer::Published(published) = ask(context, Ask::Publish(Box::new(report)))? else {
            return Ok(Exit::Failed);
        };
        if published.waiting {
            context.out.hint(
                "it is signed, and leaves as soon as there is an epoch to seal it under: watchfire status",
            );
        }
        context.out.document(&document.published(published))?;
        Ok(Exit::Ok)
    }
}

/// Prints the full document for scripts and the error for people, as outcomes 8 and 9 ask for.
fn refused(context: &Context, document: Document, error: Error) -> Result<Exit> {
    if context.out.is_json() {
        let exit = error.exit();
        let outcome = if exit == Exit::Held { Outcome::Held } else { Outcome::Refused };
        context.out.document(&document.with(outcome).because(&error))?;
        return Ok(exit);
    }
    if !document.is_empty() {
        context.out.hint(&document.to_string());
    }
    Err(error)
}

fn no_daemon() -> Error {
    Error::new(
        Exit::NoDaemon,
        "daemon-not-running",
        "the daemon is not running, so nothing can be published",
        "watchfire run, in another terminal or as a service; --dry-run works without it",
    )
}

/// Asks the person at the terminal.
fn agreed() -> bool {
    use std::io::Write;
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "Sign this and send it to the circle? [y/N] ");
    let _ = stderr.flush();
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}
