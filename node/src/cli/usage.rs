//! Mistakes on the command line in the same two lines, or the same JSON, as every other error.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::error::Error;
use crate::exit::Exit;
use crate::output::Output;

/// Prints what the parser stopped at: help and version as they are, a mistake as an error with exit code 2.
pub(super) fn report(stopped: &clap::Error, arguments: &[OsString]) -> Exit {
    if matches!(stopped.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader that went away has seen enough of the help.
        let _ = stopped.print();
        return Exit::Ok;
    }
    let (words, command) = command_of(arguments);
    let error = match stopped.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            needs_one_of(&words, &command)
        }
        _ => describe(&stopped.render().to_string(), &words),
    };
    Output::new(wants_json(arguments)).error(&error);
    error.exit()
}

/// Whether `--json` was among the arguments, as the parser did not get to the end of them.
fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

/// Clap's text has a first paragraph that says what is wrong, perhaps lines with tips, and a usage line.
fn describe(rendered: &str, command: &str) -> Error {
    let mut text = Vec::new();
    let mut tips = Vec::new();
    for line in rendered.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("Usage: ") || line.starts_with("For more information") {
            break;
        }
        match line.strip_prefix("tip: ") {
            Some(tip) => tips.push(tip.to_owned()),
            None => text.push(line.strip_prefix("error: ").unwrap_or(line)),
        }
    }
    tips.push(format!("{command} --help"));
    Error::usage(text.join(" "), tips.join("; "))
}

/// A command that is only the first word of several.
fn needs_one_of(words: &str, command: &clap::Command) -> Error {
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    Error::usage(format!("{words} needs one of: {}", names.join(", ")), format!("{words} --help"))
}

/// The program and the subcommands among the arguments: the one whose help is to be read.
fn command_of(arguments: &[OsString]) -> (String, clap::Command) {
    let mut command = super::Cli::command();
    let mut words = command.get_name().to_owned();
    for argument in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if let Some(next) = command.find_subcommand(argument).cloned() {
            words = format!("{words} {}", next.get_name());
            command = next;
        }
    }
    (words, command)
}

#[cfg(test)]
mod tests {
    use super::{command_of, describe, wants_json};

    #[test]
    fn a_mistake_becomes_two_lines_with_the_tip_and_the_help_of_the_command() {
        let error = describe(
            "error: unexpected argument '--nam' found\n\n  tip: a similar argument exists: '--name'\n\n\
             Usage: watchfire init --name <NAME> --side <SIDE>\n\nFor more information, try '--help'.\n",
            "watchfire init",
        );
        assert_eq!(
            error.to_string(),
            "error: unexpected argument '--nam' found\ntry: a similar argument exists: '--name'; watchfire init --help"
        );
    }

    #[test]
    fn a_list_of_missing_arguments_is_kept_on_the_line() {
        let error = describe(
            "error: the following required arguments were not provided:\n  --name <NAME>\n  --side <SIDE>\n\n\
             Usage: watchfire init --name <NAME>\n",
            "watchfire init",
        );
        assert_eq!(
            error.text(),
            "the following required arguments were not provided: --name <NAME> --side <SIDE>"
        );
    }

    #[test]
    fn the_help_to_read_is_that_of_the_command_that_was_meant() {
        let arguments = ["watchfire", "--home", "x", "init", "--side", "?"].map(std::ffi::OsString::from);
        assert_eq!(command_of(&arguments).0, "watchfire init");
    }

    #[test]
    fn json_counts_only_as_an_option() {
        let arguments = |words: &[&str]| words.iter().map(std::ffi::OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&arguments(&["watchfire", "init", "--json"])));
        assert!(!wants_json(&arguments(&["watchfire", "publish", "--", "--json"])));
    }
}
