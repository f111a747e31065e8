//! What the network is started with, and every bound it keeps. Decides nothing by itself.

use std::time::Duration;

use libp2p::Multiaddr;
use zeroize::Zeroizing;

use super::message::LinkKind;

/// How the network of one node is set up.
pub struct NetConfig {
    /// The seed of the node's Ed25519 transport key; the peer id is its public half.
    pub node_seed: Zeroizing<[u8; 32]>,
    /// Addresses to listen on: `/ip4|ip6/.../udp/PORT/quic-v1` and `/ip4|ip6/.../tcp/PORT`; port 0 takes a free one.
    pub listen: Vec<Multiaddr>,
    /// The kind of link that others may open to this node.
    pub serve: LinkKind,
    /// The bounds.
    pub limits: Limits,
}

impl NetConfig {
    /// A configuration with the usual [`Limits`].
    pub fn new(node_seed: Zeroizing<[u8; 32]>, listen: Vec<Multiaddr>, serve: LinkKind) -> Self {
        Self { node_seed, listen, serve, limits: Limits::default() }
    }
}

/// What a peer can fill, and how long it may be silent.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest frame of an accepted link, in bytes.
    pub max_frame_bytes: usize,
    /// Largest frame before [`super::NetCommand::Accept`]: a greeting with a sealed key fits, little else does.
    pub max_stranger_frame_bytes: usize,
    /// How long a connection may stay without being accepted.
    pub stranger_time: Duration,
    /// Inbound connections that are not accepted yet, all together.
    pub max_strangers: usize,
    /// Inbound connections that are not accepted yet, per IPv4 address or IPv6 /64. Loopback is exempt: a whole demo lives there.
    pub max_strangers_per_address: usize,
    /// Inbound connections in their cryptographic handshake, all together.
    pub max_handshakes: usize,
    /// Established connections, all together.
    pub max_connections: usize,
    /// Established connections with one peer: one link, one that replaces it, and two that lose a race.
    pub max_connections_per_peer: usize,
    /// Bytes waiting to be written on one link; one more byte closes the link.
    pub max_queued_bytes: usize,
    /// Frames waiting to be written on one link; one more closes the link.
    pub max_queued_frames: usize,
    /// Bytes read from one link that the owner of the events has not taken yet. Reading pauses beyond.
    pub max_unread_bytes: usize,
    /// A connection from which neither a frame nor an answer to a ping came for so long is dead.
    pub silence: Duration,
    /// A write that makes no progress for so long closes the link.
    pub write_stall: Duration,
    /// How long a link that is being closed may take to write what is queued.
    pub drain: Duration,
    /// Of a relay: peers that circuits can lead to, all together.
    pub max_reservations: usize,
    /// Of a relay: how long a reservation stands before it has to be renewed.
    pub reservation: Duration,
    /// Of a relay: circuits at a time.
    pub max_circuits: usize,
    /// Of a relay: circuits at a time with one peer at either end.
    pub max_circuits_per_peer: usize,
    /// Of a relay: circuits that one peer may ask for in a minute, and reservations.
    pub circuits_a_minute: u32,
    /// Of a relay: bytes that one circuit carries before it is closed; its ends then ask for another.
    pub max_circuit_bytes: u64,
    /// Of a relay: how long one circuit stands.
    pub circuit_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The protocol's frames have at most 128 KiB of content; the rest is room for their own header.
            max_frame_bytes: 129 * 1024,
            max_stranger_frame_bytes: 16 * 1024,
            stranger_time: Duration::from_secs(10),
            max_strangers: 64,
            max_strangers_per_address: 16,
            max_handshakes: 128,
            max_connections: 512,
            max_connections_per_peer: 4,
            max_queued_bytes: 8 * 1024 * 1024,
            max_queued_frames: 8192,
            max_unread_bytes: 256 * 1024,
            silence: Duration::from_secs(20),
            write_stall: Duration::from_secs(30),
            drain: Duration::from_secs(2),
            max_reservations: 512,
            reservation: Duration::from_secs(60 * 60),
            max_circuits: 512,
            // As many links as a node wants, with some to spare.
            max_circuits_per_peer: 12,
            circuits_a_minute: 60,
            max_circuit_bytes: 64 * 1024 * 1024,
            circuit_time: Duration::from_secs(60 * 60),
        }
    }
}
