//! Watching: the dead, the unaccepted and the surplus are closed when their time is over.

use std::time::{Duration, Instant, SystemTime};

use libp2p::{PeerId, swarm::ConnectionId};

use super::{Actor, Stage};

/// Ticks come twice a second: a pause of this length is no busy machine any more.
const ASLEEP: Duration = Duration::from_secs(10);
/// In this time a connection that is alive answers a ping, as one is sent every four seconds.
const PROOF: Duration = Duration::from_secs(7);

impl Actor {
    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        if self.has_slept(now) {
            self.doubt_all(now);
        }
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

    /// Whether the machine slept since the last tick, or this process stood still. Some systems stop the monotonic clock
    /// while they sleep, none stops the calendar.
    fn has_slept(&mut self, now: Instant) -> bool {
        let (before, then) = std::mem::replace(&mut self.ticked, (now, SystemTime::now()));
        let by_calendar = self.ticked.1.duration_since(then).unwrap_or_default();
        now.saturating_duration_since(before).max(by_calendar) >= ASLEEP
    }

    /// The nodes at the other ends may have given this one up meanwhile, and would not say so: whatever does not answer
    /// the next pings is dead, so that links are dialed anew within seconds.
    fn doubt_all(&mut self, now: Instant) {
        tracing::debug!("this machine slept; every connection has to show that it is alive");
        let lately = self.limits.silence.saturating_sub(PROOF);
        for connection in self.connections.values_mut() {
            connection.heard = now.checked_sub(lately).unwrap_or(now).min(connection.heard);
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
