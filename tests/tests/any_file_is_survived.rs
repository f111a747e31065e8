//! Whatever a file holds: reading and sanitizing it ends in time, without a panic, and lets nothing of one's own leave.
//! Replays the seeds and findings of the fuzzer, and damaged copies of them, the same every time.

#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use watchfire_tests::hostile::{Intake, survive};
use watchfire_tests::repository::root;

/// For a file of at most a few kilobytes, in a build without optimisation, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);
/// Damaged copies for each kind of input.
const COPIES: u64 = 400;

fn corpus(intake: Intake) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("tests/fuzz/corpus").join(intake.name());
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{} has {} files", folder.display(), files.len());
    files
}

fn survives(intake: Intake, what: &str, bytes: &[u8]) {
    let start = Instant::now();
    if catch_unwind(AssertUnwindSafe(|| survive(intake, bytes))).is_err() {
        let path = std::env::temp_dir().join(format!("watchfire-{}-broken", intake.name()));
        std::fs::write(&path, bytes).unwrap();
        panic!("{} from {what}: see above; the file is {}", intake.name(), path.display());
    }
    let took = start.elapsed();
    assert!(took < IN_TIME, "{} from {what} took {took:?}", intake.name());
}

#[test]
fn seeds_and_findings_of_the_fuzzer_are_survived() {
    for intake in Intake::ALL {
        for (name, bytes) in corpus(intake) {
            survives(intake, &name, &bytes);
        }
    }
}

#[test]
fn damaged_mails_are_survived() {
    damaged(Intake::Mail);
}

#[test]
fn damaged_texts_are_survived() {
    damaged(Intake::Text);
}

#[test]
fn damaged_tables_are_survived() {
    damaged(Intake::Csv);
}

#[test]
fn damaged_stix_is_survived() {
    damaged(Intake::Stix);
}

#[test]
fn damaged_misp_is_survived() {
    damaged(Intake::Misp);
}

fn damaged(intake: Intake) {
    let files = corpus(intake);
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for copy in 0..COPIES {
        let (name, bytes) = &files[below(&mut random, files.len())];
        let mut bytes = bytes.clone();
        for _ in 0..=below(&mut random, 4) {
            let (_, other) = &files[below(&mut random, files.len())];
            damage(&mut random, &mut bytes, other);
        }
        survives(intake, &format!("copy {copy} of {name}"), &bytes);
    }
}

fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    usize::try_from(random.next_u64() % u64::try_from(end.max(1)).unwrap()).unwrap()
}

/// What stands in the way of parsers.
const AWKWARD: [&str; 16] = [
    "\0",
    "\u{202e}",
    "\r\n",
    "\n\n--",
    "%",
    "%25%34%30",
    "=?utf-8?B?",
    "&#x110000;",
    "<",
    "\"",
    "\\u0000",
    "[.]",
    "://",
    "@",
    "\u{fffd}\u{1f525}",
    "anna.lee@smith2028.org",
];

fn damage(random: &mut ChaCha8Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = below(random, bytes.len());
    let end = (at + below(random, 60)).min(bytes.len());
    match below(random, 7) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << below(random, 8),
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            let times = 1 + below(random, 30);
            bytes.splice(at..at, piece.repeat(times));
        }
        4 => {
            let start = below(random, other.len());
            let stop = (start + below(random, 400)).min(other.len());
            bytes.splice(at..at, other[start..stop].iter().copied());
        }
        5 => {
            let word = AWKWARD[below(random, AWKWARD.len())];
            bytes.splice(at..at, word.bytes());
        }
        _ => bytes.insert(at, u8::try_from(below(random, 256)).unwrap()),
    }
    bytes.truncate(40_000);
}
