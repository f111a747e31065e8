//! Dialing: to a known peer at any of its addresses, or to whoever answers.

use std::collections::HashMap;

use libp2p::{
    Multiaddr, PeerId,
    swarm::{
        DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};

use super::{
    super::{
        address,
        choice::Choice,
        message::{LinkKind, NetEvent},
    },
    Actor, cause,
};

/// The error of a dial to oneself.
const ITSELF: &str = "the address leads to this node itself";
/// Addresses that are tried in one dial: a peer says what they are, and must not have this node knock everywhere. Those
/// that the members told (32), circuits through relays (8) and what was heard on the local network (4) all have room, so
/// that none of them takes another's place.
const MAX_ADDRESSES: usize = 44;

/// One order to dial.
pub(super) struct Dial {
    pub(super) peer: Option<PeerId>,
    /// As they were given.
    pub(super) addresses: Vec<Multiaddr>,
    /// Those that are still worth trying, without the peer.
    pub(super) left: Vec<Multiaddr>,
    /// What failed before.
    pub(super) errors: Vec<String>,
    pub(super) kind: LinkKind,
    /// Whether nobody has to hear that it came to nothing.
    pub(super) quiet: bool,
}

impl Actor {
    pub(super) fn dial(&mut self, peer: Option<PeerId>, addresses: Vec<Multiaddr>, kind: LinkKind) {
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
            self.start_dial(Dial { peer: None, addresses, left, errors: Vec::new(), kind, quiet: false });
        }
    }

    pub(super) fn dial_peer(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, kind: LinkKind) {
        if peer == self.shared.local_peer() {
            return self.dial_failed(Some(peer), addresses, ITSELF.into());
        }
        let linked = self.choices.get(&peer).is_some_and(|choice| choice.link().is_some());
        let dialing = self.dials.values().any(|dial| dial.peer == Some(peer));
        if linked || dialing {
            return;
        }
        let left = addresses.iter().map(|address| address::split_peer(address).0);
        let left = left.filter(|address| self.is_open(address));
        let left: Vec<Multiaddr> = left.take(MAX_ADDRESSES).collect();
        if left.is_empty() {
            return self.dial_failed(Some(peer), addresses, "there is no link to the relay".into());
        }
        self.start_dial(Dial { peer: Some(peer), addresses, left, errors: Vec::new(), kind, quiet: false });
    }

    /// Whether there is a way to the address: a circuit needs the link to its relay.
    fn is_open(&self, address: &Multiaddr) -> bool {
        if !address::is_circuit(address) {
            return true;
        }
        let mut relays =
            self.connections.values().filter(|one| one.kind == LinkKind::Relay && one.dialed.is_some());
        address::relay_of(address).is_some_and(|relay| relays.any(|one| one.peer == relay))
    }

    /// See [`super::super::NetCommand::Straighten`].
    pub(super) fn straighten(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        let link = self.choices.get(&peer).and_then(Choice::link);
        let relayed = link.and_then(|link| self.connections.get(&link)).is_some_and(|link| link.relayed);
        let dialing = self.dials.values().any(|dial| dial.peer == Some(peer));
        let own = self.shared.listening().clone();
        let left: Vec<Multiaddr> = addresses
            .iter()
            .map(|address| address::split_peer(address).0)
            .filter(|address| address::is_quic(address) && !address::is_circuit(address))
            // A network like ours behind another box: it would be this node that answers.
            .filter(|address| own.iter().all(|own| address::split_peer(own).0 != *address))
            .take(MAX_ADDRESSES)
            .collect();
        if relayed && !dialing && !left.is_empty() {
            let kind = LinkKind::Member;
            self.start_dial(Dial {
                peer: Some(peer),
                addresses,
                left,
                errors: Vec::new(),
                kind,
                quiet: true,
            });
        }
    }

    pub(super) fn start_dial(&mut self, dial: Dial) {
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
        if dial.kind == LinkKind::Relay {
            self.swarm.behaviour_mut().on_relays.dialing(id);
        }
        match self.swarm.dial(options) {
            Ok(()) => drop(self.dials.insert(id, dial)),
            Err(error) => self.on_dial_error(dial, &error),
        }
    }

    /// An address of a private network or of loopback may lead to another node here than where it was announced, and that
    /// one answers first: then the other addresses are tried without it.
    pub(super) fn on_dial_error(&mut self, mut dial: Dial, error: &DialError) {
        dial.errors.push(explain(error));
        if let DialError::WrongPeerId { address, .. } | DialError::LocalPeerId { address } = error {
            let wrong = address::split_peer(address).0;
            let before = dial.left.len();
            dial.left.retain(|address| *address != wrong);
            if dial.left.len() < before && !dial.left.is_empty() {
                return self.start_dial(dial);
            }
        }
        if !dial.quiet {
            self.dial_failed(dial.peer, dial.addresses, dial.errors.join("; "));
        }
    }

    /// Whether the listener's port may be the source of this dial. TCP: no, two nodes that dial each other from their
    /// listening ports at once would meet in one connection that both believe they dialed. QUIC: yes, it saves a socket,
    /// unless the listener is bound to an address that does not lead there.
    pub(super) fn may_reuse_port(&self, addresses: &[Multiaddr]) -> bool {
        addresses.iter().all(|to| {
            let loopback = address::ip(to).is_some_and(|ip| ip.is_loopback());
            address::is_quic(to) && (loopback || !self.bound_narrowly)
        })
    }

    pub(super) fn dial_failed(&mut self, peer: Option<PeerId>, addresses: Vec<Multiaddr>, error: String) {
        self.failed.push_back(NetEvent::DialFailed { peer, addresses, error });
    }
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
