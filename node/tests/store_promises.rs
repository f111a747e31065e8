//! What a store promises whatever it is made of, and what the one on disk promises besides.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use watchfire::home::{CircleHome, Home};
use watchfire::store::{
    Batch, DiskStore, MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_VALUE_BYTES, MemoryStore, Opened, Store,
    StoreError, Table, open, remove_set_aside,
};
use watchfire_keys::{CircleId, UnixMillis};

const STORAGE: [u8; 32] = [7; 32];
const NOW: UnixMillis = UnixMillis(1_854_000_000_000);

fn circle(folder: &Path) -> CircleHome {
    Home::at(folder).circle(CircleId::from_bytes([3; 32]))
}

fn open_in(folder: &Path) -> Opened {
    open(&circle(folder), &STORAGE, NOW, Duration::ZERO).unwrap()
}

fn disk(folder: &Path) -> DiskStore {
    let opened = open_in(folder);
    assert_eq!((opened.set_aside, opened.lost_batches), (None, 0));
    opened.store
}

/// All entries of a table, sorted.
fn entries(store: &dyn Store, table: Table, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    store
        .scan(table, prefix, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    found.sort();
    found
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Runs a check with both back ends.
fn with_both(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::new());
    let folder = tempfile::tempdir().unwrap();
    check(&disk(folder.path()));
}

#[test]
fn what_was_put_is_found_in_its_table_until_it_is_removed() {
    with_both(|store| {
        store.apply(Batch::new().put(Table::Acts, b"a", b"1").put(Table::Headers, b"a", b"2")).unwrap();
        assert_eq!(store.get(Table::Acts, b"a").unwrap().unwrap().as_slice(), b"1");
        assert_eq!(store.get(Table::Headers, b"a").unwrap().unwrap().as_slice(), b"2");
        assert!(store.get(Table::Meta, b"a").unwrap().is_none());
        assert!(store.contains(Table::Acts, b"a").unwrap());

        store.apply(Batch::new().put(Table::Acts, b"a", b"new").remove(Table::Headers, b"a")).unwrap();
        assert_eq!(store.get(Table::Acts, b"a").unwrap().unwrap().as_slice(), b"new");
        assert!(!store.contains(Table::Headers, b"a").unwrap());
        store.apply(Batch::new().remove(Table::Headers, b"never there")).unwrap();
    });
}

#[test]
fn empty_keys_and_values_are_keys_and_values() {
    with_both(|store| {
        store.apply(Batch::new().put(Table::Meta, b"", b"").put(Table::Meta, b"key", b"")).unwrap();
        assert_eq!(store.get(Table::Meta, b"").unwrap().unwrap().as_slice(), b"");
        assert_eq!(entries(store, Table::Meta, b"").len(), 2);
    });
}

#[test]
fn a_scan_visits_one_tables_prefix_and_stops_when_told() {
    with_both(|store| {
        let mut batch = Batch::new();
        for number in 0..40_u8 {
            batch.add(Table::Records, &[number / 10, number], Some(&[number]));
            batch.add(Table::Outbox, &[number], Some(b"other"));
        }
        store.apply(batch).unwrap();
        assert_eq!(entries(store, Table::Records, &[2]).len(), 10);
        assert_eq!(entries(store, Table::Records, b"").len(), 40);
        let mut visited = 0;
        store
            .scan(Table::Records, b"", &mut |_, _| {
                visited += 1;
                if visited == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap();
        assert_eq!(visited, 3);
    });
}

#[test]
fn a_batch_over_a_bound_writes_nothing() {
    with_both(|store| {
        let large = vec![0; MAX_VALUE_BYTES];
        let mut huge = Batch::new();
        while huge.bytes() <= MAX_BATCH_BYTES {
            huge.add(Table::Records, &huge.len().to_le_bytes(), Some(&large));
        }
        let over = [
            Batch::new().put(Table::Meta, b"fits", b"1").put(Table::Meta, &[0; MAX_KEY_BYTES + 1], b""),
            Batch::new().put(Table::Meta, b"fits", b"1").put(
                Table::Meta,
                b"k",
                &vec![0; MAX_VALUE_BYTES + 1],
            ),
            huge,
        ];
        for batch in over {
            assert!(matches!(store.apply(batch), Err(StoreError::TooLarge { .. })));
        }
        assert!(!store.contains(Table::Meta, b"fits").unwrap());
        assert!(entries(store, Table::Records, b"").is_empty());
        store.apply(Batch::new().put(Table::Meta, &[0; MAX_KEY_BYTES], &large)).unwrap();
        assert_eq!(store.get(Table::Meta, &[0; MAX_KEY_BYTES]).unwrap().unwrap().as_slice(), large);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Both back ends are the same store, also after the one on disk was closed and opened again.
    #[test]
    fn the_disk_and_the_memory_agree(
        batches in prop::collection::vec(
            prop::collection::vec((0..Table::ALL.len(), 0..6_u8, prop::option::of(0..200_usize)), 0..8),
            0..8,
        )
    ) {
        let folder = tempfile::tempdir().unwrap();
        let memory = MemoryStore::new();
        let on_disk = disk(folder.path());
        for changes in &batches {
            let make = || {
                let mut batch = Batch::new();
                for (table, key, value) in changes {
                    let value = value.map(|length| vec![*key; length]);
                    batch.add(Table::ALL[*table], &[*key], value.as_deref());
                }
                batch
            };
            memory.apply(make()).unwrap();
            on_disk.apply(make()).unwrap();
        }
        drop(on_disk);
        let on_disk = disk(folder.path());
        for table in Table::ALL {
            prop_assert_eq!(entries(&memory, table, b""), entries(&on_disk, table, b""));
        }
    }
}

#[test]
fn a_stolen_disk_shows_neither_keys_nor_values_nor_table_names() {
    let folder = tempfile::tempdir().unwrap();
    let (key, value) = (b"phish.example as a key".as_slice(), b"phish.example as a value".repeat(100));
    let store = disk(folder.path());
    for table in Table::ALL {
        store.apply(Batch::new().put(table, key, &value)).unwrap();
    }
    drop(store);
    let files = files_below(folder.path());
    assert!(files.iter().map(|file| fs::metadata(file).unwrap().len()).sum::<u64>() > 9 * 2400);
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for secret in [&b"phish"[..], b"Records", b"records", &STORAGE] {
            let shown = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!shown, "{} shows {}", file.display(), String::from_utf8_lossy(secret));
        }
    }
}

#[test]
fn a_store_that_is_open_is_refused_to_the_next_one_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let held = disk(folder.path());
    held.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    let refused = open(&circle(folder.path()), &STORAGE, NOW, Duration::from_millis(50)).unwrap_err();
    assert_eq!(refused.code(), "store-in-use");
    drop(held);
    assert!(disk(folder.path()).contains(Table::Meta, b"k").unwrap());
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(disk(folder.path()));
    let path = circle(folder.path()).store_path();
    let tree = sled::open(&path).unwrap();
    tree.insert(b"watchfire store", &2_u32.to_le_bytes()).unwrap();
    tree.flush().unwrap();
    drop(tree);
    let refused = open(&circle(folder.path()), &STORAGE, NOW, Duration::ZERO).unwrap_err();
    assert_eq!(refused.code(), "store-too-new");
    assert!(path.exists());
}

#[test]
fn a_store_of_another_identity_is_set_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    store.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    drop(store);
    let opened = open(&circle(folder.path()), &[8; 32], NOW, Duration::ZERO).unwrap();
    let aside = opened.set_aside.unwrap();
    assert!(aside.fault.contains("another identity"));
    assert!(aside.path.ends_with("store.damaged-20281001T080000Z"));
    assert!(!opened.store.contains(Table::Meta, b"k").unwrap());
    assert!(opened.lost_batches > 0, "whatever the count beside it says");
    drop(opened.store);

    // Put back under its own identity, it is what it was.
    fs::remove_dir_all(circle(folder.path()).store_path()).unwrap();
    fs::rename(aside.path, circle(folder.path()).store_path()).unwrap();
    assert!(disk(folder.path()).contains(Table::Meta, b"k").unwrap());
}

#[test]
fn a_store_that_was_set_aside_is_a_loss_until_something_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    store.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    drop(store);
    let home = circle(folder.path());
    fs::write(home.folder().join("store.count"), b"no count").unwrap();
    fs::write(home.store_path().join("conf"), b"nothing that a store wrote").unwrap();
    let opened = open_in(folder.path());
    assert!(opened.set_aside.is_some() && opened.lost_batches > 0);
    drop(opened);
    // Who only reads does not end it.
    let opened = open_in(folder.path());
    assert!(opened.set_aside.is_none() && opened.lost_batches > 0);
    opened.store.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    drop(opened);
    drop(disk(folder.path()));
}

#[test]
fn a_store_that_was_set_aside_goes_when_its_time_is_over_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    store.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    let home = circle(folder.path());
    let over = ["store.damaged-20281001T075959Z", "store.damaged-20271231T235959Z-1"];
    let kept = [
        "store.damaged-20281001T080000Z",
        "store.damaged-20281001T080001Z",
        "store.damaged-by-me-at-some-time",
    ];
    for name in over.iter().chain(&kept) {
        fs::create_dir_all(home.folder().join(name).join("blobs")).unwrap();
    }
    // At 08:00:00.
    remove_set_aside(&home, NOW).unwrap();
    assert!(over.iter().all(|name| !home.folder().join(name).exists()));
    assert!(kept.iter().all(|name| home.folder().join(name).exists()));
    assert!(store.contains(Table::Meta, b"k").unwrap());
}

#[test]
fn one_changed_value_is_counted_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    for number in 0..10_u8 {
        store.apply(Batch::new().put(Table::Records, &[number], &[number; 100])).unwrap();
    }
    drop(store);
    let path = circle(folder.path()).store_path();
    let tree = sled::open(&path).unwrap();
    let (place, mut sealed) = tree
        .iter()
        .map(|entry| entry.unwrap())
        .find(|(place, _)| place.len() == 40)
        .map(|(place, sealed)| (place, sealed.to_vec()))
        .unwrap();
    sealed[60] ^= 1;
    tree.insert(place, sealed).unwrap();
    tree.flush().unwrap();
    drop(tree);

    let store = disk(folder.path());
    assert_eq!(entries(&store, Table::Records, b"").len(), 9);
    assert_eq!(store.damaged_values(), 1);
    let damaged = (0..10_u8)
        .filter(|number| matches!(store.get(Table::Records, &[*number]), Err(StoreError::DamagedValue)));
    assert_eq!(damaged.count(), 1);
}

#[test]
fn a_changed_or_missing_count_beside_the_tree_claims_no_loss() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    store.apply(Batch::new().put(Table::Meta, b"k", b"v")).unwrap();
    drop(store);
    let count = circle(folder.path()).folder().join("store.count");
    let whole = fs::read(&count).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&count, changed).unwrap();
        drop(disk(folder.path()));
        fs::write(&count, &whole[..at]).unwrap();
        drop(disk(folder.path()));
    }
}

#[test]
fn whatever_happens_to_its_files_a_store_opens_and_never_lies() {
    let folder = tempfile::tempdir().unwrap();
    let store = disk(folder.path());
    for number in 0..50_u8 {
        store.apply(Batch::new().put(Table::Records, &[number], &[number; 300])).unwrap();
    }
    drop(store);
    let home = circle(folder.path());
    let store_files = files_below(&home.store_path());
    let wholes: Vec<Vec<u8>> = store_files.iter().map(|file| fs::read(file).unwrap()).collect();
    let count_file = home.folder().join("store.count");
    let count = fs::read(&count_file).unwrap();
    let mut set_aside = 0;
    for (file, whole) in store_files.iter().zip(&wholes) {
        let used = whole.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
        for step in 0..24 {
            let at = used * step / 24;
            let mut damaged = whole.clone();
            match step % 3 {
                0 => damaged.truncate(at),
                1 => damaged[at] ^= 0xff,
                _ => damaged[at..used.min(at + 64)].fill(0xa5),
            }
            fs::remove_dir_all(home.store_path()).unwrap();
            for (file, whole) in store_files.iter().zip(&wholes) {
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, whole).unwrap();
            }
            fs::write(&count_file, &count).unwrap();
            fs::write(file, &damaged).unwrap();

            let opened = open_in(folder.path());
            set_aside += usize::from(opened.set_aside.is_some());
            let left = entries(&opened.store, Table::Records, b"");
            for (key, value) in &left {
                assert_eq!(value, &[key[0]; 300], "an entry that was never written");
            }
            let lost = opened.lost_batches;
            assert_eq!(
                lost == 0,
                left.len() == 50,
                "{lost} batches are said to be lost, {} entries are left",
                left.len()
            );
            opened.store.apply(Batch::new().put(Table::Meta, b"after", b"works")).unwrap();
            drop(opened.store);
            assert!(disk(folder.path()).contains(Table::Meta, b"after").unwrap());
        }
    }
    assert!(set_aside > 0, "some of this damage must have been noticed");
}
