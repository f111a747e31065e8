//! A store that is written anew: it gives room back, holds what it held, and a crash at any moment costs nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use watchfire::home::Home;
use watchfire::store::{Batch, DiskStore, Opened, Part, Store, Table, open};
use watchfire_keys::{CircleId, UnixMillis};

/// Tells the child where to write; without it the child's test does nothing.
const FOLDER: &str = "WATCHFIRE_TEST_STORE_FOLDER";

fn opened(folder: &Path) -> Opened {
    let circle = Home::at(folder).circle(CircleId::from_bytes([3; 32]));
    open(&circle, &[7; 32], UnixMillis(0), Duration::from_secs(30)).unwrap()
}

fn store(folder: &Path) -> DiskStore {
    let opened = opened(folder);
    assert_eq!((opened.set_aside, opened.lost_batches), (None, 0));
    opened.store
}

fn beside(folder: &Path, name: &str) -> PathBuf {
    Home::at(folder).circle(CircleId::from_bytes([3; 32])).folder().join(name)
}

fn entries(store: &dyn Store) -> BTreeMap<u32, Vec<u8>> {
    let mut found = BTreeMap::new();
    store
        .scan(Table::Records, b"", &mut |key, value| {
            found.insert(u32::from_be_bytes(key.try_into().unwrap()), value.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

fn put(store: &dyn Store, numbers: impl Iterator<Item = u32>) {
    let mut batch = Batch::new();
    for number in numbers {
        batch.add(Table::Records, &number.to_be_bytes(), Some(&number.to_le_bytes().repeat(200)));
    }
    store.apply(batch).unwrap();
}

#[test]
fn room_of_removed_entries_comes_back_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    (0..20).for_each(|batch| put(&made, batch * 200..(batch + 1) * 200));
    let full = made.sizes().unwrap();
    let mut batch = Batch::new();
    for number in (0..4_000_u32).filter(|number| number % 10 > 0) {
        batch.add(Table::Records, &number.to_be_bytes(), None);
    }
    made.apply(batch).unwrap();
    let before = made.sizes().unwrap();
    assert!(before.disk >= full.live && before.spare() > before.disk / 2, "{before:?}");
    let expected = entries(&made);
    assert_eq!(expected.len(), 400);

    let after = made.compact().unwrap();
    assert_eq!((after.entries, after.live), (before.entries, before.live));
    assert!(after.disk < after.before / 2, "{after:?}");
    assert_eq!(entries(&made), expected);
    put(&made, 9_000..9_001);
    drop(made);
    let again = store(folder.path());
    assert_eq!(entries(&again).len(), 401);
    assert_eq!(again.damaged_values(), 0);
}

#[test]
fn what_is_written_and_read_meanwhile_is_neither_lost_nor_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    put(&made, 0..500);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..4 {
                made.compact().unwrap();
            }
            done.store(true, Ordering::Release);
        });
        let mut next = 1_000;
        while !done.load(Ordering::Acquire) {
            put(&made, next..next + 1);
            next += 1;
            let found = entries(&made);
            assert!((0..500).chain(1_000..next).all(|number| found.contains_key(&number)));
        }
    });
}

#[test]
fn a_folder_that_is_away_from_its_place_for_a_moment_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    put(&made, 0..10);
    // What stands between the two steps by which a fresh one is put in place, or where a fault ended it there.
    fs::rename(beside(folder.path(), "store"), beside(folder.path(), "store.old")).unwrap();
    put(&made, 10..11);
    made.reopen().unwrap();
    put(&made, 11..12);
    assert!(entries(&made).into_keys().eq(0..12));
    drop(made);
    assert!(entries(&store(folder.path())).into_keys().eq(0..12));
}

#[test]
fn the_parts_of_a_table_are_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    put(&made, 0..300);
    let mut found = BTreeMap::new();
    for part in Part::all(7) {
        made.scan_part(Table::Records, part, b"", &mut |key, _| {
            *found.entry(key.to_vec()).or_insert(0) += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    }
    assert_eq!(found.len(), 300);
    assert!(found.values().all(|count| *count == 1));
}

#[test]
fn a_fresh_one_that_is_damaged_gives_way_to_the_one_that_it_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    put(&made, 0..10);
    drop(made);
    let (now, old) = (beside(folder.path(), "store"), beside(folder.path(), "store.old"));
    fs::rename(&now, &old).unwrap();
    fs::create_dir(&now).unwrap();
    fs::write(now.join("conf"), b"nothing that a store wrote").unwrap();
    let opened = opened(folder.path());
    assert!(opened.set_aside.is_some() && opened.lost_batches == 0);
    assert_eq!(entries(&opened.store).len(), 10);
    assert!(!old.exists());
}

#[test]
fn compactor_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let opened = opened(Path::new(&folder));
    // One that cannot be read may have been set aside, for the one that it was to replace.
    assert_eq!(opened.lost_batches, 0);
    let store = opened.store;
    let first = entries(&store).last_key_value().map_or(0, |(last, _)| last + 1);
    for number in first.. {
        put(&store, number..number + 1);
        println!("safe {number}");
        store.compact().unwrap();
        println!("anew {number}");
    }
}

#[test]
fn a_kill_at_any_moment_of_it_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = store(folder.path());
    put(&made, 1_000_000..1_000_300);
    drop(made);
    let mut safe = 1_000_299;
    for round in 0..12_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "compactor_that_is_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let number = |line: &str| line.strip_prefix("safe ").and_then(|number| number.parse::<u32>().ok());
        let mut seen = 0;
        while seen < 1 + round % 3 {
            let line = lines.next().expect("the child ended by itself").unwrap();
            safe = number(&line).inspect(|_| seen += 1).unwrap_or(safe);
        }
        // Somewhere in the copying, the swap, or the write that comes after it.
        std::thread::sleep(Duration::from_millis(round * 7 % 60));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            safe = number(&line).unwrap_or(safe);
        }
        // A fresh one that is killed while sled opens it for the first time can be unreadable; then the one that it was to
        // replace is still there, and takes its place again.
        let opened = opened(folder.path());
        assert_eq!(opened.lost_batches, 0);
        let store = opened.store;
        let found = entries(&store);
        assert!((1_000_000..=safe).all(|number| found.contains_key(&number)), "round {round}: up to {safe}");
        assert!(found.iter().all(|(number, value)| *value == number.to_le_bytes().repeat(200)));
        assert_eq!(store.damaged_values(), 0);
        assert!(
            !beside(folder.path(), "store.old").exists() && !beside(folder.path(), "store.fresh").exists()
        );
    }
}
