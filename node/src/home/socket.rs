//! Where the daemon's control socket is, also when the home's path is too long for a socket.
//!
//! The address of a Unix socket holds about a hundred bytes. A longer home gets its socket in a private folder of the
//! runtime or temporary directory, and `control.sock` in the home is then a link to it, so that a client finds it
//! whatever its own environment says.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use super::{DaemonLock, Home};

/// The longest path that fits into a socket's address on every system (104 bytes on macOS and the BSDs, 108 on Linux,
/// the closing zero included).
const MAX_SOCKET_PATH_BYTES: usize = 100;

impl Home {
    /// The place of the control socket inside the home.
    pub fn socket_path(&self) -> PathBuf {
        self.root().join("control.sock")
    }

    /// Clears away the socket of a daemon that died and says where to bind the new one. The lock proves that no daemon
    /// answers there.
    pub fn socket_to_bind(&self, _lock: &DaemonLock) -> io::Result<PathBuf> {
        let inside = self.socket_path();
        remove_stale(&inside)?;
        if inside.as_os_str().len() <= MAX_SOCKET_PATH_BYTES {
            return Ok(inside);
        }
        let folder = self.outside_folder();
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => check_private(&folder)?,
        }
        let outside = folder.join("control.sock");
        remove_stale(&outside)?;
        symlink(&outside, &inside)?;
        Ok(outside)
    }

    /// Where a client finds the socket; [`io::ErrorKind::NotFound`] when no daemon has made one.
    pub fn socket_to_call(&self) -> io::Result<PathBuf> {
        let inside = self.socket_path();
        let kind = fs::symlink_metadata(&inside)?.file_type();
        if !kind.is_symlink() {
            return Ok(inside);
        }
        let outside = fs::read_link(&inside)?;
        match outside.parent() {
            Some(folder) => check_private(folder)?,
            None => return Err(io::Error::new(io::ErrorKind::InvalidData, "control.sock points nowhere")),
        }
        Ok(outside)
    }

    /// A folder name of its own for each home, in a directory with a short path.
    fn outside_folder(&self) -> PathBuf {
        let user = rustix::process::geteuid().as_raw();
        let digest = blake3::hash(self.root().as_os_str().as_encoded_bytes());
        let name = format!("watchfire-{user}-{}", &digest.to_hex()[..16]);
        std::env::var_os("XDG_RUNTIME_DIR")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute() && folder.is_dir() && folder.as_os_str().len() <= 48)
            .unwrap_or_else(|| PathBuf::from("/tmp"))
            .join(name)
    }
}

/// Removes the socket or link that a daemon left, and nothing of another sort.
fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() || found.file_type().is_symlink() => fs::remove_file(path),
        Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, "control.sock is there and is no socket")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whoever can write to the folder could answer in the daemon's place.
fn check_private(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    if found.is_dir() && ours && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{} is not a private folder of this user", folder.display()),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::io::ErrorKind;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;

    use super::super::Home;

    #[test]
    fn a_short_home_has_its_socket_inside_and_a_stale_one_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let lock = home.lock_for_daemon().unwrap();
        assert_eq!(home.socket_to_call().unwrap_err().kind(), ErrorKind::NotFound);
        for _ in 0..2 {
            let path = home.socket_to_bind(&lock).unwrap();
            assert_eq!(path, folder.path().join("control.sock"));
            drop(UnixListener::bind(&path).unwrap());
            assert_eq!(home.socket_to_call().unwrap(), path);
        }
    }

    #[test]
    fn a_long_home_is_reached_through_a_private_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("long".repeat(40));
        fs::create_dir(&root).unwrap();
        let home = Home::at(&root);
        let lock = home.lock_for_daemon().unwrap();
        let path: PathBuf = home.socket_to_bind(&lock).unwrap();
        drop(UnixListener::bind(&path).unwrap());
        assert_eq!(home.socket_to_call().unwrap(), path);

        let outside = path.parent().unwrap().to_path_buf();
        fs::set_permissions(&outside, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(home.socket_to_call().unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(home.socket_to_bind(&lock).unwrap_err().kind(), ErrorKind::PermissionDenied);
        fs::remove_dir_all(outside).unwrap();
    }

    #[test]
    fn a_file_in_the_sockets_place_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let lock = home.lock_for_daemon().unwrap();
        fs::write(home.socket_path(), b"notes").unwrap();
        assert_eq!(home.socket_to_bind(&lock).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(home.socket_path()).unwrap(), b"notes");
    }
}
