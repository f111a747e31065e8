//! What a relay says of itself: where it is, and what it has carried.

use std::fmt;

use libp2p::{Multiaddr, PeerId};
use serde::Serialize;

/// The `ready` line.
#[derive(Clone, Debug, Serialize)]
pub struct RelayReady {
    event: &'static str,
    /// The relay's peer id.
    pub peer: String,
    /// Its addresses, each with `/p2p/ID`; what `relay pair` takes.
    pub listen: Vec<String>,
}

impl RelayReady {
    pub(super) fn new(peer: PeerId, listen: &[Multiaddr]) -> Self {
        Self {
            event: "ready",
            peer: peer.to_string(),
            listen: listen.iter().map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for RelayReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ready {}", self.listen.join(" "))
    }
}

/// What a relay has carried since it was started, and what it keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelayReport {
    /// Envelopes that members deposited.
    pub envelopes: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Envelopes that were sent to members.
    pub forwarded: u64,
    /// Envelopes that were refused.
    pub refused: u64,
    /// The most links that were up at one time.
    pub links: usize,
    /// Circles that are paired.
    pub circles: usize,
    /// Envelopes that are kept.
    pub kept_envelopes: usize,
    /// Their bytes.
    pub kept_bytes: u64,
    /// Envelopes that were opened: a relay has no key to do so.
    pub opened: u64,
}

impl fmt::Display for RelayReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "carried {} envelopes ({} bytes) of {} circles to {} receivers, opened {}, keeps {}",
            self.envelopes, self.bytes, self.circles, self.forwarded, self.opened, self.kept_envelopes
        )
    }
}
