//! Disks that fail: small ones that can be filled up, and ones that turn read-only.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk in memory over a folder. Unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one of so many megabytes over this folder, which is made. None where mounting is not permitted; then the
    /// caller says so and has nothing to test.
    pub fn over(folder: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let options = format!("size={megabytes}m,mode=700");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", path(folder)]);
        mounted.then(|| Self { folder: folder.to_path_buf() })
    }

    /// Takes all room that is left.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let mut block = vec![0x5a; 1 << 20];
        while !block.is_empty() {
            match filler.write(&block) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => block.truncate(block.len() / 2),
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Gives it back.
    pub fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// From now on nothing can be written. Nobody may have a file open.
    pub fn read_only(&self) {
        assert!(run("mount", &["-o", "remount,ro", path(&self.folder)]), "cannot make the disk read-only");
    }

    /// As before.
    pub fn writable(&self) {
        assert!(run("mount", &["-o", "remount,rw", path(&self.folder)]), "cannot make the disk writable");
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A process that still has a file open keeps it until its end.
        run("umount", &["-l", path(&self.folder)]);
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}
