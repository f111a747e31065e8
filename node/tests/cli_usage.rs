//! The frame of the command line: where options stand, what mistakes look like, and what goes where.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs::File;
use std::process::Stdio;

use support::{Scratch, ended};

#[test]
fn mistakes_on_the_command_line_are_two_lines_or_one_document() {
    let scratch = Scratch::new();
    scratch.assert_error(&["zzz"], 2, "usage", "unrecognized subcommand 'zzz'", "watchfire --help");
    scratch.assert_error(
        &["cardd"],
        2,
        "usage",
        "unrecognized subcommand 'cardd'",
        "a similar subcommand exists: 'card'; watchfire --help",
    );
    scratch.assert_error(
        &["card", "--hom", "x"],
        2,
        "usage",
        "unexpected argument '--hom' found",
        "a similar argument exists: '--home'; watchfire card --help",
    );
    scratch.assert_error(
        &["init"],
        2,
        "usage",
        "the following required arguments were not provided: --name <NAME> --side <SIDE>",
        "watchfire init --help",
    );
    scratch.assert_error(
        &["init", "--name", "A", "--side", "Left Wing"],
        2,
        "usage",
        "invalid value 'Left Wing' for '--side <SIDE>': a side has 1 to 32 characters of a-z, 0-9 and -, and begins with a letter",
        "watchfire init --help",
    );
    scratch.assert_error(
        &["sanitizer"],
        2,
        "usage",
        "watchfire sanitizer needs one of: own, list, remove, forget",
        "watchfire sanitizer --help",
    );
    scratch.assert_error(
        &["--home", "", "card"],
        2,
        "usage",
        "a value is required for '--home <DIR>' but none was supplied",
        "watchfire card --help",
    );
    assert!(!scratch.home.exists());
}

#[test]
fn global_options_stand_before_or_after_the_command() {
    let scratch = Scratch::initialised();
    let home = scratch.home.to_str().unwrap();
    for arguments in [["--home", home, "--json", "card"], ["card", "--home", home, "--json"]] {
        let shown = ended(scratch.command().env_remove("WATCHFIRE_HOME").args(arguments));
        assert_eq!((shown.code, shown.json()["name"].as_str()), (0, Some("Smith for State")));
    }
}

#[test]
fn help_and_version_are_results_and_every_command_has_an_example() {
    let scratch = Scratch::new();
    let version = scratch.run(&["--version"]);
    assert_eq!((version.code, version.err.as_str()), (0, ""));
    assert_eq!(version.out, format!("watchfire {}\n", env!("CARGO_PKG_VERSION")));
    for command in [&["init"][..], &["card"], &["sanitizer", "own"], &["sanitizer", "list"]] {
        let help = scratch.run(&[command, &["--help"]].concat());
        assert_eq!((help.code, help.err.as_str()), (0, ""));
        assert!(help.out.contains(&format!("Example: watchfire {}", command.join(" "))), "{help:?}");
    }
}

#[test]
fn without_any_hint_the_home_is_the_platforms_data_folder() {
    let scratch = Scratch::new();
    let mut command = scratch.command();
    let made = ended(command.env_remove("WATCHFIRE_HOME").args([
        "init",
        "--name",
        "A",
        "--side",
        "a",
        "--no-passphrase",
        "--json",
    ]));
    let home = made.json()["home"].as_str().unwrap().to_owned();
    assert!(home.starts_with(scratch.folder.path().to_str().unwrap()), "{home}");
    assert!(home.ends_with("/.local/share/watchfire") || home.ends_with("/Application Support/Watchfire"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let scratch = Scratch::initialised();
    for arguments in [&["card"][..], &["card", "--json"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let shown = ended(scratch.command().args(arguments).stdout(Stdio::from(writer)));
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(!shown.err.contains("panicked"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_output_is_an_error() {
    let scratch = Scratch::initialised();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let shown = ended(scratch.command().arg("card").stdout(Stdio::from(full)));
    assert_eq!(shown.code, 10);
    assert!(shown.err.starts_with("error: cannot write to standard output: "), "{shown:?}");
}
