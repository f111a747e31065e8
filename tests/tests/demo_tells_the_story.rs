//! `demo` plays a whole circle with real nodes, tells it, counts it, and leaves nothing behind, also when it is stopped.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use watchfire_tests::client::{Home, ended};
use watchfire_tests::daemon::signal;
use watchfire_tests::wait::wait_until;

/// An empty working folder and an empty scratch folder, to see what is left in them.
fn empty_folders(home: &Home) -> [std::path::PathBuf; 2] {
    ["work", "scratch"].map(|name| {
        let folder = home.folder().join(name);
        fs::create_dir(&folder).unwrap();
        folder
    })
}

fn entries(folder: &Path) -> Vec<std::ffi::OsString> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

#[test]
fn the_figures_are_those_of_a_circle_that_works() {
    let home = Home::empty();
    let [work, scratch] = empty_folders(&home);
    let ran = ended(home.command().args(["demo", "--json"]).current_dir(&work).env("TMPDIR", &scratch), b"");
    assert_eq!(ran.code, 0, "{ran:?}");
    let figures = ran.json();
    let members = figures["members"].as_u64().unwrap();
    assert!(members >= 7, "three of each side and an election office: {figures}");
    assert_eq!(figures["delivered"], members);
    assert_eq!((&figures["relay"]["opened"], &figures["removed_member_opened"]), (&0.into(), &0.into()));
    assert!(figures["relay"]["envelopes"].as_u64().unwrap() > 0, "{figures}");
    let [p50, max] = ["p50", "max"].map(|name| figures["delivery_ms"][name].as_u64().unwrap());
    assert!(p50 <= max, "{figures}");
    let [kept, masked, dropped] =
        ["kept", "masked", "dropped"].map(|name| figures["sanitized"][name].as_u64().unwrap());
    assert!(kept > 0 && masked + dropped > 0, "{figures}");
    assert!(figures["seconds"].as_f64().unwrap() > 0.0);
    assert!(ran.err.contains("Smith for State"), "the story is told beside the document: {ran:?}");
    assert!(ran.err.contains("Quick PAC (removed), its node still running, opened 0 alerts"), "{ran:?}");
    for folder in [&work, &scratch] {
        assert!(entries(folder).is_empty(), "{} holds {:?}", folder.display(), entries(folder));
    }
    assert!(!home.path().exists(), "the demo does not touch one's own home");
}

#[test]
fn ctrl_c_stops_every_node_and_cleans_up() {
    let home = Home::empty();
    let [work, scratch] = empty_folders(&home);
    let mut command = home.command();
    command.args(["demo"]).current_dir(&work).env("TMPDIR", &scratch).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut story = BufReader::new(child.stdout.take().unwrap()).lines();
    // In the middle of it, with nodes running.
    let running = story.by_ref().map_while(Result::ok).any(|line| line.contains("All have signed"));
    assert!(running);
    signal("INT", child.id());
    story.by_ref().for_each(drop);
    let mut ended = None;
    wait_until("the demo to end", || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    assert_eq!(ended.unwrap().code(), Some(10));
    assert_eq!(entries(&scratch), Vec::<std::ffi::OsString>::new());
    wait_until("its nodes to be gone", || processes_with(&scratch).is_empty());
}

/// Command lines of running processes that name the folder. A bare machine has `/proc` and no `ps`, another one the other
/// way round.
fn processes_with(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    if let Ok(processes) = fs::read_dir("/proc") {
        let lines = processes.filter_map(|process| fs::read(process.unwrap().path().join("cmdline")).ok());
        all.extend(lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")));
    } else {
        let output = std::process::Command::new("ps").args(["-A", "-o", "args"]).output().unwrap();
        all.extend(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned));
    }
    let name = folder.display().to_string();
    all.retain(|line| line.contains(&name));
    all
}
