//! How the engine names the other end of a libp2p link.

use std::fmt;

use libp2p::PeerId;
use watchfire_protocol::engine::PeerName;

/// A libp2p peer id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Peer(pub(super) PeerId);

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The end of the base58 form is what tells Ed25519 peers apart.
        let text = self.0.to_base58();
        f.write_str(&text[text.len().saturating_sub(8)..])
    }
}

impl PeerName for Peer {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PeerId::from_bytes(bytes).ok().map(Self)
    }
}
