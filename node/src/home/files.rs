//! How files of a home are read and written: whole or not at all, for this user only, never through a link.
//!
//! A write goes to a new file beside the target (mode 0600), is flushed to the disk and then takes the target's name in
//! one step; the folder is flushed too. A crash leaves the old file or the new one.

use std::cell::Cell;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// How the names of files of a home begin that were being written when the machine stopped.
const UNFINISHED: &str = ".unfinished-";
/// The same at a place that a person named, where nothing is ever cleared away.
const UNFINISHED_ELSEWHERE: &str = ".watchfire-unfinished-";

/// Writes a file that must not exist yet. Whatever has the name already, a dangling link included, stays untouched and
/// the error is [`io::ErrorKind::AlreadyExists`].
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_as(path, UNFINISHED, bytes)
}

/// [`create`] at a place that a person named.
pub fn create_elsewhere(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_as(path, UNFINISHED_ELSEWHERE, bytes)
}

fn create_as(path: &Path, prefix: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path)?;
    unfinished(folder, prefix, bytes)?.persist_noclobber(path).map_err(|refused| refused.error)?;
    flush_folder(folder)
}

/// Writes a file, replacing the one that has the name. A link of that name is replaced, not followed.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path)?;
    unfinished(folder, UNFINISHED, bytes)?.persist(path).map_err(|refused| refused.error)?;
    flush_folder(folder)
}

/// [`replace`] at a place that a person named. The mode of a file that is there already stays: whom its owner lets read it
/// may read the next one too.
pub fn replace_elsewhere(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path)?;
    let file = unfinished(folder, UNFINISHED_ELSEWHERE, bytes)?;
    if let Ok(earlier) = fs::symlink_metadata(path)
        && earlier.is_file()
    {
        file.as_file().set_permissions(fs::Permissions::from_mode(earlier.mode() & 0o777))?;
    }
    file.persist(path).map_err(|refused| refused.error)?;
    flush_folder(folder)
}

/// Reads a whole file of at most `max_bytes`. Anything but a regular file is refused without waiting for it.
pub fn read(path: &Path, max_bytes: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let no_waiting = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(no_waiting).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if length > max_bytes {
        return Err(too_large(max_bytes));
    }
    read_bounded(file, length, max_bytes)
}

/// Reads to the end of `source`, refusing more than `max_bytes`. `expected` bytes are set aside at first, so that a
/// secret is not copied about while the buffer grows.
pub fn read_bounded(source: impl Read, expected: usize, max_bytes: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.min(max_bytes).saturating_add(1)));
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    source.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    Ok(bytes)
}

/// Makes a folder for this user only, with its parents. One that is there already keeps its content, and its mode
/// unless it is empty.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let fresh = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if fresh && mode(path)? & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// The permission bits of a file or folder.
pub fn mode(path: &Path) -> io::Result<u32> {
    Ok(fs::metadata(path)?.mode() & 0o777)
}

/// Whether anything has this name, a dangling link included.
pub fn exists(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Removes what an interrupted write left in a folder. Only for the holder of the home's edit lock: another process may
/// be writing. A file that is gone or has its own name by now is passed over, as not all writers hold that lock.
pub(super) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
        {
            match fs::remove_file(entry.path()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

/// The content, flushed, under a passing name in the target's folder, which errors do not name.
fn unfinished(folder: &Path, prefix: &str, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let refused = Cell::new(None);
    let made = tempfile::Builder::new().prefix(prefix).make_in(folder, |path| {
        let made = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
        refused.set(made.as_ref().err().and_then(io::Error::raw_os_error));
        made
    });
    let mut file = made.map_err(|error| refused.take().map_or(error, io::Error::from_raw_os_error))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no folder"))
}

fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn too_large(max_bytes: usize) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {max_bytes} bytes"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::io::ErrorKind;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{
        create, create_elsewhere, exists, mode, private_folder, read, remove_unfinished, replace,
        replace_elsewhere,
    };

    #[test]
    fn a_created_file_is_private_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"first").unwrap();
        assert_eq!(mode(&path).unwrap(), 0o600);
        assert_eq!(create(&path, b"second").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_created_through_a_dangling_link() {
        let folder = tempfile::tempdir().unwrap();
        let (link, elsewhere) = (folder.path().join("key"), folder.path().join("elsewhere"));
        symlink(&elsewhere, &link).unwrap();
        assert!(exists(&link).unwrap());
        assert_eq!(create(&link, b"secret").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert!(!elsewhere.exists());
    }

    #[test]
    fn replacing_a_link_leaves_alone_what_it_points_to() {
        let folder = tempfile::tempdir().unwrap();
        let (link, elsewhere) = (folder.path().join("settings"), folder.path().join("elsewhere"));
        fs::write(&elsewhere, b"theirs").unwrap();
        symlink(&elsewhere, &link).unwrap();
        replace(&link, b"ours").unwrap();
        assert_eq!(fs::read(&elsewhere).unwrap(), b"theirs");
        assert_eq!(read(&link, 10).unwrap().as_slice(), b"ours");
        assert_eq!(mode(&link).unwrap(), 0o600);
    }

    #[test]
    fn a_file_elsewhere_is_private_unless_its_owner_opened_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        replace_elsewhere(&path, b"first").unwrap();
        assert_eq!(mode(&path).unwrap(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace_elsewhere(&path, b"second").unwrap();
        assert_eq!((mode(&path).unwrap(), fs::read(&path).unwrap()), (0o640, b"second".to_vec()));
        assert_eq!(create_elsewhere(&path, b"third").unwrap_err().kind(), ErrorKind::AlreadyExists);
        // Where the person keeps other things, nothing is cleared away, as it would be in a home.
        let half = super::unfinished(folder.path(), super::UNFINISHED_ELSEWHERE, b"half").unwrap();
        remove_unfinished(folder.path()).unwrap();
        assert!(half.path().exists());
    }

    #[test]
    fn a_file_over_the_limit_or_of_another_sort_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap().as_slice(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 5).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(read(std::path::Path::new("/dev/zero"), 5).unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn a_new_or_empty_folder_becomes_private_and_a_used_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (new, used) = (folder.path().join("a/b"), folder.path().join("used"));
        private_folder(&new).unwrap();
        assert_eq!(mode(&new).unwrap(), 0o700);
        fs::create_dir(&used).unwrap();
        fs::set_permissions(&used, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(used.join("file"), b"").unwrap();
        private_folder(&used).unwrap();
        assert_eq!(mode(&used).unwrap(), 0o755);
    }

    #[test]
    fn what_an_interrupted_write_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".unfinished-abc"), b"half").unwrap();
        fs::write(folder.path().join("card.txt"), b"whole").unwrap();
        remove_unfinished(folder.path()).unwrap();
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["card.txt"]);
    }
}
