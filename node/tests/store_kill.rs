//! A process that is killed while it writes: what it was told is safe is there, and batches are whole.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use watchfire::home::Home;
use watchfire::store::{Batch, DiskStore, Store, Table, open};
use watchfire_keys::{CircleId, UnixMillis};

/// Tells the child where to write; without it the child's test does nothing.
const FOLDER: &str = "WATCHFIRE_TEST_STORE_FOLDER";

fn store(folder: &Path) -> DiskStore {
    let circle = Home::at(folder).circle(CircleId::from_bytes([3; 32]));
    let opened = open(&circle, &[7; 32], UnixMillis(0), Duration::from_secs(5)).unwrap();
    assert_eq!((opened.set_aside, opened.lost_batches), (None, 0));
    opened.store
}

#[test]
fn writer_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = store(Path::new(&folder));
    for number in 0_u32.. {
        let mut batch = Batch::new();
        for part in 0..5_u8 {
            batch.add(Table::Records, &[&number.to_be_bytes()[..], &[part]].concat(), Some(&[part; 700]));
        }
        store.apply(batch).unwrap();
        println!("safe {number}");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_batches_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer_that_is_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut safe = None;
        while safe.is_none_or(|number| number < 15 * round) {
            let line = lines.next().expect("the writer ended by itself").unwrap();
            safe = line.strip_prefix("safe ").map(|number| number.parse::<u32>().unwrap()).or(safe);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            safe = line.strip_prefix("safe ").and_then(|number| number.parse::<u32>().ok()).or(safe);
        }

        let store = store(folder.path());
        let mut parts = std::collections::BTreeMap::new();
        store
            .scan(Table::Records, b"", &mut |key, _| {
                *parts.entry(u32::from_be_bytes(key[..4].try_into().unwrap())).or_insert(0) += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(
            (0..=safe.unwrap()).all(|number| parts.contains_key(&number)),
            "an acknowledged batch is lost"
        );
        assert!(parts.values().all(|count| *count == 5), "a batch is there in part");
        assert_eq!(store.damaged_values(), 0);
    }
}
