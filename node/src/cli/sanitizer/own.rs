//! `sanitizer own`: adds to the own list, from the command line and from what the member has anyway.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::super::progress::Progress;
use super::super::{Context, input};
use super::parts;
use crate::error::{Error, Result, one_line};
use crate::exit::Exit;
use crate::own_sources::{self, Gathered, SourceError};
use crate::settings::{self, own_domain, own_name, own_network, own_phone, own_word};

/// The largest file that is read.
const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Added values that a person is shown; a script gets all of them.
const SHOWN: usize = 20;

/// Add to your own list: domains, names, words, telephone numbers and networks that must never leave
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
#[command(after_help = "Example: watchfire sanitizer own --domain smith2028.example --from staff.csv")]
pub(super) struct Own {
    /// A domain of yours; everything under it counts too
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
    /// A person, a place or a mail address that would tell who you are
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// A word that would tell it: a place, a project, a machine; found as a whole word
    #[arg(long, value_name = "WORD")]
    word: Vec<String>,
    /// A telephone number of yours
    #[arg(long, value_name = "NUMBER")]
    phone: Vec<String>,
    /// An address or a block of addresses of yours, such as 185.10.20.0/24
    #[arg(long, value_name = "BLOCK")]
    network: Vec<String>,
    /// A list (one a line), a staff table (CSV), sent mail (mbox, Maildir, a folder of .eml) or a DNS zone file; `-`:
    /// standard input
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
    /// Of sent mail, take the people outside that you wrote to as well
    #[arg(long, requires = "from")]
    with_contacts: bool,
    /// Show what would be added, and add nothing
    #[arg(long, requires = "from")]
    dry_run: bool,
}

/// What was added, and the list as it is now.
#[derive(Debug, Serialize)]
struct Added {
    added_domains: Vec<String>,
    added_names: Vec<String>,
    added_words: Vec<String>,
    added_phones: Vec<String>,
    added_networks: Vec<String>,
    domains: Vec<String>,
    names: Vec<String>,
    words: Vec<String>,
    phones: Vec<String>,
    networks: Vec<String>,
    sources: Vec<Read>,
    dry_run: bool,
}

/// What was understood of one source.
#[derive(Debug, Serialize)]
struct Read {
    source: String,
    understood: String,
    notes: Vec<String>,
    /// People outside that were seen and not taken.
    contacts_left: usize,
}

/// Everything to add, in the normal forms.
#[derive(Default)]
struct Wanted {
    list: settings::Sanitizer,
    sources: Vec<Read>,
}

impl Own {
    /// All of it or nothing: one word that cannot be used leaves the list as it was.
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let mut wanted = Wanted::default();
        let list = &mut wanted.list;
        typed(&mut list.own_domains, &self.domain, "--domain", own_domain)?;
        typed(&mut list.own_names, &self.name, "--name", own_name)?;
        typed(&mut list.own_words, &self.word, "--word", own_word)?;
        typed(&mut list.own_phones, &self.phone, "--phone", own_phone)?;
        typed(&mut list.own_networks, &self.network, "--network", own_network)?;
        for path in &self.from {
            let progress = Progress::start(context.out, format!("reading {}", input::name(path)));
            let gathered = gather(path)?;
            drop(progress);
            wanted.take(path, gathered, self.with_contacts);
        }
        let mut added = settings::Sanitizer::default();
        let mut merge = |after: &mut settings::Sanitizer| {
            let lists = parts(after).into_iter().zip(parts(&mut wanted.list)).zip(parts(&mut added));
            for (((_, list), (_, wanted)), (_, added)) in lists {
                *added = add(list, std::mem::take(wanted));
            }
        };
        let after = if self.dry_run {
            let mut after = settings::load(&context.home)?.sanitizer;
            merge(&mut after);
            after
        } else {
            settings::change(&context.home, |settings| {
                merge(&mut settings.sanitizer);
                Ok(())
            })?
            .sanitizer
        };
        context.out.document(&Added {
            added_domains: added.own_domains,
            added_names: added.own_names,
            added_words: added.own_words,
            added_phones: added.own_phones,
            added_networks: added.own_networks,
            domains: after.own_domains,
            names: after.own_names,
            words: after.own_words,
            phones: after.own_phones,
            networks: after.own_networks,
            sources: wanted.sources,
            dry_run: self.dry_run,
        })?;
        Ok(Exit::Ok)
    }
}

impl Wanted {
    fn take(&mut self, path: &Path, gathered: Gathered, with_contacts: bool) {
        let Gathered { list, contacts, understood, notes } = gathered;
        self.list.own_domains.extend(list.domains);
        self.list.own_names.extend(list.names);
        self.list.own_words.extend(list.words);
        self.list.own_phones.extend(list.phones);
        self.list.own_networks.extend(list.networks);
        let contacts_left = if with_contacts { 0 } else { contacts.len() };
        if with_contacts {
            self.list.own_names.extend(contacts);
        }
        self.sources.push(Read { source: input::name(path), understood, notes, contacts_left });
    }
}

/// Values from the command line.
fn typed(
    list: &mut Vec<String>,
    texts: &[String],
    option: &str,
    normal: fn(&str) -> std::result::Result<String, String>,
) -> Result<()> {
    for text in texts {
        list.push(normal(text).map_err(|fault| unusable(text, option, &fault))?);
    }
    Ok(())
}

fn gather(path: &Path) -> Result<Gathered> {
    let whole = |error| source_error(path, error);
    if path.is_dir() {
        return own_sources::read_folder(path).map_err(whole);
    }
    if let Some(mails) = mailbox(path) {
        return mails.map_err(whole);
    }
    let bytes = input::read(path, MAX_FILE_BYTES, Exit::Failed)?;
    if let Some(mails) = own_sources::read_mails(&bytes, std::io::empty()) {
        return mails.map_err(whole);
    }
    let Some(text) = own_sources::decode(&bytes) else {
        let text = format!("{} is not UTF-8 text", input::name(path));
        return Err(Error::new(Exit::Failed, "file-not-text", text, "save it as UTF-8 text first"));
    };
    let name = path.file_name().map(|name| name.to_string_lossy());
    own_sources::read(&text, name.as_deref()).map_err(whole)
}

/// A file of mails, which may be larger than what is read of other files.
fn mailbox(path: &Path) -> Option<std::result::Result<Gathered, SourceError>> {
    if path == Path::new("-") || !path.is_file() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    let mut start = Vec::new();
    (&mut file).take(16 * 1024).read_to_end(&mut start).ok()?;
    own_sources::read_mails(&start, file)
}

fn source_error(path: &Path, error: SourceError) -> Error {
    match error {
        SourceError::Unusable(each) => {
            unusable(&each.text, &format!("{} line {}", input::name(path), each.line), &each.fault)
        }
        SourceError::Whole(text, remedy) => {
            let text = format!("{}: {text}; nothing was added", input::name(path));
            Error::new(Exit::Usage, "own-list-unusable", text, remedy)
        }
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
        for read in &self.sources {
            writeln!(f, "{}: {}", one_line(&read.source), read.understood)?;
            read.notes.iter().try_for_each(|note| writeln!(f, "  note: {}", one_line(note)))?;
            if read.contacts_left > 0 {
                let left = read.contacts_left;
                writeln!(
                    f,
                    "  {left} names and addresses of people outside left out; --with-contacts takes them"
                )?;
            }
        }
        let verb = if self.dry_run { "would add" } else { "added" };
        let Added { added_domains, added_names, added_words, added_phones, added_networks, .. } = self;
        let all = [added_domains, added_names, added_words, added_phones, added_networks];
        let new: usize = all.iter().map(|added| added.len()).sum();
        for text in all.into_iter().flatten().take(SHOWN) {
            writeln!(f, "{verb}: {}", one_line(text))?;
        }
        if new > SHOWN {
            writeln!(f, "... and {} more (--json lists all)", new - SHOWN)?;
        }
        let stands = stands(&[
            (self.domains.len(), "domain"),
            (self.names.len(), "name"),
            (self.words.len(), "word"),
            (self.phones.len(), "phone number"),
            (self.networks.len(), "network"),
        ]);
        if self.dry_run {
            write!(f, "nothing was added (--dry-run); {stands} would not leave this home")
        } else if new == 0 {
            write!(f, "all of it was there already; {stands} will not leave this home")
        } else {
            write!(f, "{stands} will not leave this home")
        }
    }
}

/// `1 domain, 2 names`.
fn stands(counts: &[(usize, &str)]) -> String {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let each: Vec<String> =
        counts.map(|(count, what)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" })).collect();
    if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
}
