//! What a relay keeps on disk: each circle's state in a file, its envelopes in logs.
//!
//! The files are a convenience, not a promise: members find by reconciliation whatever a relay loses. So nothing is flushed
//! before it is sent on, a file that is damaged is read as far as it is whole, and a full disk costs envelopes and not
//! the relay. What is kept is decided by the protocol and bounded there.

mod log;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use libp2p::PeerId;
use watchfire_keys::{CircleTag, EnvelopeId, UnixMillis};
use watchfire_protocol::{crypto::RealCrypto, envelope::Received, relay::Server};

use self::log::Log;
use crate::{
    error::Result,
    home::{Home, files},
};

/// A circle's state has at most a few kilobytes.
const MAX_STATE_BYTES: usize = 64 * 1024;
/// How many files of circles are read at most.
const MAX_CIRCLES: usize = 4096;

/// The kept envelopes of all circles.
pub(super) struct Shelves {
    circles: PathBuf,
    envelopes: PathBuf,
    logs: HashMap<CircleTag, Log>,
}

impl Shelves {
    /// Opens the shelves of this home, and tells the server what is on them.
    pub(super) fn open(home: &Home, server: &mut Server<RealCrypto, PeerId>) -> Result<Self> {
        let root = home.root().join("relay");
        let (circles, envelopes) = (root.join("circles"), root.join("envelopes"));
        for folder in [&circles, &envelopes] {
            files::private_folder(folder).map_err(|error| home.unwritable("relay", &error))?;
        }
        let mut shelves = Self { circles, envelopes, logs: HashMap::new() };
        let tags = tags(&shelves.circles).map_err(|error| home.unreadable("relay/circles", &error))?;
        for tag in tags {
            let state = files::read(&shelves.circles.join(tag.to_string()), MAX_STATE_BYTES);
            if !state.is_ok_and(|state| server.restore_circle(tag, &state)) {
                tracing::warn!(
                    "the state of a circle is damaged; its stewards have to pair this relay again"
                );
                shelves.drop_circle(&tag);
                continue;
            }
            shelves.restore_envelopes(tag, server);
        }
        shelves.drop_strays();
        Ok(shelves)
    }

    fn restore_envelopes(&mut self, tag: CircleTag, server: &mut Server<RealCrypto, PeerId>) {
        let read = Log::open(&self.envelopes.join(tag.to_string()), |since, envelope| {
            let decoded = Received::new(envelope).decode(&RealCrypto).ok().filter(|it| it.tag() == tag)?;
            server.restore_envelope(tag, decoded.id(), envelope.len(), since).then(|| decoded.id())
        });
        match read {
            Ok(log) => drop(self.logs.insert(tag, log)),
            Err(error) => tracing::warn!(%error, "kept envelopes of a circle cannot be read"),
        }
    }

    /// Removes envelopes of circles that are not here.
    fn drop_strays(&self) {
        for tag in tags(&self.envelopes).unwrap_or_default() {
            if !self.logs.contains_key(&tag) {
                let _ = fs::remove_dir_all(self.envelopes.join(tag.to_string()));
            }
        }
    }

    /// The bytes of a kept envelope; `None` when the disk lost them.
    pub(super) fn get(&self, tag: &CircleTag, id: &EnvelopeId) -> Option<Vec<u8>> {
        self.logs.get(tag)?.get(id)
    }

    /// Keeps an envelope.
    pub(super) fn keep(&mut self, tag: CircleTag, id: EnvelopeId, since: UnixMillis, envelope: &[u8]) {
        let folder = self.envelopes.join(tag.to_string());
        let log = match self.logs.entry(tag) {
            std::collections::hash_map::Entry::Occupied(open) => Ok(open.into_mut()),
            std::collections::hash_map::Entry::Vacant(empty) => {
                Log::open(&folder, |_, _| None).map(|log| empty.insert(log))
            }
        };
        if let Err(error) = log.and_then(|log| log.append(id, since, envelope)) {
            tracing::warn!(%error, "an envelope could not be kept");
        }
    }

    /// Keeps these no longer.
    pub(super) fn drop_envelopes(&mut self, tag: &CircleTag, ids: &[EnvelopeId]) {
        if let Some(log) = self.logs.get_mut(tag) {
            log.forget(ids);
        }
    }

    /// Keeps a circle's state.
    pub(super) fn save_circle(&self, tag: &CircleTag, state: &[u8]) {
        if let Err(error) = files::replace(&self.circles.join(tag.to_string()), state) {
            tracing::warn!(%error, "the state of a circle could not be kept");
        }
    }

    /// Forgets a circle.
    pub(super) fn drop_circle(&mut self, tag: &CircleTag) {
        self.logs.remove(tag);
        let _ = fs::remove_file(self.circles.join(tag.to_string()));
        let _ = fs::remove_dir_all(self.envelopes.join(tag.to_string()));
    }

    /// Puts everything on the disk.
    pub(super) fn flush(&self) {
        self.logs.values().for_each(Log::flush);
    }
}

/// The tags that name something in a folder, in order.
fn tags(folder: &Path) -> io::Result<Vec<CircleTag>> {
    let mut tags = Vec::new();
    for entry in fs::read_dir(folder)?.take(MAX_CIRCLES) {
        if let Some(tag) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
            tags.push(tag);
        }
    }
    tags.sort_unstable();
    Ok(tags)
}
