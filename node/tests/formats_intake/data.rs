//! Real files of others, where a checkout has them beside it; the product does not need them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

fn data(folder: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("WATCHFIRE_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
    };
    let folder = root.join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no data at {}", folder.display());
    None
}

fn counts(parsed: &Parsed) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for found in &parsed.indicators {
        *counts.entry(found.indicator.kind().as_str()).or_default() += 1;
    }
    counts
}

fn load(path: PathBuf) -> Parsed {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    balanced(read(&std::fs::read(path).unwrap(), Some(&name), None).unwrap())
}

#[test]
fn every_misp_event_of_eset_is_read_and_none_comes_out_empty() {
    let Some(folder) = data("misp-eset") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let parsed = load(path.clone());
            assert_eq!(parsed.format, Format::Misp);
            assert!(!parsed.indicators.is_empty() && parsed.title.is_some(), "{}", path.display());
        }
    }
}

#[test]
fn the_pegasus_bundle_comes_out_whole() {
    let Some(folder) = data("stix-amnesty") else { return };
    let parsed = load(folder.join("pegasus.stix2"));
    assert_eq!(parsed.attributes, 1549);
    let counts = counts(&parsed);
    assert_eq!(counts.get("stix-pattern"), Some(&81));
    assert_eq!(counts.get("email"), Some(&29));
    assert_eq!(counts.get("filename"), Some(&1));
    let domains = u32::try_from(*counts.get("domain").unwrap()).unwrap();
    assert_eq!(domains + parsed.repeated + parsed.skipped.iter().map(|s| s.count).sum::<u32>(), 1438);
    assert_eq!(parsed.title.as_deref(), Some("Pegasus"));
}

#[test]
fn the_amnesty_table_comes_out_whole() {
    let Some(folder) = data("stix-amnesty") else { return };
    let parsed = load(folder.join("2018-nso-indicators.csv"));
    assert_eq!(parsed.format, Format::Csv);
    assert!(counts(&parsed).get("domain").unwrap() > &590);
    assert!(parsed.skipped.is_empty(), "{:?}", parsed.skipped);
}
