//! `sanitizer`: the member's own list of what must never leave. It stays in this home.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Context, input};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::settings::{self, own_domain, own_name};

/// The largest file of own names that is read.
const MAX_FILE_BYTES: usize = 1024 * 1024;

/// What must never leave this home
#[derive(Debug, Args)]
pub(super) struct SanitizerCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Own(Own),
    List(List),
}

/// Add to your own list: domains, and names of people and places, that must never leave
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
#[command(after_help = "Example: watchfire sanitizer own --domain smith2028.example --name \"Jordan Smith\"")]
struct Own {
    /// A domain of yours; everything under it counts too
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
    /// A person, a place or a mail address that would tell who you are
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// A file with one domain, name or mail address a line; `#` begins a comment (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
}

/// Show your own list
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire sanitizer list")]
struct List {}

/// What was added, and the list as it is now.
#[derive(Debug, Serialize)]
struct Added {
    added_domains: Vec<String>,
    added_names: Vec<String>,
    domains: Vec<String>,
    names: Vec<String>,
}

/// The list.
#[derive(Debug, Serialize)]
struct Listed {
    domains: Vec<String>,
    names: Vec<String>,
}

/// What the command line and the files ask to add.
#[derive(Debug, Default)]
struct Wanted {
    domains: Vec<String>,
    names: Vec<String>,
}

impl SanitizerCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        match self.action {
            Action::Own(own) => own.run(context),
            Action::List(_) => {
                let list = settings::load(&context.home)?.sanitizer;
                context.out.document(&Listed { domains: list.own_domains, names: list.own_names })?;
                Ok(Exit::Ok)
            }
        }
    }
}

impl Own {
    /// All of it or nothing: one word that cannot be used leaves the list as it was.
    fn run(self, context: &Context) -> Result<Exit> {
        let mut wanted = Wanted::default();
        for text in &self.domain {
            wanted.domains.push(own_domain(text).map_err(|fault| unusable(text, "--domain", &fault))?);
        }
        for text in &self.name {
            wanted.names.push(own_name(text).map_err(|fault| unusable(text, "--name", &fault))?);
        }
        for path in &self.from {
            wanted.take_file(path)?;
        }
        let (mut added_domains, mut added_names) = (Vec::new(), Vec::new());
        let after = settings::change(&context.home, |settings| {
            let list = &mut settings.sanitizer;
            added_domains = add(&mut list.own_domains, wanted.domains);
            added_names = add(&mut list.own_names, wanted.names);
            Ok(())
        })?;
        let (domains, names) = (after.sanitizer.own_domains, after.sanitizer.own_names);
        context.out.document(&Added { added_domains, added_names, domains, names })?;
        Ok(Exit::Ok)
    }
}

impl Wanted {
    /// A line is a domain when it looks like one, and else a name.
    fn take_file(&mut self, path: &Path) -> Result<()> {
        for (index, line) in input::read_text(path, MAX_FILE_BYTES, Exit::Failed)?.lines().enumerate() {
            let text = line.split('#').next().unwrap_or_default().trim();
            let is_domain = text.contains('.') && !text.contains(|c: char| c == '@' || c.is_whitespace());
            let place = format!("{} line {}", input::name(path), index + 1);
            if text.is_empty() {
                continue;
            } else if is_domain {
                self.domains.push(own_domain(text).map_err(|fault| unusable(text, &place, &fault))?);
            } else {
                self.names.push(own_name(text).map_err(|fault| unusable(text, &place, &fault))?);
            }
        }
        Ok(())
    }
}

/// Adds what is not there yet, compared without case, and says what that was.
fn add(list: &mut Vec<String>, wanted: Vec<String>) -> Vec<String> {
    let mut present: std::collections::BTreeSet<String> =
        list.iter().map(|text| text.to_lowercase()).collect();
    let new: Vec<String> = wanted.into_iter().filter(|text| present.insert(text.to_lowercase())).collect();
    list.extend(new.iter().cloned());
    new
}

fn unusable(text: &str, place: &str, fault: &str) -> Error {
    Error::new(
        Exit::Usage,
        "own-list-unusable",
        format!("{place}: `{text}` {fault}; nothing was added"),
        "a domain such as smith2028.example, or a name of three letters or more",
    )
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for text in self.added_domains.iter().chain(&self.added_names) {
            writeln!(f, "added: {text}")?;
        }
        let new = self.added_domains.len() + self.added_names.len();
        let stands =
            format!("{} domains and {} names will not leave this home", self.domains.len(), self.names.len());
        if new == 0 { write!(f, "all of it was there already; {stands}") } else { f.write_str(&stands) }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.domains.is_empty() && self.names.is_empty() {
            return f.write_str(
                "the list is empty; to add to it: watchfire sanitizer own --domain DOMAIN --name NAME",
            );
        }
        for domain in &self.domains {
            writeln!(f, "domain  {domain}")?;
        }
        self.names.iter().try_for_each(|name| writeln!(f, "name    {name}"))
    }
}
