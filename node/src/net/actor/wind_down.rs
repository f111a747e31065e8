//! The end: what is queued is written, then everything is closed.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures::StreamExt;
use libp2p::swarm::{ConnectionId, SwarmEvent};
use tokio::{sync::oneshot, time::timeout};

use super::{super::link::Link, Actor, Stage};

/// How long closing the connections may take at the end.
const CLOSE: Duration = Duration::from_millis(500);

impl Actor {
    /// Writes what is queued, closes everything, then says so.
    pub(super) async fn wind_down(mut self, done: Option<oneshot::Sender<()>>) {
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
