//! A store that is written to, closed, damaged and opened again, as the bytes of an input say. Whatever happens, it gives
//! back what was acknowledged or says that something is lost, and never a value that was not written there.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use watchfire::home::{CircleHome, Home};
use watchfire::store::{Batch, Opened, Store, StoreError, Table, keep_quiet_in_store, open};
use watchfire_keys::{CircleId, UnixMillis};

use crate::wait::PATIENCE;

/// Operations of one input, at most: sled flushes each.
const MAX_OPERATIONS: usize = 24;
/// Different keys of a table: few, so that values are replaced.
const KEYS: u8 = 12;
/// Tables in use.
const TABLES: [Table; 3] = [Table::Records, Table::Acts, Table::Meta];

type Key = (Table, Vec<u8>);
type Entries = BTreeMap<Key, Vec<u8>>;

/// Takes an input's bytes one by one; zeros when they are used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn number(&mut self) -> usize {
        usize::from(u16::from_le_bytes([self.byte(), self.byte()]))
    }
}

struct World {
    home: CircleHome,
    opened: Option<Opened>,
    /// What is acknowledged.
    entries: Entries,
    /// Everything that was ever acknowledged.
    ever: BTreeMap<Key, Vec<Vec<u8>>>,
    /// Its files were changed, and it was not made anew since: what nobody has read again can still turn out to be gone.
    spoilt: bool,
    /// What the store counted as damaged and did not get better since.
    damaged: bool,
}

/// Plays an input.
///
/// # Panics
///
/// When the store breaks its promise.
pub fn survive(bytes: &[u8]) {
    keep_quiet_in_store();
    let folder = tempfile::Builder::new().prefix("watchfire-").tempdir().unwrap();
    let home = Home::at(folder.path()).circle(CircleId::from_bytes([3; 32]));
    let mut world = World {
        home,
        opened: None,
        entries: Entries::new(),
        ever: BTreeMap::new(),
        spoilt: false,
        damaged: false,
    };
    world.open();
    let mut choices = Choices(bytes);
    for _ in 0..MAX_OPERATIONS {
        if choices.0.is_empty() {
            break;
        }
        match choices.byte() % 10 {
            0..4 => world.write(&mut choices),
            4 => world.close_and_open(),
            5 => world.reopen(),
            6 => world.compact(),
            7 => world.crash_in_a_swap(choices.byte()),
            _ => world.damage(&mut choices),
        }
    }
    world.close_and_open();
}

impl World {
    fn store(&self) -> &dyn Store {
        &self.opened.as_ref().unwrap().store
    }

    fn open(&mut self) {
        let opened = open(&self.home, &[7; 32], UnixMillis(1_854_000_000_000), PATIENCE);
        self.opened = Some(opened.unwrap_or_else(|error| panic!("it does not open: {}", error.text())));
    }

    fn close_and_open(&mut self) {
        self.opened = None;
        if self.spoilt {
            return self.open_spoilt();
        }
        self.open();
        let opened = self.opened.as_ref().unwrap();
        assert_eq!((&opened.set_aside, opened.lost_batches), (&None, 0), "nothing had happened to it");
        self.compare();
    }

    fn reopen(&mut self) {
        let reopened = self.store().reopen();
        self.went_well(reopened);
    }

    fn compact(&mut self) {
        let written = self.store().compact().map(|_| ());
        self.spoilt &= written.is_err();
        self.went_well(written);
    }

    fn went_well(&mut self, done: Result<(), StoreError>) {
        match done {
            Ok(()) => self.compare(),
            // It says that something is gone, which was in what was spoilt, and what when it is opened anew.
            Err(StoreError::Damaged(_)) if self.spoilt => self.close_and_open(),
            Err(error) => panic!("{error}"),
        }
    }

    fn write(&mut self, choices: &mut Choices<'_>) {
        let mut batch = Batch::new();
        for _ in 0..1 + choices.byte() % 6 {
            let key = (TABLES[usize::from(choices.byte()) % TABLES.len()], vec![choices.byte() % KEYS]);
            let length = match choices.byte() {
                // Large ones lie in files of their own.
                250.. => 300_000 + choices.number(),
                length => usize::from(length) * 8,
            };
            let value = (!choices.byte().is_multiple_of(4)).then(|| vec![choices.byte(); length]);
            batch.add(key.0, &key.1, value.as_deref());
            match value {
                Some(value) => {
                    self.ever.entry(key.clone()).or_default().push(value.clone());
                    self.entries.insert(key, value);
                }
                None => {
                    self.entries.remove(&key);
                }
            }
        }
        self.store().apply(batch).unwrap();
    }

    fn found(&self) -> Entries {
        let mut found = Entries::new();
        for table in TABLES {
            let scanned = self.store().scan(table, b"", &mut |key, value| {
                found.insert((table, key.to_vec()), value.to_vec());
                ControlFlow::Continue(())
            });
            // One that cannot be read to its end says so, which is all it has to do.
            let _ = scanned;
        }
        found
    }

    fn compare(&self) {
        let found = self.found();
        assert!(self.damaged || found == self.entries, "{} of {} entries", found.len(), self.entries.len());
    }

    /// Changes files of a closed store, and opens it.
    fn damage(&mut self, choices: &mut Choices<'_>) {
        self.opened = None;
        for _ in 0..1 + choices.byte() % 3 {
            let files = files_below(&self.home.store_path());
            let Some(file) = files.get(choices.number() % files.len().max(1)) else { break };
            spoil(file, choices);
            self.spoilt = true;
        }
        self.open_spoilt();
    }

    /// Opens a store whose files may be other ones than it wrote.
    fn open_spoilt(&mut self) {
        self.open();
        let opened = self.opened.as_ref().unwrap();
        let said = opened.set_aside.is_some() || opened.lost_batches > 0;
        let found = self.found();
        for (key, value) in &found {
            let ever = self.ever.get(key).is_some_and(|ever| ever.contains(value));
            assert!(ever, "a value that was never written under {key:?}");
            assert!(said || self.entries.get(key) == Some(value), "an old value, and nothing is said of it");
        }
        self.damaged |= self.store().damaged_values() > 0;
        let scanned = TABLES
            .iter()
            .try_for_each(|table| self.store().scan(*table, b"", &mut |_, _| ControlFlow::Continue(())));
        self.damaged |= scanned.is_err();
        let whole = found == self.entries;
        assert!(
            whole || said || self.damaged,
            "{} of {} entries are left, and nothing is said",
            found.len(),
            self.entries.len()
        );
        self.entries = found;
        self.spoilt &= self.opened.as_ref().unwrap().set_aside.is_none();
        if scanned.is_err() {
            // It says that it is damaged whenever it is asked: nothing more to learn from it.
            self.start_anew();
        } else {
            // What was lost is said until something is written.
            self.store().apply(Batch::new().put(Table::Outbox, b"after", b"works")).unwrap();
        }
    }

    fn start_anew(&mut self) {
        self.opened = None;
        fs::remove_dir_all(self.home.folder()).unwrap();
        self.entries.clear();
        self.ever.clear();
        self.spoilt = false;
        self.damaged = false;
        self.open();
    }

    /// The states that a crash can leave while a store that was written anew takes the place of the old one.
    fn crash_in_a_swap(&mut self, state: u8) {
        self.opened = None;
        let store = self.home.store_path();
        let (fresh, old) = (store.with_file_name("store.fresh"), store.with_file_name("store.old"));
        match state % 4 {
            0 => {
                fs::create_dir(&fresh).unwrap();
                fs::write(fresh.join("db"), b"not yet whole").unwrap();
            }
            1 => copy(&store, &fresh),
            2 => {
                fs::rename(&store, &old).unwrap();
                copy(&old, &fresh);
            }
            _ => copy(&store, &old),
        }
        self.close_and_open();
        assert!(!fresh.exists() && !old.exists());
    }
}

fn spoil(file: &Path, choices: &mut Choices<'_>) {
    let mut bytes = fs::read(file).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let at = (choices.number() * 256 + usize::from(choices.byte())) % used.max(1);
    match choices.byte() % 6 {
        0 => return fs::remove_file(file).unwrap(),
        1 => bytes.truncate(at),
        2 => {
            let until = bytes.len().min(at + 1 + usize::from(choices.byte()) * 16);
            let with = choices.byte();
            bytes.get_mut(at..until).unwrap_or_default().fill(with);
        }
        // A part of the file twice, as a disk does that writes to the wrong place.
        3 => {
            let to = choices.number() % used.max(1);
            let length = (1 + usize::from(choices.byte()) * 8).min(used.saturating_sub(at.max(to)));
            bytes.copy_within(at..at + length, to);
        }
        _ => {
            let bit = choices.byte() % 8;
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
        }
    }
    fs::write(file, bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let place = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(file, place).unwrap();
    }
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
