//! `publish`: reads what a person has, shows what would leave, and hands it to the daemon to be signed.

mod diff;
mod document;
mod offline;
mod parts;

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use watchfire_protocol::indicator::Tlp;
use watchfire_protocol::record::Severity;

use self::document::Document;
pub(super) use self::offline::SignedFile;
use super::progress::Progress;
use super::{Context, duration, input};
use crate::api::client;
use crate::clock;
use crate::control::{Answer, Ask, PublishedDoc, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::formats::{self, Format};
use crate::review::queue;
use crate::sanitizing::{Policy, Sanitized, Wish, sanitize_parsed};
use crate::style::Style;

/// The largest file that is read: a mail with all that is attached to it.
const MAX_FILE_BYTES: usize = formats::MAX_MAIL_BYTES;

/// Share indicators with the circle: from a mail, STIX, MISP, CSV, or any text with indicators in it
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
    /// How far it may be passed on: clear, green, amber, amber+strict or red [else the file's own marking, else amber]
    #[arg(long)]
    tlp: Option<Tlp>,
    /// A member that it is for, by name or id, and nobody else but the others so named; red needs at least one
    #[arg(long, value_name = "MEMBER")]
    to: Vec<String>,
    /// low, medium, high or flash
    #[arg(long, default_value = "medium")]
    severity: Severity,
    /// When it stops being valid, such as 30d
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    expires: Option<u64>,
    /// What the file is, if it should not be guessed: stix, misp, csv, mail or text
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,
    /// Show what would leave, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Sign into this file on a machine without a node, to be sent with `submit` where there is one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "to"])]
    offline: Option<PathBuf>,
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        if self.tlp == Some(Tlp::Red) && self.to.is_empty() {
            return Err(Error::usage(
                "TLP:RED is for named readers, and no reader is named",
                "--to MEMBER for each of them: watchfire circle show lists the members",
            ));
        }
        let offline = match &self.offline {
            Some(path) => Some((offline::circle(context)?, path.clone())),
            None => None,
        };
        if !self.dry_run {
            if offline.is_none() && !client::is_running(&context.home) {
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
            Err(error) => return refused(context, Document::unreadable(self.from), &error),
        };
        let wish = Wish {
            name: self.file.file_name().map(|name| name.to_string_lossy().into_owned()),
            title: self.title,
            summary: self.summary,
            tlp: self.tlp,
            severity: self.severity,
            valid_until: self.expires.map(|span| clock::now().saturating_add(span)),
            from: self.from,
            to: self.to,
        };
        let megabytes = bytes.len().div_ceil(1024 * 1024);
        let progress = Progress::start(context.out, format!("reading and checking {megabytes} MB"));
        let parsed = formats::read(&bytes, wish.name.as_deref(), wish.from);
        drop(bytes);
        let sanitized = parsed.map(|parsed| sanitize_parsed(parsed, &wish, &policy));
        drop(progress);
        let sanitized = match sanitized {
            Ok(sanitized) => sanitized,
            Err(fault) => return refused(context, Document::unreadable(wish.from), &fault.into()),
        };
        let document = Document::of(&sanitized);
        let outgoing = match &sanitized.outcome {
            Ok(outgoing) => outgoing,
            Err(error) => {
                if error.exit() == Exit::Held && !self.dry_run {
                    remember(context, &sanitized)?;
                }
                return refused(context, document, error);
            }
        };
        if self.dry_run {
            hint_at_empty_list(context, &policy);
            context.out.document(&document.styled(Style::of(&std::io::stdout())))?;
            return Ok(Exit::Ok);
        }
        if !self.yes {
            // The person sees what would leave before the question, on the same terminal.
            hint_at_empty_list(context, &policy);
            context.out.show(&Document::of(&sanitized).asking().styled(Style::of(&std::io::stderr())));
            if !agreed() {
                return Err(Error::usage(
                    "nothing was sent",
                    "the same command again, with --title or --tlp",
                ));
            }
        }
        if let Some((circle, path)) = offline {
            let published = offline::sign(context, circle, outgoing.reports(&sanitized.kept), &path)?;
            remember(context, &sanitized)?;
            context.out.document(&document.signed(published).styled(Style::of(&std::io::stdout())))?;
            context.out.hint(&format!(
                "nothing has left yet: watchfire submit {}, where the node is",
                path.display()
            ));
            return Ok(Exit::Ok);
        }
        let mut published: Vec<PublishedDoc> = Vec::new();
        for report in outgoing.reports(&sanitized.kept) {
            match ask(context, Ask::Publish(Box::new(report))) {
                Ok(Answer::Published(each)) => published.push(each),
                Ok(_) => return Ok(Exit::Failed),
                Err(error) => {
                    tell_what_left(context, &published, outgoing.titles().len());
                    return Err(error);
                }
            }
        }
        if published.iter().any(|published| published.waiting) {
            context.out.hint(
                "it is signed, and leaves as soon as there is an epoch to seal it under: watchfire status",
            );
        }
        remember(context, &sanitized)?;
        if self.yes {
            hint_at_empty_list(context, &policy);
        }
        context.out.document(&document.published(published).styled(Style::of(&std::io::stdout())))?;
        Ok(Exit::Ok)
    }
}

/// A person whose list knows no domain is told, since nothing of theirs can be recognised.
fn hint_at_empty_list(context: &Context, policy: &Policy) {
    if policy.own.domains.is_empty() && !context.out.is_json() {
        context.out.hint(
            "no domain is on your own list, so nothing of yours can be recognised: watchfire sanitizer own --domain DOMAIN",
        );
    }
}

/// When one of several publications fails, those before it are on their way.
fn tell_what_left(context: &Context, published: &[PublishedDoc], wanted: usize) {
    if let Some(last) = published.last() {
        context.out.warn(&format!(
            "{} of {wanted} publications are on their way, the last of them {}; withdraw them before you send all again",
            published.len(),
            last.record
        ));
    }
}

/// Keeps what was held for `review`.
fn remember(context: &Context, sanitized: &Sanitized) -> Result<()> {
    let held = queue::held_of(&sanitized.changed, &sanitized.draft);
    let left_out = queue::remember(&context.home, held)?;
    if left_out > 0 {
        context.out.warn(&format!(
            "{left_out} held indicators were not remembered, because too many wait; publish again after: watchfire review"
        ));
    }
    Ok(())
}

/// Prints the full document for scripts and the error for people, as outcomes 8 and 9 ask for.
fn refused(context: &Context, document: Document<'_>, error: &Error) -> Result<Exit> {
    let document = document.because(error);
    if context.out.is_json() {
        context.out.document(&document)?;
        return Ok(error.exit());
    }
    if !document.is_empty() {
        context.out.show(&document.styled(Style::of(&std::io::stderr())));
    }
    Err(error.clone())
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
