//! The one task that drives the swarm: listens, dials, follows [`Choice`], watches over the dead and the unaccepted.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    error::Error,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Stream, Swarm,
    core::transport::ListenerId,
    swarm::{
        ConnectionId, DialError, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    address,
    behaviour::{Behaviour, BehaviourEvent, Streamed},
    choice::{Choice, Step},
    config::{Limits, NetConfig},
    error::NetError,
    frame,
    handle::{NetEvents, NetHandle, Order, Shared},
    handler::Outcome,
    link::{self, Link, Report},
    message::{LinkKind, NetEvent},
    transport,
};

/// Reports that wait for the owner. What they hold in bytes is bounded by each link's allowance.
const REPORTS: usize = 1024;
/// How often the dead and the unaccepted are looked for.
const TICK: Duration = Duration::from_millis(500);
/// The error of a dial to oneself.
const ITSELF: &str = "the address leads to this node itself";
/// Addresses that are tried in one dial: a peer says what they are, and must not have this node knock everywhere.
const MAX_ADDRESSES: usize = 32;
/// How long binding the listeners may take.
const BIND: Duration = Duration::from_secs(5);
/// How long closing the connections may take at the end.
const CLOSE: Duration = Duration::from_millis(500);
/// How long to wait for one more interface of a wildcard listener, or for the first.
const INTERFACES: Duration = Duration::from_millis(100);

/// One established connection.
struct Connection {
    peer: PeerId,
    kind: LinkKind,
    /// For a connection that this node dialed, the addresses that it tried.
    dialed: Option<Vec<Multiaddr>>,
    since: Instant,
    heard: Instant,
    accepted: bool,
    /// Why it comes to nothing, for [`NetEvent::DialFailed`].
    refused: Option<&'static str>,
    /// Whether the swarm has closed it, while its link still hands over what had arrived.
    gone: bool,
    stage: Stage,
}

enum Stage {
    /// No stream, or one that waits its turn.
    Waiting,
    /// The other side's mark is awaited by this task.
    Marking(AbortHandle),
    /// It is the link.
    Linked(Arc<Link>),
    /// It was the link.
    Over,
}

/// One order to dial.
struct Dial {
    peer: Option<PeerId>,
    /// As they were given.
    addresses: Vec<Multiaddr>,
    /// Those that are still worth trying, without the peer.
    left: Vec<Multiaddr>,
    /// What failed before.
    errors: Vec<String>,
    kind: LinkKind,
}

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
    /// Failed dials that the owner has not been told of; as many as it ordered at most.
    failed: VecDeque<NetEvent>,
    /// Whether the listen addresses changed since the owner was told.
    moved: bool,
    listeners: Vec<ListenerId>,
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
        failed: VecDeque::new(),
        moved: false,
        listeners: Vec::new(),
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
    /// Binds all addresses, and waits until they are known.
    async fn listen(&mut self, listen: &[Multiaddr]) -> Result<(), NetError> {
        let mut missing: HashMap<ListenerId, Multiaddr> = HashMap::new();
        for address in listen {
            transport::check_free(address)?;
            match self.swarm.listen_on(address.clone()) {
                Ok(listener) => {
                    self.listeners.push(listener);
                    missing.insert(listener, address.clone());
                }
                Err(error) if address::is_wildcard_ip6(address) && !is_in_use(&error) => {
                    tracing::warn!(%address, error = cause(&error), "no IPv6 here");
                }
                Err(error) => return Err(failed(address, cause(&error))),
            }
        }
        // A wildcard has an address for each interface: perhaps several, perhaps none of its family.
        let wildcards = listen.iter().any(address::is_wildcard);
        let (deadline, mut quiet) = (Instant::now() + BIND, BIND);
        while (wildcards || !missing.is_empty()) && Instant::now() < deadline {
            let Ok(event) = timeout(quiet, self.swarm.select_next_some()).await else { break };
            match &event {
                SwarmEvent::NewListenAddr { listener_id, .. } => drop(missing.remove(listener_id)),
                SwarmEvent::ListenerClosed { listener_id, reason: Err(error), .. } => {
                    if let Some(address) = missing.remove(listener_id) {
                        return Err(failed(&address, error.to_string()));
                    }
                }
                _ => {}
            }
            self.on_swarm(event);
            if missing.values().all(address::is_wildcard_ip6) {
                quiet = INTERFACES;
            }
        }
        let nowhere = self.shared.listening().is_empty();
        let absent = missing.values().find(|address| nowhere || !address::is_wildcard_ip6(address));
        match absent {
            Some(address) => Err(failed(address, "no address came up in time".into())),
            None => Ok(()),
        }
    }

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
            SwarmEvent::NewListenAddr { .. }
            | SwarmEvent::ExpiredListenAddr { .. }
            | SwarmEvent::ListenerClosed { .. } => self.update_listening(),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_established(connection_id, peer_id, endpoint.is_dialer())
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
                if ping.result.is_ok()
                    && let Some(connection) = self.connections.get_mut(&ping.connection)
                {
                    connection.heard = Instant::now();
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

    fn on_established(&mut self, id: ConnectionId, peer: PeerId, dialer: bool) {
        let now = Instant::now();
        let dial = if dialer { self.dials.remove(&id) } else { None };
        let kind = dial.as_ref().map_or(self.serve, |dial| dial.kind);
        let connection = Connection {
            peer,
            kind,
            dialed: dial.map(|dial| dial.addresses),
            since: now,
            heard: now,
            // This node chose the relay, and proved who it is; a member still has to greet.
            accepted: dialer && kind == LinkKind::Relay,
            refused: None,
            gone: false,
            stage: Stage::Waiting,
        };
        self.connections.insert(id, connection);
        if dialer && self.choice(peer).link().is_some() {
            self.swarm.close_connection(id);
        }
    }

    fn on_opened(&mut self, id: ConnectionId, stream: Stream) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        let (peer, dialed) = (connection.peer, connection.dialed.is_some());
        let steps = self.choice(peer).opened(id, dialed, stream, Instant::now());
        self.follow(peer, steps);
    }

    fn on_closed(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if matches!(connection.stage, Stage::Linked(_)) {
            connection.gone = true;
            return;
        }
        let peer = connection.peer;
        let Some(connection) = self.connections.remove(&id) else {
            return;
        };
        self.choice(peer).closed(id);
        if let Stage::Marking(task) = &connection.stage {
            task.abort();
        }
        let alone = !self.connections.values().any(|other| other.peer == peer);
        if let Some(addresses) = connection.dialed
            && !matches!(connection.stage, Stage::Over)
            && alone
        {
            let reason = connection.refused.unwrap_or("the node there closed the connection");
            self.dial_failed(Some(peer), addresses, reason.into());
        }
        self.tidy(peer);
    }

    /// Gives up a connection that is not, or not yet, the link.
    fn refuse(&mut self, id: ConnectionId, reason: &'static str) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.refused.get_or_insert(reason);
            self.swarm.close_connection(id);
        }
    }

    fn follow(&mut self, peer: PeerId, steps: Vec<Step<Stream>>) {
        for step in steps {
            match step {
                Step::Start(id, stream) => self.start(peer, id, stream),
                Step::AwaitMark(id, stream) => self.await_mark(id, stream),
                Step::Close(id) => {
                    self.swarm.close_connection(id);
                }
                Step::End(id) => {
                    if let Some(Connection { stage: Stage::Linked(link), .. }) = self.connections.get(&id) {
                        link.cut();
                    }
                }
            }
        }
    }

    fn start(&mut self, peer: PeerId, id: ConnectionId, stream: Stream) {
        let names = self.choice(peer).names();
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let link = Arc::new(Link::new(
            peer,
            id,
            connection.dialed.is_some(),
            connection.kind,
            Arc::clone(&self.limits),
        ));
        if connection.accepted {
            link.accept();
        }
        connection.stage = Stage::Linked(Arc::clone(&link));
        let (reports, note) = (self.reports.clone(), self.note.clone());
        tokio::spawn(async move {
            link::run(link, stream, names, reports).await;
            let _ = note.send(Note::Ended(id));
        });
        let surplus: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(other, connection)| {
                **other != id && connection.peer == peer && connection.dialed.is_some()
            })
            .map(|(other, _)| *other)
            .collect();
        for other in surplus {
            self.swarm.close_connection(other);
        }
    }

    fn await_mark(&mut self, id: ConnectionId, mut stream: Stream) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let note = self.note.clone();
        let task = tokio::spawn(async move {
            let _ = note.send(match frame::read_mark(&mut stream).await {
                Ok(()) => Note::Marked(id, stream),
                Err(_) => Note::Unmarked(id),
            });
        });
        connection.stage = Stage::Marking(task.abort_handle());
    }

    fn accept(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.accepted = true;
            self.swarm.behaviour_mut().links.accepted(id);
        }
    }

    fn dial(&mut self, peer: Option<PeerId>, addresses: Vec<Multiaddr>, kind: LinkKind) {
        if addresses.is_empty() {
            return self.dial_failed(peer, addresses, "no address to dial".into());
        }
        let mut known: HashMap<PeerId, Vec<Multiaddr>> = HashMap::new();
        let mut unknown = Vec::new();
        for address in addresses {
            match (peer, address::split_peer(&address).1) {
                (Some(wanted), Some(named)) if wanted != named => {
                    let error = "the address names another node".into();
                    self.dial_failed(peer, vec![address], error);
                }
                (Some(to), _) | (None, Some(to)) => known.entry(to).or_default().push(address),
                (None, None) => unknown.push(address),
            }
        }
        for (peer, addresses) in known {
            self.dial_peer(peer, addresses, kind);
        }
        for address in unknown {
            let (addresses, left) = (vec![address.clone()], vec![address]);
            self.start_dial(Dial { peer: None, addresses, left, errors: Vec::new(), kind });
        }
    }

    fn dial_peer(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, kind: LinkKind) {
        if peer == self.shared.local_peer() {
            return self.dial_failed(Some(peer), addresses, ITSELF.into());
        }
        let linked = self.choices.get(&peer).is_some_and(|choice| choice.link().is_some());
        let dialing = self.dials.values().any(|dial| dial.peer == Some(peer));
        if linked || dialing {
            return;
        }
        let left = addresses.iter().map(|address| address::split_peer(address).0);
        let left = left.take(MAX_ADDRESSES).collect();
        self.start_dial(Dial { peer: Some(peer), addresses, left, errors: Vec::new(), kind });
    }

    fn start_dial(&mut self, dial: Dial) {
        let options = match (dial.peer, dial.left.first()) {
            (Some(peer), _) => {
                let known = DialOpts::peer_id(peer).condition(PeerCondition::Always);
                let known = known.addresses(dial.left.clone());
                if self.may_reuse_port(&dial.left) { known } else { known.allocate_new_port() }.build()
            }
            (None, Some(address)) => {
                let unknown = DialOpts::unknown_peer_id().address(address.clone());
                if self.may_reuse_port(&dial.left) { unknown } else { unknown.allocate_new_port() }.build()
            }
            (None, None) => return,
        };
        let id = options.connection_id();
        self.swarm.behaviour_mut().links.dialing(id, dial.kind);
        match self.swarm.dial(options) {
            Ok(()) => drop(self.dials.insert(id, dial)),
            Err(error) => self.on_dial_error(dial, &error),
        }
    }

    /// An address of a private network or of loopback may lead to another node here than where it was announced, and that
    /// one answers first: then the other addresses are tried without it.
    fn on_dial_error(&mut self, mut dial: Dial, error: &DialError) {
        dial.errors.push(explain(error));
        if let DialError::WrongPeerId { address, .. } | DialError::LocalPeerId { address } = error {
            let wrong = address::split_peer(address).0;
            let before = dial.left.len();
            dial.left.retain(|address| *address != wrong);
            if dial.left.len() < before && !dial.left.is_empty() {
                return self.start_dial(dial);
            }
        }
        self.dial_failed(dial.peer, dial.addresses, dial.errors.join("; "));
    }

    /// Whether the listener's port may be the source of this dial. TCP: no, two nodes that dial each other from their
    /// listening ports at once would meet in one connection that both believe they dialed. QUIC: yes, it saves a socket,
    /// unless the listener is bound to an address that does not lead there.
    fn may_reuse_port(&self, addresses: &[Multiaddr]) -> bool {
        addresses.iter().all(|to| {
            let loopback = address::ip(to).is_some_and(|ip| ip.is_loopback());
            address::is_quic(to) && (loopback || !self.bound_narrowly)
        })
    }

    fn dial_failed(&mut self, peer: Option<PeerId>, addresses: Vec<Multiaddr>, error: String) {
        self.failed.push_back(NetEvent::DialFailed { peer, addresses, error });
    }

    fn tick(&mut self) {
        let now = Instant::now();
        let mut silent = Vec::new();
        let mut strange = Vec::new();
        for (id, connection) in &mut self.connections {
            if let Stage::Linked(link) = &connection.stage
                && link.take_heard()
            {
                connection.heard = now;
            }
            if now.saturating_duration_since(connection.heard) >= self.limits.silence {
                silent.push(*id);
            } else if !connection.accepted
                && now.saturating_duration_since(connection.since) >= self.limits.stranger_time
            {
                strange.push(*id);
            }
        }
        for id in silent {
            self.end(id, "the node there fell silent");
        }
        for id in strange {
            self.end(id, "the node there did not prove itself in time");
        }
        let peers: Vec<PeerId> = self.choices.keys().copied().collect();
        for peer in peers {
            let steps = self.choice(peer).tick(now);
            self.follow(peer, steps);
        }
    }

    /// Ends a connection, link or not.
    fn end(&mut self, id: ConnectionId, reason: &'static str) {
        match self.connections.get(&id).map(|connection| &connection.stage) {
            Some(Stage::Linked(link)) => {
                tracing::debug!(peer = %link.peer, reason, "closing the link");
                link.cut();
            }
            Some(_) => self.refuse(id, reason),
            None => {}
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

    fn update_listening(&mut self) {
        let local = self.shared.local_peer();
        let mut addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .filter(|listener| !address::is_wildcard(listener))
            .map(|listener| address::with_peer(listener, local))
            .collect();
        addresses.sort();
        addresses.dedup();
        let mut listening = self.shared.listening();
        if *listening != addresses {
            *listening = addresses;
            self.moved = true;
        }
    }

    /// Writes what is queued, closes everything, then says so.
    async fn wind_down(mut self, done: Option<oneshot::Sender<()>>) {
        for listener in std::mem::take(&mut self.listeners) {
            self.swarm.remove_listener(listener);
        }
        let links: Vec<Arc<Link>> = self
            .connections
            .values()
            .filter_map(|connection| match &connection.stage {
                Stage::Linked(link) => Some(Arc::clone(link)),
                _ => None,
            })
            .collect();
        for link in &links {
            link.drain();
        }
        let drained = futures::future::join_all(links.iter().map(|link| link.ended()));
        // A link may take `drain` to write, and as long again to see the other side's end.
        let _ = timeout(2 * self.limits.drain, async {
            tokio::pin!(drained);
            loop {
                tokio::select! {
                    _ = &mut drained => break,
                    event = self.swarm.select_next_some() => self.on_swarm(event),
                }
            }
        })
        .await;
        let open: Vec<ConnectionId> = self.connections.keys().copied().collect();
        let mut closing: HashSet<ConnectionId> =
            open.into_iter().filter(|id| self.swarm.close_connection(*id)).collect();
        let _ = timeout(CLOSE, async {
            while !closing.is_empty() {
                if let SwarmEvent::ConnectionClosed { connection_id, .. } =
                    self.swarm.select_next_some().await
                {
                    closing.remove(&connection_id);
                }
            }
        })
        .await;
        drop(self);
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

fn failed(address: &Multiaddr, reason: String) -> NetError {
    NetError::Listen { address: address.clone(), reason }
}

/// Whether the operating system said that somebody else has the address.
fn is_in_use(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(|error| {
        let error = error.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
    })
}

/// Why a dial failed, for people.
fn explain(error: &DialError) -> String {
    match error {
        // Of the addresses that it is given, the swarm leaves out only those that it listens on itself.
        DialError::LocalPeerId { .. } | DialError::NoAddresses => ITSELF.into(),
        DialError::WrongPeerId { obtained, .. } => format!("another node answers there: {obtained}"),
        DialError::Transport(attempts) => {
            let attempts: Vec<String> =
                attempts.iter().map(|(address, error)| format!("{address}: {}", cause(error))).collect();
            attempts.join("; ")
        }
        DialError::Denied { cause: denied } => cause(denied),
        DialError::Aborted | DialError::DialPeerConditionFalse(_) => "the dial was given up".into(),
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
