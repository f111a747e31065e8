//! Watching: the dead, the unaccepted and the surplus are closed when their time is over.

use std::time::Instant;

use libp2p::{PeerId, swarm::ConnectionId};

use super::{Actor, Stage};

impl Actor {
    pub(super) fn tick(&mut self) {
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
    pub(super) fn end(&mut self, id: ConnectionId, reason: &'static str) {
        match self.connections.get(&id).map(|connection| &connection.stage) {
            Some(Stage::Linked(link)) => {
                tracing::debug!(peer = %link.peer, reason, "closing the link");
                link.cut();
            }
            Some(_) => self.refuse(id, reason),
            None => {}
        }
    }
}
