//! The rules of the house that no compiler checks: the top level, the pure crates, small files, reasons for dependencies.

#![allow(clippy::unwrap_used)]

use watchfire_tests::repository::{files, read};

/// What may lie at the top. The rest begins with a dot.
const TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "keys",
    "node",
    "protocol",
    "simulations",
    "tests",
];
/// Lines of a source file, at most.
const MAX_LINES: usize = 600;

fn sources() -> Vec<String> {
    let mut sources = files();
    sources.retain(|path| path.ends_with(".rs"));
    assert!(sources.len() > 100, "the walk over the repository found {}", sources.len());
    sources
}

#[test]
fn the_top_level_holds_the_house_and_nothing_else() {
    let mut strangers = files();
    strangers.retain(|path| {
        let top = path.split('/').next().unwrap();
        !top.starts_with('.') && !TOP.contains(&top)
    });
    assert_eq!(strangers, Vec::<String>::new());
}

#[test]
fn keys_and_protocol_are_pure_by_the_compilers_word() {
    for path in ["keys/src/lib.rs", "protocol/src/lib.rs"] {
        let source = read(path);
        for attribute in ["#![no_std]", "#![forbid(unsafe_code)]", "#![deny(missing_docs)]"] {
            assert!(source.lines().any(|line| line == attribute), "{path} lacks {attribute}");
        }
    }
    for path in
        sources().iter().filter(|path| path.starts_with("keys/src") || path.starts_with("protocol/src"))
    {
        // Unit tests may use std; what ships may not bring it back.
        let shipped = read(path);
        let shipped = shipped.split("#[cfg(test)]").next().unwrap();
        for word in ["extern crate std", "HashMap", "HashSet"] {
            let used =
                shipped.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used, "{path} uses {word}");
        }
    }
}

#[test]
fn no_source_file_is_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|path| {
            let lines = read(&path).lines().count();
            (lines > MAX_LINES).then(|| format!("{path}: {lines} lines"))
        })
        .collect();
    assert_eq!(long, Vec::<String>::new(), "split these: one idea, one file");
}

#[test]
fn nothing_unfinished_is_committed() {
    // Written apart, so that this file passes its own test.
    let words = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let notes = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            let found = words.iter().any(|word| line.contains(word.as_str()))
                || notes
                    .iter()
                    .any(|note| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == note));
            assert!(!found, "{path}:{}: {line}", number + 1);
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    let shipped = |path: &String| path.contains("/src/") && !path.ends_with("/tests.rs");
    let silent: Vec<String> =
        sources().into_iter().filter(shipped).filter(|path| !read(path).starts_with("//!")).collect();
    assert_eq!(silent, Vec::<String>::new(), "these do not begin with `//!`");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let mut manifests = files();
    manifests.retain(|path| path.ends_with("Cargo.toml"));
    assert!(manifests.len() >= 6);
    for path in manifests {
        let unexplained = unexplained(&read(&path));
        assert_eq!(unexplained, Vec::<String>::new(), "{path}: a comment above each, or `workspace = true`");
    }
}

#[test]
fn a_dependency_without_a_reason_would_be_found() {
    let manifest = "[dependencies]\n# For people.\nclap = \"4\"\ntokio = \"1\"\nserde.workspace = true\n\
                    watchfire = { path = \"node\" }\n\n[lints]\nworkspace = true\n";
    assert_eq!(unexplained(manifest), ["tokio"]);
}

/// Names of dependencies that are neither ours, nor taken from the workspace, nor below a comment. Lines that follow one
/// another without a gap share the comment above the first only when they share its purpose, so each needs its own;
/// except a crate of the same family right below (`tracing` and `tracing-subscriber`).
fn unexplained(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut above = "";
    let mut family = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_end_matches(']').ends_with("dependencies");
        } else if let (true, Some((key, value))) = (inside, line.split_once('=')) {
            let name = key.trim().trim_end_matches(".workspace").to_owned();
            let given =
                key.contains(".workspace") || value.contains("workspace = true") || value.contains("path =");
            let same_family = !family.is_empty() && name.starts_with(&format!("{family}-"));
            let explained = above.starts_with('#') || same_family;
            if explained && !same_family {
                family.clone_from(&name);
            }
            if !given && !explained && !line.starts_with(['#', ' ', ']']) {
                found.push(name);
            }
        }
        above = line;
    }
    found
}
