//! Listening: binds every address or says which one cannot be bound, and keeps the list of what others can dial.

use std::{
    collections::HashMap,
    error::Error,
    io,
    time::{Duration, Instant},
};

use futures::StreamExt;
use libp2p::{Multiaddr, PeerId, core::transport::ListenerId, swarm::SwarmEvent};
use tokio::time::timeout;

use super::{
    super::{
        address,
        error::NetError,
        message::{LinkKind, NetEvent},
        transport,
    },
    Actor, cause,
};

/// How long binding the listeners may take.
const BIND: Duration = Duration::from_secs(5);
/// How long to wait for one more interface of a wildcard listener, or for the first.
const INTERFACES: Duration = Duration::from_millis(100);

impl Actor {
    /// Binds all addresses, and waits until they are known.
    pub(super) async fn listen(&mut self, listen: &[Multiaddr]) -> Result<(), NetError> {
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

    pub(super) fn update_listening(&mut self) {
        let local = self.shared.local_peer();
        let mut addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .filter(|listener| !address::is_wildcard(listener) && !address::is_circuit(listener))
            .map(|listener| address::with_peer(listener, local))
            .collect();
        addresses.sort();
        addresses.dedup();
        let mut listening = self.shared.listening();
        if *listening != addresses {
            if self.serve == LinkKind::Relay {
                // A reservation names the relay's addresses; without one it is refused at the other end.
                addresses.iter().for_each(|address| self.swarm.add_external_address(address.clone()));
            }
            *listening = addresses;
            self.moved = true;
        }
    }
}

impl Actor {
    /// See [`super::super::NetCommand::Reserve`].
    pub(super) fn reserve(&mut self, relay: PeerId, address: &Multiaddr) {
        let linked = self.choices.get(&relay).is_some_and(|choice| choice.link().is_some());
        if !linked || self.reservations.values().any(|other| *other == relay) {
            return;
        }
        match self.swarm.listen_on(address::through(address, relay)) {
            Ok(listener) => drop(self.reservations.insert(listener, relay)),
            Err(error) => tracing::debug!(%relay, error = cause(&error), "cannot ask for circuits"),
        }
    }

    /// A listener came up, or is gone: one at a relay is told to the owner.
    pub(super) fn on_listener(&mut self, listener: ListenerId, stands: bool) {
        let relay = if stands {
            self.reservations.get(&listener).copied()
        } else {
            self.reservations.remove(&listener)
        };
        self.failed.extend(relay.map(|relay| NetEvent::Reserved { relay, stands }));
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
