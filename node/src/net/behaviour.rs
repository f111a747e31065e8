//! Our part of the libp2p swarm: admits connections, gives each its handler, passes streams on. `ping` beside it tells who is alive.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    ping, relay,
    swarm::{
        ConnectionClosed, ConnectionDenied, ConnectionId, DialFailure, FromSwarm, ListenFailure,
        NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm, behaviour::toggle::Toggle,
    },
};

use super::{
    address,
    admission::{Admission, Full},
    circuits::{Guests, OnRelays},
    config::Limits,
    handler::{Handler, Outcome},
    message::LinkKind,
};

/// Everything that runs on a connection. There is no `identify`: it would tell strangers what this is.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) links: Links,
    pub(super) ping: ping::Behaviour,
    /// Circuits through relays, as their end.
    pub(super) on_relays: OnRelays,
    /// Circuits, as the relay that carries them.
    pub(super) carries: Toggle<relay::Behaviour>,
}

/// The stream of a connection was opened or refused.
#[derive(Debug)]
pub(super) struct Streamed {
    pub(super) connection: ConnectionId,
    pub(super) outcome: Outcome,
}

/// Admits connections and collects their streams.
pub(super) struct Links {
    serve: LinkKind,
    limits: Arc<Limits>,
    admission: Admission,
    dials: HashMap<ConnectionId, LinkKind>,
    established: HashMap<PeerId, HashSet<ConnectionId>>,
    guests: Guests,
    streamed: VecDeque<Streamed>,
}

impl Links {
    pub(super) fn new(serve: LinkKind, limits: Arc<Limits>, guests: Guests) -> Self {
        Self {
            serve,
            limits,
            admission: Admission::default(),
            dials: HashMap::new(),
            established: HashMap::new(),
            guests,
            streamed: VecDeque::new(),
        }
    }

    /// The dial of this connection is for a link of this kind.
    pub(super) fn dialing(&mut self, connection: ConnectionId, kind: LinkKind) {
        self.dials.insert(connection, kind);
    }

    /// The peer on this connection is no stranger.
    pub(super) fn accepted(&mut self, connection: ConnectionId, peer: PeerId) {
        self.admission.no_stranger(connection);
        self.guests.admit(connection, peer);
    }

    fn has_room(&self, peer: PeerId) -> Result<(), Full> {
        let total: usize = self.established.values().map(HashSet::len).sum();
        if total >= self.limits.max_connections {
            return Err(Full::Connections);
        }
        match self.established.get(&peer) {
            Some(of_peer) if of_peer.len() >= self.limits.max_connections_per_peer => {
                Err(Full::ConnectionsOfPeer)
            }
            _ => Ok(()),
        }
    }
}

/// Where a connection comes from, as far as it is counted: what came through a relay is that relay's.
fn origin(local: &Multiaddr, remote: &Multiaddr) -> Option<IpAddr> {
    address::ip(if address::is_circuit(local) { local } else { remote })
}

impl NetworkBehaviour for Links {
    type ConnectionHandler = Handler;
    type ToSwarm = Streamed;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.admission.arrived(connection, origin(local, remote), &self.limits).map_err(ConnectionDenied::new)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.admission.shook_hands(connection);
        self.has_room(peer).map_err(ConnectionDenied::new)?;
        self.admission
            .stranger(connection, origin(local, remote), &self.limits)
            .map_err(ConnectionDenied::new)?;
        Ok(Handler::listener(self.serve.protocol()))
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let kind = self.dials.remove(&connection).unwrap_or(self.serve);
        self.has_room(peer).map_err(ConnectionDenied::new)?;
        Ok(Handler::dialer(kind.protocol()))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(established) => {
                self.established.entry(established.peer_id).or_default().insert(established.connection_id);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { peer_id, connection_id, .. }) => {
                self.admission.no_stranger(connection_id);
                self.guests.forget(connection_id);
                if let Some(of_peer) = self.established.get_mut(&peer_id) {
                    of_peer.remove(&connection_id);
                    if of_peer.is_empty() {
                        self.established.remove(&peer_id);
                    }
                }
            }
            FromSwarm::ListenFailure(ListenFailure { connection_id, .. }) => {
                self.admission.shook_hands(connection_id);
                self.admission.no_stranger(connection_id);
            }
            FromSwarm::DialFailure(DialFailure { connection_id, .. }) => {
                self.dials.remove(&connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        connection: ConnectionId,
        outcome: THandlerOutEvent<Self>,
    ) {
        self.streamed.push_back(Streamed { connection, outcome });
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Streamed, THandlerInEvent<Self>>> {
        match self.streamed.pop_front() {
            Some(streamed) => Poll::Ready(ToSwarm::<Streamed, Infallible>::GenerateEvent(streamed)),
            None => Poll::Pending,
        }
    }
}
