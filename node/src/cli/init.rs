//! `init`: makes a member's keys, card and settings in an empty home.
//!
//! It never overwrites: a home that has an identity is refused before anything is asked or written.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use watchfire_keys::{Card, Identity, Keys, Name, Side};

use super::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::files;
use crate::settings::{own_domain, own_name};
use crate::{clock, random, settings};

/// Make this member's keys and card
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire init --name \"Smith for State\" --side democratic")]
pub(super) struct Init {
    /// What your organisation is called, as the other members shall see it
    #[arg(long)]
    name: Name,
    /// The side you declare, such as democratic, republican or nonpartisan
    #[arg(long)]
    side: Side,
    /// Keep the keys without a passphrase: for tests and demonstrations
    #[arg(long)]
    no_passphrase: bool,
    /// A domain of yours, which must never leave this home; everything under it counts too
    #[arg(long, value_name = "DOMAIN")]
    own_domain: Vec<String>,
    /// A person, a place or a mail address that must never leave this home; your organisation's name is one already
    #[arg(long, value_name = "NAME")]
    own_name: Vec<String>,
}

/// What was made.
#[derive(Debug, Serialize)]
struct Made {
    member: String,
    name: String,
    side: String,
    fingerprint: String,
    card: PathBuf,
    home: PathBuf,
}

impl Init {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let home = &context.home;
        if self.no_passphrase && context.passphrase.is_file_given() {
            return Err(Error::usage(
                "--no-passphrase and --passphrase-file exclude each other",
                "watchfire init with one of the two",
            ));
        }
        home.require_fresh()?;
        let own = self.own()?;
        // Asked before the lock is taken: nobody else shall wait for a person.
        let passphrase = match self.no_passphrase {
            true => None,
            false => Some(context.passphrase.fresh(|text| context.out.warn(text))?),
        };
        let asked_domains = if own.own_domains.is_empty() { ask_domains(context) } else { Vec::new() };
        let edit = settings::begin(home, |list| {
            list.add_member(&self.name);
            list.add(own.own_domains.into_iter().chain(asked_domains), own.own_names);
        })?;
        let identity = Identity::generate(&mut random::generator()?);
        let card = Card::sign(&identity, self.name, self.side, clock::now());
        home.store_keys(
            &Keys::from(&identity),
            &card,
            passphrase.as_ref().map(|words| words.as_slice()),
            &edit,
        )?;
        drop(edit);

        if self.no_passphrase {
            context
                .out
                .warn("these keys have no passphrase: whoever can read this folder can act as this member");
        }
        if files::mode(home.root()).is_ok_and(|mode| mode & 0o022 != 0) {
            context
                .out
                .warn(&format!("others may write to {0}; try: chmod 700 '{0}'", home.root().display()));
        }
        context.out.document(&Made {
            member: card.member().to_string(),
            name: card.name.to_string(),
            side: card.side.to_string(),
            fingerprint: card.fingerprint().to_string(),
            card: home.card_path(),
            home: home.root().to_path_buf(),
        })?;
        Ok(Exit::Ok)
    }
}

impl Init {
    /// What the command line puts on the own list, checked before anything is made.
    fn own(&self) -> Result<settings::Sanitizer> {
        let mut list = settings::Sanitizer::default();
        for text in &self.own_domain {
            list.own_domains.push(own_domain(text).map_err(|fault| unusable("--own-domain", text, &fault))?);
        }
        for text in &self.own_name {
            list.own_names.push(own_name(text).map_err(|fault| unusable("--own-name", text, &fault))?);
        }
        Ok(list)
    }
}

fn unusable(option: &str, text: &str, fault: &str) -> Error {
    Error::usage(
        format!("{option}: `{text}` {fault}"),
        "a domain such as smith2028.example, or a name of three letters or more",
    )
}

/// Asks a person at a terminal once; nobody has to answer.
fn ask_domains(context: &Context) -> Vec<String> {
    use std::io::{IsTerminal, Write};
    if !std::io::stdin().is_terminal() {
        return Vec::new();
    }
    let mut stderr = std::io::stderr().lock();
    let _ =
        write!(stderr, "Your own domains, which shall never leave (smith2028.example ...; Enter for none): ");
    let _ = stderr.flush();
    drop(stderr);
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    let mut domains = Vec::new();
    for text in line.split([' ', ',', ';', '\t']).map(str::trim).filter(|text| !text.is_empty()) {
        match own_domain(text) {
            Ok(domain) => domains.push(domain),
            Err(fault) => {
                context.out.warn(&format!("`{text}` {fault}; later: watchfire sanitizer own --domain"))
            }
        }
    }
    domains
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}) has its keys in {}", self.name, self.side, self.home.display())?;
        writeln!(f, "fingerprint: {}", self.fingerprint)?;
        writeln!(f, "card: {}", self.card.display())?;
        writeln!(
            f,
            "next: hand the card to a steward of the circle that you want to join, and compare the fingerprint by voice."
        )?;
        write!(f, "To found a circle: watchfire circle found --name NAME --card FILE")
    }
}
