//! The one task that drives the swarm. Here is its state and its loop; what it does stands in the files beside:
//! listening, dialing, following [`Choice`], watching over the dead and the unaccepted, and winding down.

mod connection;
mod dial;
mod listen;
mod watch;
mod wind_down;

use std::{
    collections::{HashMap, VecDeque},
    error::Error,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures::StreamExt;
use libp2p::{
    PeerId, Stream, Swarm,
    core::transport::ListenerId,
    swarm::{ConnectionId, SwarmEvent},
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use self::{
    connection::{Connection, Stage},
    dial::Dial,
};
use super::{
    address,
    behaviour::{Behaviour, BehaviourEvent, Streamed},
    choice::Choice,
    config::{Limits, NetConfig},
    error::NetError,
    handle::{NetEvents, NetHandle, Order, Shared},
    handler::Outcome,
    link::Report,
    message::{LinkKind, NetEvent},
    transport,
};

/// Reports that wait for the owner. What they hold in bytes is bounded by each link's allowance.
const REPORTS: usize = 1024;
/// How often the dead and the unaccepted are looked for.
const TICK: Duration = Duration::from_millis(500);

/// What the actor's own tasks tell it.
enum Note {
    Marked(ConnectionId, Stream),
    Unmarked(ConnectionId),
    Ended(ConnectionId),
}

struct Actor {
    swarm: Swarm<Behaviour>,
    serve: LinkKind,
    limits: Arc<Limits>,
    shared: Arc<Shared>,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::Sender<Report>,
    notes: mpsc::UnboundedReceiver<Note>,
    note: mpsc::UnboundedSender<Note>,
    connections: HashMap<ConnectionId, Connection>,
    choices: HashMap<PeerId, Choice<Stream>>,
    dials: HashMap<ConnectionId, Dial>,
    /// Places at relays that stand or are asked for.
    reservations: HashMap<ListenerId, PeerId>,
    /// Failed dials and news of reservations that the owner has not been told of; as many as it ordered at most.
    failed: VecDeque<NetEvent>,
    /// Whether the listen addresses changed since the owner was told.
    moved: bool,
    listeners: Vec<ListenerId>,
    /// Both clocks at the last tick: a machine that slept shows in one of them.
    ticked: (Instant, SystemTime),
    /// Whether some listener is bound to one address only, so that its port does not serve for dialing everywhere.
    bound_narrowly: bool,
}

/// See [`super::spawn`].
pub(super) async fn spawn(config: NetConfig) -> Result<(NetHandle, NetEvents), NetError> {
    let limits = Arc::new(config.limits);
    let swarm = transport::build(&config.node_seed, config.serve, &limits)?;
    let shared = Arc::new(Shared::new(*swarm.local_peer_id()));
    let (order, orders) = mpsc::unbounded_channel();
    let (report, reports) = mpsc::channel(REPORTS);
    let (note, notes) = mpsc::unbounded_channel();
    let mut actor = Actor {
        swarm,
        serve: config.serve,
        limits,
        shared: Arc::clone(&shared),
        orders,
        reports: report,
        notes,
        note,
        connections: HashMap::new(),
        choices: HashMap::new(),
        dials: HashMap::new(),
        reservations: HashMap::new(),
        failed: VecDeque::new(),
        moved: false,
        listeners: Vec::new(),
        ticked: (Instant::now(), SystemTime::now()),
        bound_narrowly: config
            .listen
            .iter()
            .any(|listen| address::is_quic(listen) && !address::is_wildcard(listen)),
    };
    actor.listen(&config.listen).await?;
    actor.moved = false;
    tokio::spawn(actor.run());
    Ok((NetHandle::new(Arc::clone(&shared), order), NetEvents::new(reports, shared)))
}

impl Actor {
    async fn run(mut self) {
        let reports = self.reports.clone();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let done = loop {
            let owed = self.moved || !self.failed.is_empty();
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm(event),
                Some(note) = self.notes.recv() => self.on_note(note),
                order = self.orders.recv() => match order {
                    Some(Order::Dial { peer, addresses, kind }) => self.dial(peer, addresses, kind),
                    Some(Order::Accepted(connection)) => self.accept(connection),
                    Some(Order::Reserve { relay, address }) => self.reserve(relay, &address),
                    Some(Order::Straighten { peer, addresses }) => self.straighten(peer, addresses),
                    Some(Order::Shutdown(done)) => break Some(done),
                    None => break None,
                },
                room = reports.reserve(), if owed => match room {
                    Ok(room) => if let Some(event) = self.tell() {
                        room.send(Report::Other(event));
                    },
                    Err(_) => break None,
                },
                () = reports.closed() => break None,
                _ = ticks.tick() => self.tick(),
            }
        };
        self.wind_down(done).await;
    }

    /// The next event of the actor's own.
    fn tell(&mut self) -> Option<NetEvent> {
        if std::mem::take(&mut self.moved) {
            return Some(NetEvent::Listening(self.shared.listening().clone()));
        }
        self.failed.pop_front()
    }

    fn on_swarm(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { listener_id, .. } => {
                self.on_listener(listener_id, true);
                self.update_listening();
            }
            SwarmEvent::ListenerClosed { listener_id, .. } => {
                self.on_listener(listener_id, false);
                self.update_listening();
            }
            SwarmEvent::ExpiredListenAddr { .. } => self.update_listening(),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_established(connection_id, peer_id, &endpoint)
            }
            SwarmEvent::ConnectionClosed { connection_id, .. } => self.on_closed(connection_id),
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some(dial) = self.dials.remove(&connection_id) {
                    self.on_dial_error(dial, &error);
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Links(Streamed { connection, outcome })) => match outcome {
                Outcome::Opened(stream) => self.on_opened(connection, stream),
                Outcome::Refused(reason) => self.refuse(connection, reason),
            },
            SwarmEvent::Behaviour(BehaviourEvent::Ping(ping)) => {
                if let (Ok(round_trip), Some(connection)) =
                    (ping.result, self.connections.get_mut(&ping.connection))
                {
                    connection.heard = Instant::now();
                    if let Stage::Linked(link) = &connection.stage {
                        link.measured(round_trip);
                    }
                }
            }
            _ => {}
        }
    }

    fn on_note(&mut self, note: Note) {
        match note {
            Note::Marked(id, stream) => {
                let Some(connection) = self.connections.get_mut(&id) else {
                    return;
                };
                connection.stage = Stage::Waiting;
                let peer = connection.peer;
                let steps = self.choice(peer).marked(id, stream, Instant::now());
                self.follow(peer, steps);
            }
            Note::Unmarked(id) => self.refuse(id, "the node there closed the connection"),
            Note::Ended(id) => {
                let Some(connection) = self.connections.get_mut(&id) else {
                    return;
                };
                connection.stage = Stage::Over;
                let (peer, gone) = (connection.peer, connection.gone);
                if gone {
                    self.connections.remove(&id);
                } else {
                    self.swarm.close_connection(id);
                }
                let steps = self.choice(peer).ended(id);
                self.follow(peer, steps);
                self.tidy(peer);
            }
        }
    }

    fn choice(&mut self, peer: PeerId) -> &mut Choice<Stream> {
        let names = self.shared.local_peer() < peer;
        self.choices.entry(peer).or_insert_with(|| Choice::new(names))
    }

    /// Forgets a peer with which there is nothing any more.
    fn tidy(&mut self, peer: PeerId) {
        let idle = self.choices.get(&peer).is_some_and(Choice::is_empty);
        if idle && !self.connections.values().any(|other| other.peer == peer) {
            self.choices.remove(&peer);
        }
    }
}

/// The innermost cause of an error.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
