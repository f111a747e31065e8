//! Homes as a version of Watchfire left them, kept in the repository: plain files, less the zeros that a store keeps at the
//! end of its own, beside what has to be found in them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::repository::root;

/// Every file of the home: its whole size and its path.
const FILES: &str = "files.txt";
/// Every alert that is in it: the record's id and the title.
const ALERTS: &str = "alerts.txt";

/// A sample, unpacked into a scratch folder.
#[derive(Debug)]
pub struct Sample {
    folder: TempDir,
    /// Ids and titles of the alerts that are in it.
    pub alerts: Vec<(String, String)>,
}

/// The folder of all samples, one folder for each version of the store.
pub fn folder() -> PathBuf {
    root().join("tests/fixtures/homes")
}

impl Sample {
    /// Unpacks one.
    pub fn unpack(sample: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("watchfire-").tempdir().unwrap();
        let home = folder.path().join("home");
        for line in fs::read_to_string(sample.join(FILES)).unwrap().lines() {
            let (size, path) = line.split_once(' ').unwrap();
            let mut bytes = fs::read(sample.join("home").join(path)).unwrap();
            bytes.resize(size.parse().unwrap(), 0);
            let place = home.join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, bytes).unwrap();
            fs::set_permissions(&place, Permissions::from_mode(0o600)).unwrap();
            for above in place.ancestors().skip(1).take_while(|above| above.starts_with(&home)) {
                fs::set_permissions(above, Permissions::from_mode(0o700)).unwrap();
            }
        }
        let alerts = fs::read_to_string(sample.join(ALERTS)).unwrap();
        let alerts = alerts.lines().map(|line| line.split_once(' ').unwrap());
        let alerts = alerts.map(|(id, title)| (id.to_owned(), title.to_owned())).collect();
        Self { folder, alerts }
    }

    /// The home.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }
}

/// Writes a sample of these files of a home and what is in it.
pub fn pack(files: &[(PathBuf, Vec<u8>)], home: &Path, alerts: &[(String, String)], to: &Path) {
    let mut listed = String::new();
    for (path, bytes) in files {
        let path = path.strip_prefix(home).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let place = to.join("home").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, &bytes[..used]).unwrap();
        listed += &format!("{} {}\n", bytes.len(), path.display());
    }
    fs::write(to.join(FILES), listed).unwrap();
    let alerts: Vec<String> = alerts.iter().map(|(id, title)| format!("{id} {title}\n")).collect();
    fs::write(to.join(ALERTS), alerts.concat()).unwrap();
}
