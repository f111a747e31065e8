//! What a home keeps for one circle: a folder named by the circle's id.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use watchfire_keys::CircleId;

use super::{Home, files};
use crate::error::Result;

/// The folder of one circle in a home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleHome {
    circle: CircleId,
    folder: PathBuf,
    home: Home,
}

impl Home {
    /// The place for a circle, whether it is there or not.
    pub fn circle(&self, circle: CircleId) -> CircleHome {
        let folder = self.root().join("circles").join(circle.to_string());
        CircleHome { circle, folder, home: self.clone() }
    }

    /// The circles that have a folder here, in the order of their ids. What is not named like a circle is passed over.
    pub fn circles(&self) -> Result<Vec<CircleId>> {
        let entries = match std::fs::read_dir(self.root().join("circles")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unreadable("circles", &error)),
        };
        let mut circles = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.unreadable("circles", &error))?;
            if let Some(circle) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
                circles.push(circle);
            }
        }
        circles.sort_unstable();
        Ok(circles)
    }
}

impl CircleHome {
    /// Whose folder this is.
    pub fn id(&self) -> CircleId {
        self.circle
    }

    /// The home it belongs to.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The absolute path of the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the store.
    pub fn store_path(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// The network key of this node in this circle.
    pub fn node_key_path(&self) -> PathBuf {
        self.folder.join("node.key")
    }

    /// The ticket that this home joined with.
    pub fn ticket_path(&self) -> PathBuf {
        self.folder.join("ticket.txt")
    }

    /// Makes the folder, for this user only. From then on the home counts as being in the circle.
    pub fn prepare(&self) -> Result<()> {
        for folder in [self.home.root(), &self.home.root().join("circles"), &self.folder] {
            files::private_folder(folder).map_err(|error| self.home.unwritable("circles", &error))?;
        }
        Ok(())
    }
}
