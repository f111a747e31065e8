//! Circuits: links that go through a relay, for nodes that cannot be called (circuit relay v2).
//!
//! A relay carries circuits for links that it has accepted and for nobody else ([`Guests`]): for members of circles that
//! are paired with it. A member speaks the protocol on its links to relays alone ([`OnRelays`]), so that a stranger who
//! connects to it sees as little as before. What goes through a circuit is encrypted between its ends like any other link,
//! and its far end has to greet like any other stranger.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    relay,
    swarm::{
        ConnectionClosed, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler,
        THandlerInEvent, THandlerOutEvent, ToSwarm, derive_prelude::Either, dummy,
    },
};

use super::config::Limits;

/// Connections of peers that a relay has accepted.
#[derive(Clone, Default)]
pub(super) struct Guests(Arc<Mutex<HashMap<ConnectionId, PeerId>>>);

impl Guests {
    pub(super) fn admit(&self, connection: ConnectionId, peer: PeerId) {
        self.lock().insert(connection, peer);
    }

    pub(super) fn forget(&self, connection: ConnectionId) {
        self.lock().remove(&connection);
    }

    fn has(&self, peer: &PeerId) -> bool {
        self.lock().values().any(|guest| guest == peer)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, PeerId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The relay's side.
pub(super) fn server(me: PeerId, limits: &Limits, guests: &Guests) -> relay::Behaviour {
    let minute = Duration::from_secs(60);
    let per_minute = NonZeroU32::new(limits.circuits_a_minute).unwrap_or(NonZeroU32::MIN);
    let none = relay::Config {
        max_reservations: limits.max_reservations,
        max_reservations_per_peer: limits.max_connections_per_peer,
        reservation_duration: limits.reservation,
        reservation_rate_limiters: Vec::new(),
        max_circuits: limits.max_circuits,
        max_circuits_per_peer: limits.max_circuits_per_peer,
        max_circuit_duration: limits.circuit_time,
        max_circuit_bytes: limits.max_circuit_bytes,
        circuit_src_rate_limiters: Vec::new(),
    };
    let mut config =
        none.reservation_rate_per_peer(per_minute, minute).circuit_src_per_peer(per_minute, minute);
    // Asked first, so that a stranger does not even use up anybody's rate.
    let may = |guests: &Guests| {
        let guests = guests.clone();
        Box::new(move |peer: PeerId, _: &Multiaddr, _: Instant| guests.has(&peer))
    };
    config.reservation_rate_limiters.insert(0, may(guests));
    config.circuit_src_rate_limiters.insert(0, may(guests));
    let mut server = relay::Behaviour::new(me, config);
    // A relay is there to be reached, whatever it knows of its own addresses.
    server.set_status(Some(relay::Status::Enable));
    server
}

/// The member's side, on its own connections to relays.
pub(super) struct OnRelays {
    inner: relay::client::Behaviour,
    dials: HashSet<ConnectionId>,
    relays: HashSet<ConnectionId>,
}

impl OnRelays {
    pub(super) fn new(inner: relay::client::Behaviour) -> Self {
        Self { inner, dials: HashSet::new(), relays: HashSet::new() }
    }

    /// The dial of this connection goes to a relay.
    pub(super) fn dialing(&mut self, connection: ConnectionId) {
        self.dials.insert(connection);
    }
}

impl NetworkBehaviour for OnRelays {
    type ConnectionHandler = THandler<relay::client::Behaviour>;
    type ToSwarm = relay::client::Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(nothing())
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.dials.remove(&connection) || super::address::is_circuit(address) {
            return Ok(nothing());
        }
        self.relays.insert(connection);
        self.inner.handle_established_outbound_connection(connection, peer, address, role, port)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        // The client takes any peer that it knows a connection to for a relay: it hears of relays alone.
        match &event {
            FromSwarm::ConnectionEstablished(established)
                if !self.relays.contains(&established.connection_id) =>
            {
                return;
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. })
                if !self.relays.remove(connection_id) =>
            {
                return;
            }
            FromSwarm::DialFailure(failure) => {
                self.dials.remove(&failure.connection_id);
                self.relays.remove(&failure.connection_id);
            }
            _ => {}
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.inner.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        let polled = self.inner.poll(context);
        // The link to the relay was lost in this moment, and the client dials it by itself.
        if let Poll::Ready(ToSwarm::Dial { opts }) = &polled {
            self.dials.insert(opts.connection_id());
        }
        polled
    }
}

/// A connection on which no circuits are spoken of.
fn nothing() -> THandler<relay::client::Behaviour> {
    Either::Right(dummy::ConnectionHandler)
}
