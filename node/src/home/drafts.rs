//! Charters that are being founded: files that founders pass around until each has signed.

use std::io::ErrorKind;
use std::path::PathBuf;

use watchfire_keys::CircleId;

use super::{EditLock, Home, files};
use crate::error::Result;

impl Home {
    /// Where this home keeps its copy of a draft: the circle's name as far as a file name can hold it, and the
    /// beginning of its id.
    pub fn draft_path(&self, name: &str, circle: &CircleId) -> PathBuf {
        let mut words = String::new();
        for character in name.chars().map(|character| character.to_ascii_lowercase()) {
            if character.is_ascii_alphanumeric() {
                words.push(character);
            } else if !words.is_empty() && !words.ends_with('-') {
                words.push('-');
            }
        }
        let id = circle.to_string();
        let words: String = words.chars().take(40).collect();
        let words = if words.is_empty() { "circle" } else { words.trim_end_matches('-') };
        self.drafts_path().join(format!("{words}-{}.draft", &id[..8]))
    }

    /// The drafts that lie in this home, in the order of their names.
    pub fn drafts(&self) -> Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(self.drafts_path()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unreadable("drafts", &error)),
        };
        let mut drafts = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| self.unreadable("drafts", &error))?.path();
            if path.extension().is_some_and(|extension| extension == "draft") {
                drafts.push(path);
            }
        }
        drafts.sort_unstable();
        Ok(drafts)
    }

    /// Keeps a draft in this home and says where, replacing an earlier copy of the same circle's.
    pub fn keep_draft(
        &self,
        name: &str,
        circle: &CircleId,
        bytes: &[u8],
        edit: &EditLock,
    ) -> Result<PathBuf> {
        let path = self.draft_path(name, circle);
        files::private_folder(&self.drafts_path()).map_err(|error| self.unwritable("drafts", &error))?;
        let inside = path.strip_prefix(self.root()).unwrap_or(&path).to_string_lossy().into_owned();
        self.write(&inside, bytes, edit)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_keys::CircleId;

    use super::super::Home;

    #[test]
    fn any_circle_name_gives_a_plain_file_name_in_the_drafts_folder() {
        let home = Home::at(std::path::Path::new("/home"));
        let circle = CircleId::from_bytes([0xab; 32]);
        for (name, file) in [
            ("Ohio Watch", "ohio-watch-abababab.draft"),
            ("../../etc/passwd", "etc-passwd-abababab.draft"),
            ("選挙", "circle-abababab.draft"),
        ] {
            assert_eq!(home.draft_path(name, &circle), std::path::Path::new("/home/drafts").join(file));
        }
    }

    #[test]
    fn a_kept_draft_is_listed_and_a_later_one_of_the_circle_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        assert!(home.drafts().unwrap().is_empty());
        let edit = home.lock_for_edit().unwrap();
        let circle = CircleId::from_bytes([1; 32]);
        let path = home.keep_draft("Ohio", &circle, b"one", &edit).unwrap();
        home.keep_draft("Ohio", &circle, b"two", &edit).unwrap();
        assert_eq!(home.drafts().unwrap(), std::slice::from_ref(&path));
        assert_eq!(std::fs::read(path).unwrap(), b"two");
    }
}
