//! The public collection of warninglists, read as a member's node reads it, gives the answers of MISP's own tool.
//!
//! Runs when `WATCHFIRE_WARNINGLISTS` names the collection's folder `lists` (a checkout of it, or the one inside the PyPI
//! package `pymispwarninglists`) and skips itself, saying so, when it does not. The tool's answers are asked for when
//! `WATCHFIRE_PYTHON` (else `python3`) can import `pymispwarninglists`.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::Warninglists;
use watchfire_protocol::sanitize::warninglist::{Compiler, ListKind, Source};

/// The tool, on entries and values in lower case, each list on each value; one line an answer.
const ASK: &str = r#"
import json, sys
from pathlib import Path
from pymispwarninglists.api import WarningList
lists = []
for path in sorted(Path(sys.argv[1]).glob('*/list.json')):
    raw = json.loads(path.read_text(encoding='utf-8'))
    if raw['type'] == 'regex' or len(raw['list']) > int(sys.argv[2]):
        continue
    if raw['type'] != 'cidr':
        raw['list'] = [entry.strip().lower() for entry in raw['list']]
    # MISP itself takes the dots off; its Python tool does so on one side of the comparison.
    if raw['type'] == 'hostname':
        raw['list'] = [entry.strip('.') for entry in raw['list'] if '.' in entry.strip('.')]
    lists.append(WarningList(raw, slow_search=True))
print(json.dumps([wl.name for wl in lists]))
for value in json.load(sys.stdin):
    print(json.dumps([wl.name for wl in lists if value in wl]))
"#;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WATCHFIRE_WARNINGLISTS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: WATCHFIRE_WARNINGLISTS does not name the public collection's folder `lists`");
    }
    folder
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The lists compiled, and their entries by the list's type.
fn compiled(folder: &PathBuf) -> (Warninglists, BTreeMap<String, Vec<String>>) {
    let mut compiler = Compiler::new([3; 32]);
    let mut entries_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for place in std::fs::read_dir(folder).unwrap() {
        let Ok(bytes) = std::fs::read(place.unwrap().path().join("list.json")) else { continue };
        let list: Value = serde_json::from_slice(&bytes).unwrap();
        let text = |key: &str| list[key].as_str().unwrap_or_default();
        let (entries, attributes) = (strings(&list["list"]), strings(&list["matching_attributes"]));
        let source = Source {
            name: text("name"),
            description: text("description"),
            version: list["version"].as_u64().unwrap_or_default(),
            kind: text("type"),
            category: text("category"),
            attributes: &attributes,
            entries: &entries,
        };
        let added = compiler.add(&source).unwrap();
        if added.bad > 0 {
            eprintln!("{}: {} of {} not usable: {:?}", source.name, added.bad, entries.len(), added.examples);
        }
        // A few of each list, spread over it.
        let step = entries.len().div_ceil(4).max(1);
        entries_of.entry(source.kind.to_owned()).or_default().extend(entries.into_iter().step_by(step));
    }
    (compiler.finish(), entries_of)
}

#[test]
fn the_public_collection_fits_and_is_read_back() {
    let Some(folder) = folder() else { return };
    let begun = Instant::now();
    let (lists, _) = compiled(&folder);
    let compiled = begun.elapsed();
    let total: u64 = lists.lists().iter().map(|list| u64::from(list.entries)).sum();
    let bytes = lists.to_bytes();
    let begun = Instant::now();
    let again = Warninglists::from_bytes(&bytes).unwrap();
    eprintln!(
        "{} lists, {total} entries, {} bytes; compiled in {compiled:?}, read in {:?}",
        lists.lists().len(),
        bytes.len(),
        begun.elapsed()
    );
    assert_eq!(again.lists(), lists.lists());
    assert!(lists.lists().len() > 100 && total > 2_000_000, "the whole collection");
    let bad: u64 = lists.lists().iter().map(|list| u64::from(list.bad)).sum();
    assert!(bad * 1000 < total, "{bad} of {total} not usable");
    assert!(bytes.len() < 40 * 1024 * 1024);
    let begun = Instant::now();
    let names = 20_000_u32;
    let hits = (0..names).filter(|number| {
        let name = Indicator::parse(Kind::Domain, &format!("www{number}.ohio-invoices{number}.net")).unwrap();
        !again.hits(&name).is_empty()
    });
    eprintln!("{} of {names} names on a list, in {:?}", hits.count(), begun.elapsed());
}

#[test]
fn the_answers_are_those_of_misps_own_tool() {
    let Some(folder) = folder() else { return };
    let python = std::env::var_os("WATCHFIRE_PYTHON").unwrap_or_else(|| "python3".into());
    let can = Command::new(&python).args(["-c", "import pymispwarninglists"]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        eprintln!("skipped: {python:?} cannot import pymispwarninglists");
        return;
    }
    let (lists, entries) = compiled(&folder);
    let mut values: BTreeSet<Indicator> = BTreeSet::new();
    for (kind, entries) in &entries {
        for (number, entry) in entries.iter().enumerate() {
            let plain = entry.trim_matches('.');
            let made = match (kind.as_str(), number % 3) {
                ("cidr", _) => vec![entry.split('/').next().unwrap_or_default().to_owned()],
                ("hostname" | "string", 0) => vec![plain.to_owned()],
                ("hostname" | "string", 1) => vec![format!("a.b.{plain}"), format!("x{plain}")],
                ("hostname" | "string", _) => {
                    vec![format!("https://{plain}:8443/a?b=c"), format!("https://{plain}/")]
                }
                ("substring", _) => {
                    vec![format!("https://evil.ru/{plain}"), format!("a@{plain}"), plain.to_owned()]
                }
                _ => vec![],
            };
            for text in made {
                let kinds = [Kind::Ipv4, Kind::Ipv6, Kind::Md5, Kind::Sha1, Kind::Sha256, Kind::Email];
                let is_url = text.contains("://");
                let kinds = kinds.into_iter().filter(|_| !is_url).chain([if is_url {
                    Kind::Url
                } else {
                    Kind::Domain
                }]);
                values.extend(kinds.filter_map(|kind| Indicator::parse(kind, &text).ok()).take(1));
            }
        }
    }
    // The tool goes through the lists one entry at a time: many values on the smaller ones, a few on all.
    let few: Vec<Indicator> = values.iter().step_by(values.len().div_ceil(25)).cloned().collect();
    let many: Vec<Indicator> = values.into_iter().collect();
    for (most, values) in [("70000", many), ("2000000", few)] {
        let (mut compared, mut hits) = (0, 0);
        let (known, answers) = ask(&python, &folder, most, &values);
        for (value, theirs) in values.iter().zip(answers) {
            let ours: BTreeSet<&str> = lists.hits(value).iter().map(|hit| hit.list.name.as_str()).collect();
            for list in lists.lists() {
                let is_compared = known.contains(&list.name) && list.is_about(value.kind());
                if is_compared && list.kind != ListKind::Regex {
                    let expected = theirs.contains(&list.name);
                    assert_eq!(ours.contains(list.name.as_str()), expected, "{value:?} on {:?}", list.name);
                    compared += 1;
                    hits += usize::from(expected);
                }
            }
        }
        eprintln!(
            "{} values, {} lists: {compared} answers compared, {hits} of them hits",
            values.len(),
            known.len()
        );
        assert!(hits > values.len() / 4);
    }
}

fn ask(
    python: &std::ffi::OsStr,
    folder: &PathBuf,
    most: &str,
    values: &[Indicator],
) -> (BTreeSet<String>, Vec<BTreeSet<String>>) {
    let mut command = Command::new(python);
    command.args(["-c", ASK]).arg(folder).arg(most);
    let mut asked = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let texts: Vec<&str> = values.iter().map(Indicator::value).collect();
    asked.stdin.take().unwrap().write_all(serde_json::to_string(&texts).unwrap().as_bytes()).unwrap();
    let answered = asked.wait_with_output().unwrap();
    assert!(answered.status.success());
    let mut lines = std::str::from_utf8(&answered.stdout).unwrap().lines();
    let mut names = || lines.next().and_then(|line| serde_json::from_str::<BTreeSet<String>>(line).ok());
    let known = names().unwrap();
    let answers: Vec<BTreeSet<String>> = values.iter().map(|_| names().unwrap()).collect();
    (known, answers)
}
