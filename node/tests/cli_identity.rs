//! `init` and `card`: an identity is made once, kept private, and never lost to a second try or a damaged file.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use support::{Scratch, ended};
use watchfire::exit::Exit;
use watchfire::home::{Home, PassphraseSource};
use watchfire::output::Output;
use watchfire_keys::Card;

const INIT: [&str; 5] = ["init", "--name", "Smith for State", "--side", "democratic"];

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The keys of a home, opened by the library as the daemon does.
fn open(scratch: &Scratch, passphrase_file: Option<&Path>) -> watchfire::error::Result<watchfire_keys::Keys> {
    let source = PassphraseSource::new(passphrase_file.map(Path::to_path_buf));
    Home::at(&scratch.home).open_identity(&source, Output::new(true))
}

#[test]
fn init_says_what_a_person_needs_next() {
    let scratch = Scratch::new();
    let made = scratch.run(&[&INIT[..], &["--no-passphrase"]].concat());
    assert_eq!(made.code, 0);
    let card = Card::from_text(&fs::read_to_string(scratch.home.join("card.txt")).unwrap()).unwrap();
    assert_eq!(
        scratch.anonymous(&made.out),
        format!(
            "Smith for State (democratic) has its keys in FOLDER/home\n\
             fingerprint: {}\n\
             card: FOLDER/home/card.txt\n\
             next: hand the card to a steward of the circle that you want to join, and compare the fingerprint by voice.\n\
             To found a circle: watchfire circle found --name NAME --card FILE\n",
            card.fingerprint()
        )
    );
    assert_eq!(
        made.err,
        "warning: these keys have no passphrase: whoever can read this folder can act as this member\n"
    );
}

#[test]
fn init_and_card_tell_a_script_the_same_member() {
    let scratch = Scratch::new();
    let made = scratch.run(&[&INIT[..], &["--no-passphrase", "--json"]].concat()).json();
    let shown = scratch.run(&["card", "--json"]).json();
    for key in ["member", "fingerprint", "name", "side"] {
        assert_eq!(made[key], shown[key]);
    }
    let path = made["card"].as_str().unwrap();
    assert!(Path::new(path).is_absolute());
    assert_eq!(fs::read_to_string(path).unwrap(), shown["card"].as_str().unwrap());
    assert_eq!(made["fingerprint"].as_str().unwrap().split(' ').count(), 12);
    assert_eq!(open(&scratch, None).unwrap().member().unwrap().to_string(), made["member"].as_str().unwrap());
}

#[test]
fn card_prints_the_card_alone_so_that_it_can_go_into_a_file() {
    let scratch = Scratch::initialised();
    let shown = scratch.run(&["card"]);
    assert_eq!(shown.out, fs::read_to_string(scratch.home.join("card.txt")).unwrap());
    assert!(shown.err.starts_with("Smith for State (democratic), fingerprint: "));
}

#[test]
fn everything_in_a_home_is_for_its_user_only() {
    let scratch = Scratch::initialised();
    assert_eq!(mode(&scratch.home), 0o700);
    for (path, _) in scratch.files() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_second_init_refuses_and_changes_nothing() {
    let scratch = Scratch::initialised();
    let before = scratch.files();
    scratch.assert_error(
        &["init", "--name", "Another", "--side", "republican", "--no-passphrase"],
        10,
        "already-initialised",
        "FOLDER/home has an identity already, and it is never replaced",
        "watchfire card to see it, or --home DIR for another home",
    );
    assert_eq!(scratch.files(), before);
}

#[test]
fn many_inits_at_once_make_one_identity() {
    let scratch = Scratch::new();
    let arguments = [&INIT[..], &["--no-passphrase", "--json"]].concat();
    let children: Vec<_> = (0..6).map(|_| scratch.command().args(&arguments).spawn().unwrap()).collect();
    let codes: Vec<_> =
        children.into_iter().map(|child| child.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, 0 | 10)), "{codes:?}");
    let card = Home::at(&scratch.home).card().unwrap();
    assert_eq!(open(&scratch, None).unwrap().member(), Some(card.member()));
}

#[test]
fn an_init_that_was_cut_short_before_the_key_file_can_be_repeated() {
    let scratch = Scratch::initialised();
    fs::remove_file(scratch.home.join("identity.key")).unwrap();
    fs::write(scratch.home.join(".unfinished-x"), b"half").unwrap();
    let again = scratch.run(&[&INIT[..], &["--no-passphrase"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(
        open(&scratch, None).unwrap().member(),
        Some(Home::at(&scratch.home).card().unwrap().member())
    );
    assert!(!scratch.home.join(".unfinished-x").exists());
}

#[test]
fn nothing_is_written_through_links_that_lie_in_the_home() {
    let scratch = Scratch::new();
    let elsewhere = scratch.folder.path().join("elsewhere");
    fs::write(&elsewhere, b"theirs").unwrap();
    fs::create_dir(&scratch.home).unwrap();
    symlink(&elsewhere, scratch.home.join("card.txt")).unwrap();
    assert_eq!(scratch.run(&[&INIT[..], &["--no-passphrase"]].concat()).code, 0);
    assert_eq!(fs::read(&elsewhere).unwrap(), b"theirs");

    let other = Scratch::new();
    fs::create_dir(&other.home).unwrap();
    symlink(other.folder.path().join("nowhere"), other.home.join("identity.key")).unwrap();
    assert_eq!(other.run(&[&INIT[..], &["--no-passphrase"]].concat()).code, 10);
    assert!(!other.folder.path().join("nowhere").exists());
}

#[test]
fn without_an_identity_commands_exit_4() {
    let scratch = Scratch::new();
    for arguments in [&["card"][..], &["sanitizer", "list"], &["sanitizer", "own", "--name", "Someone"]] {
        scratch.assert_error(
            arguments,
            4,
            "not-initialised",
            "there is no identity in FOLDER/home",
            "watchfire init --name \"Your organisation\" --side SIDE, or --home DIR if it is elsewhere",
        );
    }
    assert!(!scratch.home.exists());
}

#[test]
fn init_asks_nobody_when_there_is_no_terminal() {
    let scratch = Scratch::new();
    scratch.assert_error(
        &INIT,
        2,
        "passphrase-missing",
        "the keys need a passphrase, and there is no terminal to ask for it",
        "--passphrase-file FILE, or set WATCHFIRE_PASSPHRASE, or --no-passphrase for a test",
    );
    let contradiction = [&INIT[..], &["--no-passphrase", "--passphrase-file", "x"]].concat();
    scratch.assert_error(
        &contradiction,
        2,
        "usage",
        "--no-passphrase and --passphrase-file exclude each other",
        "watchfire init with one of the two",
    );
    assert!(!scratch.home.exists());
}

#[test]
fn a_passphrase_from_a_file_the_input_or_the_environment_locks_the_keys() {
    let words = "a b c d e f g h";
    let scratch = Scratch::new();
    let file = scratch.folder.path().join("passphrase");
    fs::write(&file, format!("{words}\n")).unwrap();
    let wrong = scratch.folder.path().join("wrong");
    fs::write(&wrong, "something else\n").unwrap();

    for way in ["file", "input", "environment"] {
        let scratch = Scratch::new();
        let made = match way {
            "file" => scratch.run(&[&INIT[..], &["--passphrase-file", file.to_str().unwrap()]].concat()),
            "input" => {
                scratch.run_with_input(&[&INIT[..], &["--passphrase-file", "-"]].concat(), words.as_bytes())
            }
            _ => ended(scratch.command().args(INIT).env("WATCHFIRE_PASSPHRASE", words)),
        };
        assert_eq!((made.code, made.err.as_str()), (0, ""), "{way}");
        assert!(open(&scratch, Some(&file)).is_ok(), "{way}");
        let refused = open(&scratch, Some(&wrong)).unwrap_err();
        assert_eq!((refused.exit(), refused.code()), (Exit::KeyFile, "key-file-wrong-passphrase"));
        // The test runner has no terminal on its standard input either.
        let locked = open(&scratch, None).unwrap_err();
        assert_eq!(locked.exit(), Exit::KeyFile, "{way}");
        assert_eq!(scratch.run(&["card"]).code, 0, "a card needs no passphrase");
    }
}

#[test]
fn an_unusable_passphrase_is_named_and_never_shown() {
    let scratch = Scratch::new();
    let file = scratch.folder.path().join("passphrase");
    fs::write(&file, "hidden\nwords\n").unwrap();
    scratch.assert_error(
        &[&INIT[..], &["--passphrase-file", file.to_str().unwrap()]].concat(),
        2,
        "passphrase-unusable",
        "the passphrase from FOLDER/passphrase has more than one line",
        "one line of 1 to 1024 bytes",
    );
    scratch.assert_error(
        &[&INIT[..], &["--passphrase-file", "/nonexistent"]].concat(),
        2,
        "passphrase-unreadable",
        "cannot read the passphrase from /nonexistent: No such file or directory (os error 2)",
        "--passphrase-file with a file that you may read",
    );
    let short = ended(scratch.command().args(INIT).env("WATCHFIRE_PASSPHRASE", "short"));
    assert_eq!(short.code, 0);
    assert!(short.err.starts_with("warning: this passphrase is short") && !short.err.contains("`short`"));
}

#[test]
fn a_damaged_key_file_stops_with_exit_5_and_is_never_replaced() {
    let scratch = Scratch::initialised();
    let path = scratch.home.join("identity.key");
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[200] ^= 1;
    for damaged in [&whole[..100], b"", b"not a key file at all", &flipped, &[b'x'; 10_000]] {
        fs::write(&path, damaged).unwrap();
        let refused = open(&scratch, None).unwrap_err();
        assert_eq!(refused.exit(), Exit::KeyFile);
        assert!(!refused.remedy().is_empty());
        assert_eq!(scratch.run(&[&INIT[..], &["--no-passphrase"]].concat()).code, 10);
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(open(&scratch, None).unwrap_err().exit(), Exit::KeyFile);
}

#[test]
fn a_damaged_card_is_an_error_with_a_remedy() {
    let scratch = Scratch::initialised();
    let path = scratch.home.join("card.txt");
    fs::write(&path, "nothing\n").unwrap();
    let shown = scratch.run(&["card"]);
    assert_eq!(shown.code, 10);
    assert!(shown.err.contains("restore card.txt from a backup"), "{shown:?}");
    fs::remove_file(&path).unwrap();
    scratch.assert_error(
        &["card"],
        10,
        "home-unreadable",
        "cannot read FOLDER/home/card.txt: No such file or directory (os error 2)",
        "check that the file belongs to you and is whole, or restore it from a backup",
    );
}

#[test]
fn a_home_that_cannot_be_written_is_an_error() {
    let scratch = Scratch::new();
    fs::write(&scratch.home, b"a file").unwrap();
    let refused = scratch.run(&[&INIT[..], &["--no-passphrase"]].concat());
    assert_eq!(refused.code, 10);
    assert!(scratch.anonymous(&refused.err).starts_with("error: cannot write FOLDER/home: "), "{refused:?}");
    assert_eq!(fs::read(&scratch.home).unwrap(), b"a file");
}
