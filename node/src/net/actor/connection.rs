//! Connections come, bring their stream, become the link or not, and go.

use std::{sync::Arc, time::Instant};

use libp2p::{Multiaddr, PeerId, Stream, core::ConnectedPoint, swarm::ConnectionId};
use tokio::task::AbortHandle;

use super::{
    super::{
        choice::{Choice, Step},
        frame,
        link::{self, Link},
        message::LinkKind,
    },
    Actor, Note,
};

/// One established connection.
pub(super) struct Connection {
    pub(super) peer: PeerId,
    pub(super) kind: LinkKind,
    /// For a connection that this node dialed, the addresses that it tried.
    pub(super) dialed: Option<Vec<Multiaddr>>,
    /// Where the other end is.
    pub(super) remote: Multiaddr,
    /// Whether it leads through a relay.
    pub(super) relayed: bool,
    /// Whether nobody has to hear that it came to nothing.
    pub(super) quiet: bool,
    pub(super) since: Instant,
    pub(super) heard: Instant,
    pub(super) accepted: bool,
    /// Why it comes to nothing, for [`NetEvent::DialFailed`].
    pub(super) refused: Option<&'static str>,
    /// Whether the swarm has closed it, while its link still hands over what had arrived.
    pub(super) gone: bool,
    pub(super) stage: Stage,
}

pub(super) enum Stage {
    /// No stream, or one that waits its turn.
    Waiting,
    /// The other side's mark is awaited by this task.
    Marking(AbortHandle),
    /// It is the link.
    Linked(Arc<Link>),
    /// It was the link.
    Over,
}

impl Actor {
    pub(super) fn on_established(&mut self, id: ConnectionId, peer: PeerId, endpoint: &ConnectedPoint) {
        let now = Instant::now();
        let (dialer, relayed) = (endpoint.is_dialer(), endpoint.is_relayed());
        let dial = if dialer { self.dials.remove(&id) } else { None };
        let kind = dial.as_ref().map_or(self.serve, |dial| dial.kind);
        let connection = Connection {
            peer,
            kind,
            remote: endpoint.get_remote_address().clone(),
            relayed,
            quiet: dial.as_ref().is_some_and(|dial| dial.quiet),
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
        if dialer && self.choice(peer).link().is_some() && !self.is_better(id) {
            self.swarm.close_connection(id);
        }
    }

    /// Whether the peer's link leads through a relay and this connection does not.
    fn is_better(&self, id: ConnectionId) -> bool {
        let Some(connection) = self.connections.get(&id) else { return false };
        let link = self.choices.get(&connection.peer).and_then(Choice::link);
        let link = link.and_then(|link| self.connections.get(&link));
        link.is_some_and(|link| link.relayed && !connection.relayed)
    }

    pub(super) fn on_opened(&mut self, id: ConnectionId, stream: Stream) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        let (peer, dialed) = (connection.peer, connection.dialed.is_some());
        let steps = if self.is_better(id) {
            self.choice(peer).better(id, stream, Instant::now())
        } else {
            self.choice(peer).opened(id, dialed, stream, Instant::now())
        };
        self.follow(peer, steps);
    }

    pub(super) fn on_closed(&mut self, id: ConnectionId) {
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
            && !connection.quiet
        {
            let reason = connection.refused.unwrap_or("the node there closed the connection");
            self.dial_failed(Some(peer), addresses, reason.into());
        }
        self.tidy(peer);
    }

    /// Gives up a connection that is not, or not yet, the link.
    pub(super) fn refuse(&mut self, id: ConnectionId, reason: &'static str) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.refused.get_or_insert(reason);
            self.swarm.close_connection(id);
        }
    }

    pub(super) fn follow(&mut self, peer: PeerId, steps: Vec<Step<Stream>>) {
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

    pub(super) fn start(&mut self, peer: PeerId, id: ConnectionId, stream: Stream) {
        let names = self.choice(peer).names();
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let link = Arc::new(Link::new(
            peer,
            id,
            connection.dialed.is_some(),
            connection.kind,
            (connection.remote.clone(), connection.relayed),
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
                **other != id
                    && connection.peer == peer
                    && connection.dialed.is_some()
                    && !self.is_better(**other)
            })
            .map(|(other, _)| *other)
            .collect();
        for other in surplus {
            self.swarm.close_connection(other);
        }
    }

    pub(super) fn await_mark(&mut self, id: ConnectionId, mut stream: Stream) {
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

    pub(super) fn accept(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.accepted = true;
            self.swarm.behaviour_mut().links.accepted(id, connection.peer);
        }
    }
}
