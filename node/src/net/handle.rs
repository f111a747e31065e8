//! The owner's two ends of the network: [`NetHandle`] to give orders, [`NetEvents`] to hear what happened.
//!
//! An order about a peer goes to the link whose [`NetEvent::Up`] the owner has *taken* last. So a frame that was made for
//! an old link never slips into a new one whose `Up` still waits in the channel.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use libp2p::{Multiaddr, PeerId, swarm::ConnectionId};
use tokio::sync::{mpsc, oneshot};

use super::{
    link::{Link, Report},
    message::{LinkKind, NetCommand, NetEvent},
};

/// What the actor is told. Unbounded: only the owner of the node writes here, and the actor never waits long.
pub(super) enum Order {
    Dial { peer: Option<PeerId>, addresses: Vec<Multiaddr>, kind: LinkKind },
    Accepted(ConnectionId),
    Reserve { relay: PeerId, address: Multiaddr },
    Straighten { peer: PeerId, addresses: Vec<Multiaddr> },
    Shutdown(oneshot::Sender<()>),
}

/// What handle, events and actor share.
pub(super) struct Shared {
    local_peer: PeerId,
    listening: Mutex<Vec<Multiaddr>>,
    links: Mutex<HashMap<PeerId, Arc<Link>>>,
}

impl Shared {
    pub(super) fn new(local_peer: PeerId) -> Self {
        Self { local_peer, listening: Mutex::default(), links: Mutex::default() }
    }

    pub(super) fn local_peer(&self) -> PeerId {
        self.local_peer
    }

    pub(super) fn listening(&self) -> MutexGuard<'_, Vec<Multiaddr>> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn links(&self) -> MutexGuard<'_, HashMap<PeerId, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self, peer: &PeerId) -> Option<Arc<Link>> {
        self.links().get(peer).cloned()
    }
}

/// Gives orders to the network; cheap to clone.
#[derive(Clone)]
pub struct NetHandle {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
}

impl NetHandle {
    pub(super) fn new(shared: Arc<Shared>, orders: mpsc::UnboundedSender<Order>) -> Self {
        Self { shared, orders }
    }

    /// Gives an order. Never blocks; after the shutdown it does nothing.
    pub fn send(&self, command: NetCommand) {
        match command {
            NetCommand::Dial { peer, addresses, kind } => self.order(Order::Dial { peer, addresses, kind }),
            NetCommand::Send { peer, frame } => {
                if let Some(link) = self.shared.link(&peer) {
                    link.send(frame);
                }
            }
            NetCommand::Disconnect { peer } => {
                if let Some(link) = self.shared.link(&peer) {
                    link.drain();
                }
            }
            NetCommand::Reserve { relay, address } => self.order(Order::Reserve { relay, address }),
            NetCommand::Straighten { peer, addresses } => self.order(Order::Straighten { peer, addresses }),
            NetCommand::Accept { peer } => {
                if let Some(link) = self.shared.link(&peer) {
                    link.accept();
                    self.order(Order::Accepted(link.connection));
                }
            }
        }
    }

    /// Bytes that wait to be written to `peer`, or `None` without a link. A sender of bulk pauses while it is large.
    pub fn queued_bytes(&self, peer: &PeerId) -> Option<usize> {
        self.shared.link(peer).map(|link| link.queued_bytes())
    }

    /// Where the other end of the link with `peer` is, or `None` without a link.
    pub fn remote_address(&self, peer: &PeerId) -> Option<Multiaddr> {
        self.shared.link(peer).map(|link| link.remote.clone())
    }

    /// How long the latest ping on the link with `peer` took there and back, in milliseconds; `None` before the first.
    pub fn round_trip_ms(&self, peer: &PeerId) -> Option<u32> {
        self.shared.link(peer)?.round_trip_ms()
    }

    /// Whether the link with `peer` leads through a relay.
    pub fn is_relayed(&self, peer: &PeerId) -> bool {
        self.shared.link(peer).is_some_and(|link| link.relayed)
    }

    /// This node's peer id.
    pub fn local_peer(&self) -> PeerId {
        self.shared.local_peer()
    }

    /// Where this node can be reached, as far as it knows itself: bound ports, each ending in `/p2p/ID`, wildcards replaced by the interfaces' addresses.
    pub fn listen_addresses(&self) -> Vec<Multiaddr> {
        self.shared.listening().clone()
    }

    /// Closes the listeners, writes what is queued, closes all links. Returns when the sockets are closed, after about three seconds at most.
    pub async fn shutdown(&self) {
        let (done, wait) = oneshot::channel();
        self.order(Order::Shutdown(done));
        let _ = wait.await;
    }

    fn order(&self, order: Order) {
        // The network has stopped if this fails, and there is nothing left to order.
        let _ = self.orders.send(order);
    }
}

/// What happened, in order. Bounded: links wait while nobody takes it.
pub struct NetEvents {
    reports: mpsc::Receiver<Report>,
    shared: Arc<Shared>,
}

impl NetEvents {
    pub(super) fn new(reports: mpsc::Receiver<Report>, shared: Arc<Shared>) -> Self {
        Self { reports, shared }
    }

    /// The next event; `None` once the network has stopped. Dropping the future loses nothing.
    pub async fn recv(&mut self) -> Option<NetEvent> {
        let report = self.reports.recv().await?;
        Some(self.event(report))
    }

    /// The next event if one is there already.
    pub fn try_recv(&mut self) -> Option<NetEvent> {
        let report = self.reports.try_recv().ok()?;
        Some(self.event(report))
    }

    fn event(&mut self, report: Report) -> NetEvent {
        match report {
            Report::Up(link) => {
                let (peer, dialed, kind) = (link.peer, link.dialed, link.kind);
                self.shared.links().insert(peer, link);
                NetEvent::Up { peer, dialed, kind }
            }
            Report::Down(link) => {
                let peer = link.peer;
                self.shared.links().remove(&peer);
                NetEvent::Down { peer }
            }
            Report::Frame { peer, frame, allowance } => {
                drop(allowance);
                NetEvent::Frame { peer, frame }
            }
            Report::Other(event) => event,
        }
    }
}
