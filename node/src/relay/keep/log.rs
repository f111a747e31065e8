//! The envelopes of one circle in files of some megabytes, appended to and deleted whole: the oldest go first, so that a
//! file whose envelopes are all gone can be removed and nothing is ever rewritten.
//!
//! One entry: length (u32, little-endian), arrival (u64), the first eight bytes of a hash over all three, envelope.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use watchfire_keys::{EnvelopeId, UnixMillis};
use watchfire_protocol::envelope::layout::MAX_ENVELOPE_BYTES;

use crate::home::files;

/// Where a new file begins.
const FILE_BYTES: u64 = 4 * 1024 * 1024;
const SUM_BYTES: usize = 8;
const HEAD_BYTES: usize = 4 + 8 + SUM_BYTES;

/// The kept envelopes of one circle.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    entries: HashMap<EnvelopeId, Entry>,
    /// How many envelopes of each file are kept.
    files: BTreeMap<u64, usize>,
    open: Option<(u64, File, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    file: u64,
    offset: u64,
    bytes: usize,
}

impl Log {
    /// Opens the folder's files, oldest first. `take` is shown each whole envelope and says under which id it is kept,
    /// if at all. What is damaged is left out.
    pub(super) fn open(
        folder: &Path,
        mut take: impl FnMut(UnixMillis, &[u8]) -> Option<EnvelopeId>,
    ) -> io::Result<Self> {
        files::private_folder(folder)?;
        let mut log = Self {
            folder: folder.to_path_buf(),
            entries: HashMap::new(),
            files: BTreeMap::new(),
            open: None,
        };
        let mut numbers = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".log")?.parse::<u64>().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        for number in numbers {
            log.files.insert(number, 0);
            log.read_file(number, &mut take)?;
        }
        log.remove_empty(None);
        Ok(log)
    }

    fn read_file(
        &mut self,
        number: u64,
        take: &mut impl FnMut(UnixMillis, &[u8]) -> Option<EnvelopeId>,
    ) -> io::Result<()> {
        let mut reader = io::BufReader::new(File::open(self.path(number))?);
        let mut offset = 0_u64;
        // A file ends where an entry is cut or damaged: the machine stopped while it was written.
        while let Some((since, envelope)) = read_entry(&mut reader) {
            if let Some(id) = take(since, &envelope) {
                self.add(id, Entry { file: number, offset, bytes: envelope.len() });
            }
            offset = offset.saturating_add(entry_bytes(envelope.len()));
        }
        Ok(())
    }

    fn add(&mut self, id: EnvelopeId, entry: Entry) {
        if self.entries.insert(id, entry).is_none() {
            *self.files.entry(entry.file).or_default() += 1;
        }
    }

    /// The bytes of a kept envelope; `None` when the disk lost them.
    pub(super) fn get(&self, id: &EnvelopeId) -> Option<Vec<u8>> {
        let entry = self.entries.get(id)?;
        let mut bytes = vec![0; HEAD_BYTES.saturating_add(entry.bytes)];
        let file = match &self.open {
            Some((number, file, _)) if *number == entry.file => file,
            _ => &File::open(self.path(entry.file)).ok()?,
        };
        file.read_exact_at(&mut bytes, entry.offset).ok()?;
        read_entry(&mut bytes.as_slice()).map(|(_, envelope)| envelope)
    }

    /// Writes an envelope behind the others.
    pub(super) fn append(&mut self, id: EnvelopeId, since: UnixMillis, envelope: &[u8]) -> io::Result<()> {
        let (number, mut file, offset) = match self.open.take() {
            Some(open) if open.2 < FILE_BYTES => open,
            _ => self.next_file()?,
        };
        let written = file.write_all(&entry(since, envelope)?);
        if written.is_err() {
            // Half an entry would hide all that follow it: the file ends before it, and the next one begins another.
            file.set_len(offset)?;
            return written;
        }
        self.add(id, Entry { file: number, offset, bytes: envelope.len() });
        self.open = Some((number, file, offset.saturating_add(entry_bytes(envelope.len()))));
        Ok(())
    }

    /// Keeps these no longer.
    pub(super) fn forget(&mut self, ids: &[EnvelopeId]) {
        for id in ids {
            if let Some(entry) = self.entries.remove(id)
                && let Some(kept) = self.files.get_mut(&entry.file)
            {
                *kept = kept.saturating_sub(1);
            }
        }
        let open = self.open.as_ref().map(|(number, _, _)| *number);
        self.remove_empty(open);
    }

    /// Puts everything on the disk.
    pub(super) fn flush(&self) {
        if let Some((_, file, _)) = &self.open {
            let _ = file.sync_data();
        }
    }

    fn remove_empty(&mut self, except: Option<u64>) {
        let empty =
            |(number, kept): (&u64, &usize)| (*kept == 0 && Some(*number) != except).then_some(*number);
        let gone: Vec<u64> = self.files.iter().filter_map(empty).collect();
        for number in gone {
            self.files.remove(&number);
            let _ = fs::remove_file(self.path(number));
        }
    }

    fn next_file(&mut self) -> io::Result<(u64, File, u64)> {
        self.flush();
        let number = self.files.last_key_value().map_or(0, |(last, _)| last.saturating_add(1));
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .append(true)
            .mode(0o600)
            .open(self.path(number))?;
        self.files.insert(number, 0);
        // The one before may have been emptied while it was written to.
        self.remove_empty(Some(number));
        Ok((number, file, 0))
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number}.log"))
    }
}

fn entry_bytes(envelope: usize) -> u64 {
    u64::try_from(HEAD_BYTES.saturating_add(envelope)).unwrap_or(u64::MAX)
}

fn entry(since: UnixMillis, envelope: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(envelope.len()).map_err(io::Error::other)?.to_le_bytes();
    let since = since.0.to_le_bytes();
    let mut entry = Vec::with_capacity(HEAD_BYTES.saturating_add(envelope.len()));
    entry.extend_from_slice(&length);
    entry.extend_from_slice(&since);
    entry.extend_from_slice(&sum(&length, &since, envelope));
    entry.extend_from_slice(envelope);
    Ok(entry)
}

fn sum(length: &[u8; 4], since: &[u8; 8], envelope: &[u8]) -> [u8; SUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(length).update(since).update(envelope);
    let mut sum = [0; SUM_BYTES];
    hasher.finalize_xof().fill(&mut sum);
    sum
}

fn read_entry(from: &mut impl Read) -> Option<(UnixMillis, Vec<u8>)> {
    let (mut length, mut since, mut expected) = ([0; 4], [0; 8], [0; SUM_BYTES]);
    from.read_exact(&mut length).ok()?;
    from.read_exact(&mut since).ok()?;
    from.read_exact(&mut expected).ok()?;
    let bytes = usize::try_from(u32::from_le_bytes(length)).ok()?;
    if bytes > MAX_ENVELOPE_BYTES {
        return None;
    }
    let mut envelope = vec![0; bytes];
    from.read_exact(&mut envelope).ok()?;
    let whole = sum(&length, &since, &envelope) == expected;
    whole.then(|| (UnixMillis(u64::from_le_bytes(since)), envelope))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn id(number: u32) -> EnvelopeId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        EnvelopeId::from_bytes(bytes)
    }

    fn numbered(envelope: &[u8]) -> Option<EnvelopeId> {
        Some(id(u32::from_le_bytes(*envelope.first_chunk()?)))
    }

    fn content(number: u32, bytes: usize) -> Vec<u8> {
        let mut content = vec![7; bytes];
        content[..4].copy_from_slice(&number.to_le_bytes());
        content
    }

    fn again(folder: &Path) -> (Log, Vec<u64>) {
        let mut since = Vec::new();
        let log = Log::open(folder, |at, envelope| {
            since.push(at.0);
            numbered(envelope)
        });
        (log.unwrap(), since)
    }

    fn files_in(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_was_appended_is_there_again_in_order() {
        let scratch = tempfile::tempdir().unwrap();
        let mut log = Log::open(scratch.path(), |_, _| None).unwrap();
        for number in 0..300 {
            log.append(id(number), UnixMillis(number.into()), &content(number, 60_000)).unwrap();
        }
        drop(log);
        let (mut log, since) = again(scratch.path());
        assert!(since.iter().copied().eq(0..300));
        assert_eq!(log.get(&id(250)), Some(content(250, 60_000)));
        assert_eq!(files_in(scratch.path()), 5);
        log.append(id(300), UnixMillis(300), &content(300, 100)).unwrap();
        assert_eq!(log.get(&id(300)), Some(content(300, 100)));
        let old: Vec<EnvelopeId> = (0..200).map(id).collect();
        log.forget(&old);
        assert_eq!(log.get(&id(0)), None);
        assert!(log.get(&id(299)).is_some());
        assert!(files_in(scratch.path()) <= 4);
        let rest: Vec<EnvelopeId> = (200..=300).map(id).collect();
        log.forget(&rest);
        assert_eq!(files_in(scratch.path()), 1, "the one that is being written");
    }

    #[test]
    fn a_file_that_is_cut_or_damaged_is_read_as_far_as_it_is_whole() {
        let scratch = tempfile::tempdir().unwrap();
        let mut log = Log::open(scratch.path(), |_, _| None).unwrap();
        for number in 0..3 {
            log.append(id(number), UnixMillis(1), &content(number, 50)).unwrap();
        }
        drop(log);
        let path = scratch.path().join("0.log");
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let (mut log, _) = again(scratch.path());
            assert_eq!(log.entries.len(), length / (HEAD_BYTES + 50));
            log.append(id(9), UnixMillis(2), &content(9, 50)).unwrap();
            drop(log);
            let (log, _) = again(scratch.path());
            assert_eq!(log.get(&id(9)), Some(content(9, 50)), "a cut file hides no later one");
            let _ = fs::remove_file(scratch.path().join("0.log"));
            let _ = fs::remove_file(scratch.path().join("1.log"));
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let (log, _) = again(scratch.path());
            assert_eq!(log.entries.len(), at / (HEAD_BYTES + 50));
        }
    }
}
