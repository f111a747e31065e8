//! Links to other nodes: carries opaque frames between this node and its peers, over QUIC and over TCP with Noise and Yamux.
//!
//! Decides which sockets are open, which of several connections to one peer is *the* link, how much a link may hold in
//! memory and when a link is dead. Never looks into a frame, never decides who is a member, and tells a stranger nothing
//! but this node's peer id: there is no `identify`, and the only protocols are the one that is served and `ping`, and at a
//! relay the one that asks for circuits ([`circuits`]). Only a node whose owner wants it to be found on the local network says
//! there by itself that it is here ([`lan`]).
//!
//! One link per peer. Both may dial at once, so of all connections between two nodes **the one with the smaller peer id
//! names the link**: it sends an empty frame on the stream that it chose, and the other announces a link only when it has
//! read that mark ([`choice`]). Nothing can be sent on a stream that loses, so no frame is lost by the tie-break.
//!
//! A life of a frame: [`NetHandle::send`] puts it into the link's bounded queue ([`outbound`]); the link's task ([`link`])
//! writes queued frames in batches and flushes; the other side's task checks the length before it allocates
//! ([`frame`]), takes from the link's allowance and hands the frame to [`NetEvents`].

mod actor;
mod address;
mod admission;
mod behaviour;
mod choice;
mod circuits;
mod config;
mod error;
mod frame;
mod handle;
mod handler;
mod lan;
mod link;
mod message;
mod outbound;
mod transport;

pub use address::{network, through, with_peer};
pub use config::{Limits, NetConfig};
pub use error::NetError;
pub use handle::{NetEvents, NetHandle};
pub use lan::{Lan, SESSION as LAN_SESSION};
pub use libp2p::{Multiaddr, PeerId};
pub use message::{LinkKind, NetCommand, NetEvent};
pub use transport::peer_id;

/// Opens the listeners and starts carrying frames. Returns once every address of `config.listen` is bound.
///
/// Must be called within a tokio runtime. The network stops when [`NetHandle::shutdown`] is called, or when the last
/// handle or the events are dropped.
///
/// # Errors
/// [`NetError::Listen`] when an address cannot be bound, [`NetError::Setup`] when the transports cannot be built.
pub async fn spawn(config: NetConfig) -> Result<(NetHandle, NetEvents), NetError> {
    actor::spawn(config).await
}
