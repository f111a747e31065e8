//! What the owner of the network may ask, and what it is told.

use std::sync::Arc;

use libp2p::{Multiaddr, PeerId, StreamProtocol};

/// What a link is for; each kind has a protocol name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// Between two members.
    Member,
    /// Between a member and a relay.
    Relay,
}

impl LinkKind {
    pub(super) const fn protocol(self) -> StreamProtocol {
        match self {
            Self::Member => StreamProtocol::new("/watchfire/1"),
            Self::Relay => StreamProtocol::new("/watchfire/relay/1"),
        }
    }
}

/// An order to the network. None of them blocks, none has an answer of its own: [`NetEvent`] tells what came of it.
#[derive(Debug, Clone)]
pub enum NetCommand {
    /// Open a link. Ends in [`NetEvent::Up`] or [`NetEvent::DialFailed`]; does nothing when there is a link with `peer`, or a dial to it is under way.
    Dial {
        /// Who must answer. Taken from the addresses' `/p2p` when absent; without either, whoever answers is taken.
        peer: Option<PeerId>,
        /// Where. QUIC is tried a little before TCP.
        addresses: Vec<Multiaddr>,
        /// What for.
        kind: LinkKind,
    },
    /// Queue a frame of 1 to `max_frame_bytes` bytes on the link with `peer`. Dropped when there is none; closes the link when its queue is full.
    Send {
        /// To whom.
        peer: PeerId,
        /// What; shared, so that the same frame on many links is in memory once.
        frame: Arc<[u8]>,
    },
    /// Write what is queued, then close the link. [`NetEvent::Down`] follows.
    Disconnect {
        /// With whom.
        peer: PeerId,
    },
    /// Keep a place at a relay to which there is a link, so that others can call this node through it. [`NetEvent::Reserved`]
    /// tells when it stands and when it is gone; does nothing while one stands or is asked for.
    Reserve {
        /// At which relay.
        relay: PeerId,
        /// Where that is.
        address: Multiaddr,
    },
    /// Dial a peer whose link leads through a relay where it can be called directly, so that a link in the open takes its
    /// place. When both do so at the same time, the boxes before them let it through. Fails silently.
    Straighten {
        /// Whom.
        peer: PeerId,
        /// Where; what is not QUIC is left out.
        addresses: Vec<Multiaddr>,
    },
    /// The greeting of this peer held: larger frames are allowed, and the time limit for strangers is lifted.
    Accept {
        /// Whose.
        peer: PeerId,
    },
}

/// What happened. For one peer: `Up`, any number of `Frame`, one `Down`, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetEvent {
    /// There is a link with this peer now.
    Up {
        /// With whom; proven by the handshake.
        peer: PeerId,
        /// Whether this node opened the connection.
        dialed: bool,
        /// What for.
        kind: LinkKind,
    },
    /// The link is gone. Queued frames that were not written are lost.
    Down {
        /// With whom.
        peer: PeerId,
    },
    /// A frame, in the order in which the peer sent it.
    Frame {
        /// From whom.
        peer: PeerId,
        /// 1 to `max_frame_bytes` bytes.
        frame: Vec<u8>,
    },
    /// A dial came to nothing.
    DialFailed {
        /// Who was wanted, if it was known.
        peer: Option<PeerId>,
        /// Where it was tried.
        addresses: Vec<Multiaddr>,
        /// Why, for people.
        error: String,
    },
    /// A place at a relay stands, or is gone.
    Reserved {
        /// At which relay.
        relay: PeerId,
        /// Whether others can call this node through it.
        stands: bool,
    },
    /// The addresses of this node changed (an interface came or went). The first set is [`super::NetHandle::listen_addresses`].
    Listening(Vec<Multiaddr>),
}
