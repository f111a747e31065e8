//! `key`: the organisation's own keys in life. One file for each action.

mod backup;
mod delegate;
mod new;
mod passphrase;
mod restore;
mod revoke;
mod rotate;
mod show;

use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use watchfire_keys::{KeyName, PublicKey, Scopes};

use super::{Context, input};
use crate::api::client;
use crate::control::{Answer, Ask, KeyAsk, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Passphrase, PassphraseSource, lacks};

/// A file with one line in it, and what an editor makes of that.
const MAX_KEY_TEXT: usize = 1024;

/// Keep, move and change this organisation's keys
#[derive(Debug, Args)]
pub(super) struct KeyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(show::ShowKeys),
    Delegate(delegate::DelegateKey),
    Revoke(revoke::RevokeKey),
    Rotate(rotate::RotateKey),
    Backup(backup::BackupKeys),
    Restore(restore::RestoreKeys),
    Passphrase(passphrase::ChangePassphrase),
    New(new::NewKey),
}

impl KeyCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        match self.action {
            Action::Show(action) => action.run(context),
            Action::Delegate(action) => action.run(context),
            Action::Revoke(action) => action.run(context),
            Action::Rotate(action) => action.run(context),
            Action::Backup(action) => action.run(context),
            Action::Restore(action) => action.run(context),
            Action::Passphrase(action) => action.run(context),
            Action::New(action) => action.run(context),
        }
    }
}

/// Where a passphrase that is chosen now comes from.
#[derive(Debug, Args)]
struct NewPassphrase {
    /// A file whose one line is the new passphrase (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// No passphrase: for tests and demonstrations
    #[arg(long, conflicts_with = "new_passphrase_file")]
    no_passphrase: bool,
}

impl NewPassphrase {
    /// The new passphrase; nothing where there shall be none.
    fn choose(self, context: &Context) -> Result<Option<Passphrase>> {
        if self.no_passphrase {
            context
                .out
                .warn("these keys have no passphrase: whoever can read the file can act as this member");
            return Ok(None);
        }
        let source = PassphraseSource::for_new(self.new_passphrase_file);
        source.fresh(|text| context.out.warn(text)).map(Some)
    }

    /// Whether the command line says anything.
    const fn is_given(&self) -> bool {
        self.no_passphrase || self.new_passphrase_file.is_some()
    }
}

/// What was done about a key, circle by circle.
#[derive(Debug, Serialize)]
struct Done {
    key: String,
    circles: Vec<InCircle>,
}

/// The act in one circle.
#[derive(Debug, Serialize)]
struct InCircle {
    circle: String,
    act: String,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "key: {}", self.key)?;
        for done in &self.circles {
            writeln!(f, "  act {} in circle {}", brief(&done.act), brief(&done.circle))?;
        }
        Ok(())
    }
}

fn brief(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Asks for the same act in the circle that `--circle` names, or in every circle of the home. The first that refuses
/// ends it, and the person is told where it is done already.
fn in_every_circle(context: &Context, ask_for: impl Fn() -> KeyAsk) -> Result<Vec<InCircle>> {
    require_daemon(context)?;
    let circles: Vec<String> = match &context.circle {
        Some(circle) => vec![circle.clone()],
        None => context.home.circles()?.iter().map(ToString::to_string).collect(),
    };
    let mut done: Vec<InCircle> = Vec::new();
    for circle in circles {
        let within = Context { circle: Some(circle.clone()), ..context.clone() };
        match ask(&within, Ask::Key(ask_for())) {
            Ok(Answer::Acted(acted)) => done.push(InCircle { circle, act: acted.act }),
            Ok(_) => {}
            Err(error) => {
                for done in &done {
                    context.out.warn(&format!("it is done in circle {}", brief(&done.circle)));
                }
                return Err(error);
            }
        }
    }
    Ok(done)
}

/// Exit code 3 unless a daemon can tell the others.
fn require_daemon(context: &Context) -> Result<()> {
    if client::is_running(&context.home) {
        return Ok(());
    }
    Err(Error::new(
        Exit::NoDaemon,
        "daemon-not-running",
        "the daemon is not running, so nobody can be told about the key",
        "watchfire run, in another terminal or as a service",
    ))
}

/// The public key that a person means: its 64 digits, a file that holds them, or the name of a key of this home.
fn public_key(context: &Context, wanted: &str) -> Result<PublicKey> {
    if let Ok(key) = wanted.trim().parse() {
        return Ok(key);
    }
    if let Some(name) = KeyName::ALL.into_iter().find(|name| name.as_str() == wanted) {
        let keys = context.home.open_identity(&context.passphrase, context.out)?;
        return show::public(&keys, name).ok_or_else(|| lacks(name));
    }
    let text = input::read_text(Path::new(wanted), MAX_KEY_TEXT, Exit::Refused)?;
    text.trim().parse().map_err(|_| {
        Error::new(
            Exit::Refused,
            "no-key-in-file",
            format!("{wanted} holds no public key"),
            "a file whose one line are the 64 digits that watchfire key new printed, or the digits themselves",
        )
    })
}

/// What a key may be delegated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Scope {
    /// Signs reports
    Publish,
    /// Signs proposals and approvals, deals epochs
    Steward,
    /// Runs a node
    Daemon,
}

impl Scope {
    const fn scopes(self) -> Scopes {
        match self {
            Self::Publish => Scopes::PUBLISH,
            Self::Steward => Scopes::STEWARD,
            Self::Daemon => Scopes::DAEMON,
        }
    }

    const fn key_name(self) -> KeyName {
        match self {
            Self::Publish => KeyName::Publisher,
            Self::Steward => KeyName::Steward,
            Self::Daemon => KeyName::Daemon,
        }
    }
}
