//! The command line: what can be asked for, and who answers. One file for each command.

mod alerts;
mod card;
mod check;
mod circle;
mod context;
mod demo;
mod duration;
mod export;
mod init;
mod input;
mod join;
mod key;
mod notes;
mod progress;
mod prune;
mod publish;
mod relay;
mod review;
mod run;
mod sanitizer;
mod status;
mod submit;
mod usage;
mod warninglists;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use context::Context;

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::output::Output;
use crate::store::keep_quiet_in_store;

/// Rival organisations warn one another of attacks, with no hub in between.
#[derive(Debug, Parser)]
#[command(name = "watchfire", version, disable_help_subcommand = true)]
#[command(after_help = "Example: watchfire init --name \"Smith for State\" --side democratic")]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The options that stand before or after every command.
#[derive(Debug, Args)]
struct Global {
    /// The folder with your keys, settings and records [else WATCHFIRE_HOME, else the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Print one JSON document on standard output and nothing else there
    #[arg(long, global = true)]
    json: bool,
    /// Which circle, by id, beginning of an id, or name, when this home is in more than one
    #[arg(long, global = true, value_name = "CIRCLE")]
    circle: Option<String>,
    /// A file whose one line is the passphrase of the key file (`-`: standard input) [else WATCHFIRE_PASSPHRASE]
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Card(card::CardCommand),
    Circle(circle::CircleCommand),
    Join(join::Join),
    Key(key::KeyCommand),
    Run(run::Run),
    Relay(relay::RelayCommand),
    Status(status::Status),
    Alerts(alerts::Alerts),
    Show(alerts::Show),
    Check(check::Check),
    Publish(publish::Publish),
    Submit(submit::Submit),
    Review(review::Review),
    Export(export::Export),
    Prune(prune::Prune),
    Demo(demo::Demo),
    Sanitizer(sanitizer::SanitizerCommand),
    Warninglists(warninglists::WarninglistsCommand),
}

/// Parses, runs, prints, and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    keep_quiet_in_store();
    start_log();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, &arguments),
    };
    let out = Output::new(cli.global.json);
    let ended = catch_unwind(AssertUnwindSafe(|| run(cli, out))).unwrap_or_else(|_| Err(bug()));
    ended.unwrap_or_else(|error| {
        out.error(&error);
        error.exit()
    })
}

/// Logs go to standard error, warnings and worse unless `WATCHFIRE_LOG` says otherwise (such as `watchfire=debug`).
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
        .with_env_var("WATCHFIRE_LOG")
        .from_env_lossy();
    // A second call in one process (a test) keeps the first log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}

fn run(cli: Cli, out: Output) -> Result<Exit> {
    let Global { home, circle, passphrase_file, .. } = cli.global;
    let context = Context::new(home, out, circle, passphrase_file)?;
    match cli.command {
        Some(Command::Init(command)) => command.run(&context),
        Some(Command::Card(command)) => command.run(&context),
        Some(Command::Sanitizer(command)) => command.run(&context),
        Some(Command::Warninglists(command)) => command.run(&context),
        Some(Command::Circle(command)) => command.run(&context),
        Some(Command::Join(command)) => command.run(&context),
        Some(Command::Key(command)) => command.run(&context),
        Some(Command::Run(command)) => command.run(&context),
        Some(Command::Relay(command)) => command.run(&context),
        Some(Command::Status(command)) => command.run(&context),
        Some(Command::Alerts(command)) => command.run(&context),
        Some(Command::Show(command)) => command.run(&context),
        Some(Command::Check(command)) => command.run(&context),
        Some(Command::Publish(command)) => command.run(&context),
        Some(Command::Submit(command)) => command.run(&context),
        Some(Command::Review(command)) => command.run(&context),
        Some(Command::Export(command)) => command.run(&context),
        Some(Command::Prune(command)) => command.run(&context),
        Some(Command::Demo(command)) => command.run(&context),
        None => status::Status::default().run(&context),
    }
}

/// A panic is our mistake, whatever the input was.
fn bug() -> Error {
    Error::new(
        Exit::Failed,
        "internal",
        "Watchfire made a mistake of its own and stopped this command",
        "the same command again; if it happens again, report it with the lines above",
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
