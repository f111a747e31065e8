//! `warninglists`: lists of what is harmless or what many depend on, taken over from MISP's public collection.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use watchfire_protocol::indicator::Kind;
use watchfire_protocol::sanitize::Warninglists;
use watchfire_protocol::sanitize::warninglist::ListInfo;

use super::Context;
use super::progress::Progress;
use crate::error::{Error, Result, one_line};
use crate::exit::Exit;
use crate::warninglists::{TakenOver, change, load, take_over};

/// Lists of what is harmless or what many depend on: what is on one is not shared
#[derive(Debug, Args)]
pub(super) struct WarninglistsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Update(Update),
    List(List),
    Remove(Remove),
}

/// Take over the lists of a folder instead of those that are here, or one file beside them
#[derive(Debug, Args)]
#[command(
    after_help = "Example: git clone https://github.com/MISP/misp-warninglists && watchfire warninglists update misp-warninglists"
)]
struct Update {
    /// A checkout of the public collection, a folder of lists, or one list.json
    path: PathBuf,
}

/// Show the lists that are in use
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire warninglists list")]
struct List {}

/// Stop using a list, until it is taken over again
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire warninglists remove \"Top 1,000,000 most-used sites from Tranco\""
)]
struct Remove {
    /// Its name
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// Every list, a damaged file of them included
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Serialize)]
struct ListDoc {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u64,
    entries: u32,
    unusable: u32,
    /// The types of indicators that it is about.
    matches: Vec<&'static str>,
    /// What becomes of a hit: `dropped`, `held`, or only `told` to readers.
    hit: &'static str,
    description: String,
}

impl From<&ListInfo> for ListDoc {
    fn from(list: &ListInfo) -> Self {
        let about = Kind::ALL.into_iter().filter(|kind| list.is_about(*kind));
        Self {
            name: list.name.clone(),
            kind: list.kind.as_str(),
            version: list.version,
            entries: list.entries,
            unusable: list.bad,
            matches: about.map(Kind::as_str).collect(),
            hit: list.effect.as_str(),
            description: list.description.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    lists: Vec<ListDoc>,
    entries: u64,
}

#[derive(Debug, Serialize)]
struct Updated {
    lists: usize,
    entries: u64,
    taken: usize,
    refused: Vec<RefusedDoc>,
    unusable: Vec<UnusableDoc>,
}

#[derive(Debug, Serialize)]
struct RefusedDoc {
    file: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct UnusableDoc {
    list: String,
    entry: String,
    reason: &'static str,
}

#[derive(Debug, Serialize)]
struct Removed {
    removed: Vec<String>,
    lists: usize,
    entries: u64,
}

impl WarninglistsCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        match self.action {
            Action::Update(update) => update.run(context),
            Action::List(_) => {
                let lists = load(&context.home)?;
                let entries = entries(&lists);
                context.out.document(&Listed {
                    lists: lists.lists().iter().map(ListDoc::from).collect(),
                    entries,
                })?;
                Ok(Exit::Ok)
            }
            Action::Remove(remove) => remove.run(context),
        }
    }
}

fn entries(lists: &Warninglists) -> u64 {
    lists.lists().iter().map(|list| u64::from(list.entries)).sum()
}

impl Update {
    fn run(self, context: &Context) -> Result<Exit> {
        let mut taken = TakenOver::default();
        let progress = Progress::start(context.out, "reading and compiling the lists".to_owned());
        let lists = change(&context.home, self.path.is_dir(), |compiler| {
            taken = take_over(&self.path, compiler)?;
            Ok(())
        });
        drop(progress);
        let lists = lists?;
        let refused = taken
            .refused
            .into_iter()
            .map(|refusal| RefusedDoc { file: refusal.file.display().to_string(), reason: refusal.reason });
        let unusable =
            taken.unusable.into_iter().map(|(list, entry, reason)| UnusableDoc { list, entry, reason });
        context.out.document(&Updated {
            lists: lists.lists().len(),
            entries: entries(&lists),
            taken: taken.lists,
            refused: refused.collect(),
            unusable: unusable.collect(),
        })?;
        Ok(Exit::Ok)
    }
}

impl Remove {
    fn run(self, context: &Context) -> Result<Exit> {
        let mut removed = Vec::new();
        let lists = change(&context.home, self.all, |compiler| match self.name {
            None => Ok(()),
            Some(name) if compiler.remove(&name) => {
                removed.push(name);
                Ok(())
            }
            Some(name) => Err(Error::new(
                Exit::NothingFound,
                "no-such-warninglist",
                format!("no list here is called {name}"),
                "watchfire warninglists list shows their names",
            )),
        })?;
        context.out.document(&Removed { removed, lists: lists.lists().len(), entries: entries(&lists) })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lists.is_empty() {
            return f.write_str(
                "no warninglists; to take over the public ones: watchfire warninglists update DIR",
            );
        }
        for list in &self.lists {
            writeln!(
                f,
                "{:>8} {:<9} {:<7} {} ({})",
                list.entries,
                list.kind,
                list.hit,
                one_line(&list.name),
                list.version
            )?;
        }
        write!(f, "{} entries in {} lists", self.entries, self.lists.len())
    }
}

impl fmt::Display for Updated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for refusal in &self.refused {
            writeln!(f, "not taken: {} ({})", one_line(&refusal.file), one_line(&refusal.reason))?;
        }
        for unusable in &self.unusable {
            writeln!(
                f,
                "not used: {} of {} ({})",
                one_line(&unusable.entry),
                one_line(&unusable.list),
                unusable.reason
            )?;
        }
        write!(f, "{} lists taken over; {} entries in {} lists now", self.taken, self.entries, self.lists)
    }
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.removed {
            writeln!(f, "removed: {}", one_line(name))?;
        }
        write!(f, "{} entries in {} lists now", self.entries, self.lists)
    }
}
