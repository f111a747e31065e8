//! Whether this node can be called, and how others reach it when it cannot.
//!
//! A relay tells its guests where it sees them. When that is no address of this machine, something on the way rewrites
//! addresses and lets nobody in who was not called first. Such a node keeps a place at each of the circle's relays, so
//! that members reach it through a circuit, and tells the members in its presence where it is seen. Once two have greeted
//! one another through a circuit, both dial at the same time where the other is seen: most boxes then let the packets
//! through, and a link in the open takes the circuit's place.
//!
//! What a relay says is one relay's word. A wrong one costs the members some dials to an address that does not answer as
//! this node: who answers is proven by the handshake.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use watchfire_protocol::engine::Input;

use super::node::{CircleNode, dialable, texts};
use super::peer::Peer;
use crate::net::{self, NetCommand};

/// How long until a place at a relay that refused is asked for again.
const RESERVE_AGAIN: Duration = Duration::from_secs(20);
/// The first attempt at a link in the open: by then each has told the other where it is seen.
const FIRST_ATTEMPT: Duration = Duration::from_secs(1);
/// Waits after each further attempt; the last one again and again.
const ATTEMPTS: [Duration; 4] =
    [Duration::from_secs(4), Duration::from_secs(10), Duration::from_secs(30), Duration::from_secs(600)];
/// Places at relays, and addresses where they see this node, that are told to the members.
const MAX_TOLD: usize = 2;

/// What is known of the way from outside.
#[derive(Debug, Default)]
pub(super) struct Nat {
    /// Where each relay sees this node.
    seen: BTreeMap<PeerId, Multiaddr>,
    /// Places at relays that stand, as others dial them.
    places: BTreeMap<PeerId, Multiaddr>,
    /// When to ask for a place again.
    ask_again: BTreeMap<PeerId, Instant>,
    /// Links through relays: attempts at a link in the open so far, and when the next one is due.
    attempts: BTreeMap<PeerId, (usize, Instant)>,
}

impl Nat {
    /// The relays that see this node at an address that it does not have.
    fn foreign<'a>(&'a self, own: &'a [IpAddr]) -> impl Iterator<Item = (&'a PeerId, &'a Multiaddr)> {
        self.seen.iter().filter(|(_, seen)| ip(seen).is_some_and(|ip| !own.contains(&ip)))
    }

    /// When an attempt is due. A place is asked for again whenever the relays are looked at, which is every few seconds.
    pub(super) fn next(&self) -> Option<Instant> {
        self.attempts.values().map(|(_, next)| *next).min()
    }
}

impl CircleNode {
    fn own_ips(&self) -> Vec<IpAddr> {
        self.net.listen_addresses().iter().filter_map(ip).collect()
    }

    /// Whether something on the way to a relay rewrites this node's address.
    pub(super) fn is_behind_nat(&self) -> bool {
        self.nat.foreign(&self.own_ips()).next().is_some()
    }

    /// A relay said where it sees this node.
    pub(super) fn seen_at(&mut self, relay: PeerId, address: &[u8]) {
        // Anything but an address with an IP and a port would be told to the members for nothing.
        let Some(address) = Multiaddr::try_from(address.to_vec()).ok().filter(is_plain) else { return };
        if self.nat.seen.get(&relay) != Some(&address) {
            self.nat.seen.insert(relay, address);
            self.tell_addresses();
        }
    }

    /// The link to a relay is gone, and what it had to do with this node.
    pub(super) fn relay_lost(&mut self, relay: &PeerId) {
        let known = self.nat.seen.remove(relay).is_some() | self.nat.places.remove(relay).is_some();
        self.nat.ask_again.remove(relay);
        if known {
            self.tell_addresses();
        }
    }

    /// A place at a relay stands, or is gone.
    pub(super) fn reserved(&mut self, relay: PeerId, stands: bool) {
        let place = self.relays.address(&relay).map(|address| net::through(&address, relay));
        let before = self.nat.places.remove(&relay);
        let now = place.filter(|_| stands);
        let changed = before != now;
        if let Some(place) = now {
            self.nat.places.insert(relay, place);
        }
        if changed {
            self.tell_addresses();
        }
    }

    /// Tells the members where this node is, should that have changed.
    pub(super) fn tell_addresses(&mut self) {
        let listening = self.net.listen_addresses();
        let (own, me) = (self.own_ips(), self.net.local_peer());
        let seen = self.nat.foreign(&own).map(|(_, seen)| seen).filter(|seen| is_quic(seen));
        let told = seen.take(MAX_TOLD).chain(self.nat.places.values().take(MAX_TOLD));
        let mut addresses: Vec<Multiaddr> = told.map(|address| net::with_peer(address, me)).collect();
        addresses.dedup();
        addresses.extend(dialable(&listening));
        self.on_lan.say(&listening);
        self.feed(Input::Addresses(texts(&addresses)));
    }

    /// Asks for places at relays, and tries to turn circuits into links in the open: called after each round of the loop.
    pub(super) fn serve_nat(&mut self) {
        let now = Instant::now();
        let own = self.own_ips();
        let wanted: Vec<PeerId> = self.nat.foreign(&own).map(|(relay, _)| *relay).collect();
        for relay in wanted {
            let due = self.nat.ask_again.get(&relay).is_none_or(|next| *next <= now);
            if due && let Some(address) = self.relays.address(&relay) {
                // Does nothing while the place stands.
                self.net.send(NetCommand::Reserve { relay, address });
                self.nat.ask_again.insert(relay, now + RESERVE_AGAIN);
            }
        }
        self.straighten(now);
    }

    fn straighten(&mut self, now: Instant) {
        let links = self.engine.greeted_links().into_iter();
        let relayed: BTreeMap<PeerId, _> = links
            .map(|link| (link.peer.0, link.member))
            .filter(|(peer, _)| self.net.is_relayed(peer))
            .collect();
        self.nat.attempts.retain(|peer, _| relayed.contains_key(peer));
        for (peer, member) in relayed {
            let (made, next) = self.nat.attempts.entry(peer).or_insert((0, now + FIRST_ATTEMPT));
            if *next > now {
                continue;
            }
            let wait = ATTEMPTS.get(*made).or(ATTEMPTS.last()).copied().unwrap_or_default();
            (*made, *next) = (made.saturating_add(1), now + wait);
            let name = peer.to_bytes();
            let presences = self.engine.presences(&member).filter(|presence| presence.peer == name);
            let texts = presences.flat_map(|presence| &presence.addresses);
            let addresses: Vec<Multiaddr> = texts.filter_map(|text| text.parse().ok()).collect();
            self.net.send(NetCommand::Straighten { peer, addresses });
        }
    }

    /// Where a node may be reached beside its own addresses: through each relay that serves this one.
    pub(super) fn circuits_to(&self, peer: &Peer) -> Vec<Multiaddr> {
        self.relays
            .serving()
            .filter(|(relay, _)| *relay != peer.0)
            .map(|(relay, at)| net::through(at, relay))
            .collect()
    }
}

pub(super) fn ip(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    }
}

fn is_quic(address: &Multiaddr) -> bool {
    address.iter().any(|part| matches!(part, Protocol::QuicV1))
}

/// `/ip4|ip6/ADDRESS/udp/PORT/quic-v1` or `/ip4|ip6/ADDRESS/tcp/PORT`, of one machine.
pub(super) fn is_plain(address: &Multiaddr) -> bool {
    let parts: Vec<Protocol<'_>> = address.iter().collect();
    let shape = matches!(
        parts[..],
        [Protocol::Ip4(_) | Protocol::Ip6(_), Protocol::Udp(1..), Protocol::QuicV1]
            | [Protocol::Ip4(_) | Protocol::Ip6(_), Protocol::Tcp(1..)]
    );
    let broadcast = matches!(parts.first(), Some(Protocol::Ip4(ip)) if ip.is_broadcast());
    shape && !broadcast && ip(address).is_some_and(|ip| !ip.is_unspecified() && !ip.is_multicast())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_addresses_of_one_machine_are_taken_from_a_relay() {
        for good in ["/ip4/198.18.0.1/udp/4001/quic-v1", "/ip6/2001:db8::1/tcp/4001"] {
            assert!(is_plain(&at(good)), "{good}");
        }
        for bad in [
            "/ip4/198.18.0.1/udp/0/quic-v1",
            "/ip4/198.18.0.1/udp/4001",
            "/ip4/0.0.0.0/tcp/4001",
            "/ip4/224.0.0.1/udp/4001/quic-v1",
            "/ip4/255.255.255.255/tcp/1",
            "/dns4/watchfire.example/tcp/4001",
            "/ip4/198.18.0.1/tcp/4001/p2p-circuit",
        ] {
            assert!(!is_plain(&at(bad)), "{bad}");
        }
    }

    #[test]
    fn a_relay_that_sees_another_address_shows_a_box_on_the_way() {
        let (near, far) = (PeerId::random(), PeerId::random());
        let own = ["192.168.1.2".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let mut nat = Nat::default();
        nat.seen.insert(near, at("/ip4/192.168.1.2/udp/4001/quic-v1"));
        assert_eq!(nat.foreign(&own).count(), 0);
        nat.seen.insert(far, at("/ip4/198.18.0.1/udp/4001/quic-v1"));
        assert_eq!(nat.foreign(&own).map(|(relay, _)| *relay).collect::<Vec<_>>(), [far]);
    }
}
