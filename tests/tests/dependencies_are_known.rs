//! What stands in the dependency tree, by the lists of `.cargo/deny.toml` and with nothing but cargo: licences, sources,
//! crates that may not be there, and crates that may be there once.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use toml_edit::{DocumentMut, Item, Value};
use watchfire_tests::repository::{read, root};

/// A package of the tree as cargo prints it.
struct Package {
    name: String,
    version: String,
    /// In brackets behind the version: a path, a git address, or nothing for crates.io.
    source: String,
    licence: String,
}

/// Every package that is built here for any purpose.
fn tree() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["tree", "--workspace", "--locked", "--prefix", "none", "--format", "{p}|{l}"]);
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: BTreeSet<String> =
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    let packages: Vec<_> = lines.iter().filter(|line| !line.is_empty()).map(|line| package(line)).collect();
    assert!(packages.len() > 100, "{}", packages.len());
    packages
}

/// `name v1.2.3 (source)|licence`, with ` (proc-macro)` and ` (*)` where cargo adds them.
fn package(line: &str) -> Package {
    let (package, licence) = line.split_once('|').unwrap();
    let mut words = package.split_whitespace();
    let name = words.next().unwrap().to_owned();
    let version = words.next().unwrap().to_owned();
    let notes =
        words.map(|word| word.trim_matches(['(', ')'])).filter(|note| !matches!(*note, "proc-macro" | "*"));
    let source = notes.collect::<Vec<_>>().join(" ");
    Package { name, version, source, licence: licence.trim_end_matches(" (*)").to_owned() }
}

fn rules() -> DocumentMut {
    read(".cargo/deny.toml").parse().unwrap()
}

fn strings(item: &Item) -> BTreeSet<String> {
    item.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be met with the allowed licences alone. `/` is an old way to write `OR`.
fn met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any_of(&words, allowed);
    assert!(rest.is_empty(), "{expression} is no licence expression");
    met
}

fn any_of<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = all_of(words, allowed);
    while let ["OR", after @ ..] = rest {
        let (next, after) = all_of(after, allowed);
        met |= next;
        rest = after;
    }
    (met, rest)
}

fn all_of<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let ["AND", after @ ..] = rest {
        let (next, after) = one(after, allowed);
        met &= next;
        rest = after;
    }
    (met, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => match any_of(inside, allowed) {
            (met, [")", rest @ ..]) => (met, rest),
            _ => panic!("a bracket stays open"),
        },
        [licence, "WITH", exception, rest @ ..] => {
            (allowed.contains(&format!("{licence} WITH {exception}")), rest)
        }
        [licence, rest @ ..] => (allowed.contains(*licence), rest),
        [] => panic!("a licence is missing"),
    }
}

#[test]
fn every_licence_is_one_that_we_allow() {
    let allowed = strings(&rules()["licenses"]["allow"]);
    let others: Vec<String> = tree()
        .into_iter()
        .filter(|package| !met(&package.licence, &allowed))
        .map(|package| format!("{} {}: {}", package.name, package.version, package.licence))
        .collect();
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed: BTreeSet<String> =
        ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for good in
        ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(GPL-3.0 OR ISC) AND MIT", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "GPL-3.0 AND MIT", "MIT AND (GPL-3.0 OR Apache-2.0)", "Apache-2.0"] {
        assert!(!met(bad, &allowed), "{bad}");
    }
}

#[test]
fn everything_comes_from_the_public_registry_or_from_here() {
    let here = root().display().to_string();
    let from = |package: &Package| package.source.is_empty() || package.source.starts_with(&here);
    let others: Vec<String> = tree()
        .into_iter()
        .filter(|package| !from(package))
        .map(|p| format!("{} ({})", p.name, p.source))
        .collect();
    assert_eq!(others, Vec::<String>::new());
    let lock: DocumentMut = read("Cargo.lock").parse().unwrap();
    let allowed = strings(&rules()["sources"]["allow-registry"]);
    for package in lock["package"].as_array_of_tables().unwrap() {
        let Some(source) = package.get("source").and_then(Item::as_str) else { continue };
        let registry = source.strip_prefix("registry+").unwrap_or(source);
        assert!(allowed.contains(registry), "{} comes from {source}", package["name"]);
    }
}

#[test]
fn what_is_banned_is_absent_and_what_may_be_there_once_is_there_once() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in tree() {
        versions.entry(package.name).or_default().insert(package.version);
    }
    let mut single = 0;
    for rule in rules()["bans"]["deny"].as_array().unwrap() {
        let rule = rule.as_inline_table().unwrap();
        let name = rule["crate"].as_str().unwrap();
        let found = versions.get(name).map_or(0, BTreeSet::len);
        let most = usize::from(rule.get("deny-multiple-versions").and_then(Value::as_bool) == Some(true));
        single += most;
        assert!(found <= most, "{name}: {:?}", versions.get(name));
    }
    assert!(single > 0 && versions["curve25519-dalek"].len() == 1);
}

#[test]
fn what_is_accepted_with_a_known_fault_is_told_to_users() {
    let security = read("SECURITY.md");
    for advisory in rules()["advisories"]["ignore"].as_array().unwrap() {
        let advisory = advisory.as_inline_table().unwrap();
        let id = advisory["id"].as_str().unwrap();
        assert!(!advisory["reason"].as_str().unwrap().is_empty());
        assert!(security.contains(id), "SECURITY.md does not name {id}");
    }
}
