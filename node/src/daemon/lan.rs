//! Members' nodes on the local network: what was heard of where they are, for as long as it is worth trying.
//!
//! Whoever is near can claim anything, so of all claims only those are kept that are about a node of a member, and only
//! addresses that a local network has. They are tried when the engine calls that node in any case, beside the addresses
//! that the member itself has told under seal, and never in their place: nobody near can have this node call anyone whom
//! it would not call, or more often. Who answers is proven by the handshake.
//!
//! The node of a member that never told the circle where it is cannot be known from others here: two that have met
//! nowhere and hold no ticket need `--connect`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use libp2p::{Multiaddr, PeerId};

use super::nat;
use super::node::CircleNode;
use super::peer::Peer;
use crate::net::{self, Lan};

/// Nodes whose claimed addresses are kept; then the one that was silent longest is forgotten.
const MAX_NODES: usize = 64;
/// Addresses of one node that are kept: QUIC and TCP on two networks. Then the oldest is forgotten.
const MAX_ADDRESSES: usize = 4;
/// How long an address is kept that is not heard again.
const KEPT: Duration = net::LAN_SESSION.saturating_mul(2);

/// Addresses that were heard, each node's latest last.
#[derive(Debug, Default)]
pub(super) struct Heard {
    nodes: BTreeMap<PeerId, Vec<(Instant, Multiaddr)>>,
}

impl Heard {
    fn take(&mut self, peer: PeerId, address: Multiaddr, now: Instant) {
        if !is_local(&address) {
            return;
        }
        let addresses = self.nodes.entry(peer).or_default();
        addresses.retain(|(_, other)| *other != address);
        addresses.push((now, address));
        if addresses.len() > MAX_ADDRESSES {
            addresses.remove(0);
        }
        if self.nodes.len() > MAX_NODES {
            let spoke = |(_, addresses): &(&PeerId, &Vec<(Instant, Multiaddr)>)| {
                addresses.last().map(|(heard, _)| *heard)
            };
            let longest = self.nodes.iter().filter(|(other, _)| **other != peer).min_by_key(spoke);
            if let Some(longest) = longest.map(|(longest, _)| *longest) {
                self.nodes.remove(&longest);
            }
        }
    }

    fn of(&self, peer: &PeerId, now: Instant) -> impl Iterator<Item = &Multiaddr> {
        let heard = self.nodes.get(peer).into_iter().flatten();
        heard.filter(move |(at, _)| now.saturating_duration_since(*at) < KEPT).map(|(_, address)| address)
    }
}

/// This node on the local network, if it was told to be there.
#[derive(Default)]
pub(super) struct OnLan {
    lan: Option<Lan>,
    heard: Heard,
    /// Nodes that a ticket names: known before there is a roster.
    contacts: BTreeSet<PeerId>,
}

impl OnLan {
    pub(super) fn new(lan: Option<Lan>, contacts: BTreeSet<PeerId>) -> Self {
        Self { lan, heard: Heard::default(), contacts }
    }

    /// The next claim of somebody near.
    pub(super) async fn next(&mut self) -> (PeerId, Multiaddr) {
        match &mut self.lan {
            Some(lan) => lan.heard().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn say(&self, addresses: &[Multiaddr]) {
        if let Some(lan) = &self.lan {
            lan.say(addresses.to_vec());
        }
    }

    /// Why this node is not on the local network although it was told to.
    pub(super) fn trouble(&self) -> Option<String> {
        self.lan.as_ref()?.trouble()
    }
}

impl CircleNode {
    /// Somebody near claims that this node is there.
    pub(super) fn heard_near(&mut self, peer: PeerId, address: Multiaddr) {
        if self.on_lan.contacts.contains(&peer) || self.engine.is_members_node(&Peer(peer)) {
            self.on_lan.heard.take(peer, address, Instant::now());
        } else {
            tracing::debug!(%peer, "no member's node, heard on the local network");
        }
    }

    /// Where the node is on the local network, by what was heard there.
    pub(super) fn near(&self, peer: &Peer) -> impl Iterator<Item = Multiaddr> {
        self.on_lan.heard.of(&peer.0, Instant::now()).cloned()
    }
}

/// An address of one machine of a private network. Not of this machine: somebody near could have it call its own services.
fn is_local(address: &Multiaddr) -> bool {
    nat::is_plain(address)
        && nat::ip(address).is_some_and(|ip| match ip {
            IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    fn port(number: usize) -> Multiaddr {
        at(&format!("/ip4/192.168.1.2/tcp/{number}"))
    }

    #[test]
    fn only_addresses_of_a_local_network_are_kept() {
        let (mut heard, peer, now) = (Heard::default(), PeerId::random(), Instant::now());
        for bad in [
            "/ip4/198.51.100.7/udp/4001/quic-v1",
            "/ip4/127.0.0.1/tcp/4001",
            "/ip4/0.0.0.0/tcp/4001",
            "/ip4/224.0.0.251/udp/5353/quic-v1",
            "/ip4/192.168.1.2/udp/4001",
            "/ip4/192.168.1.2/tcp/0",
            "/ip4/192.168.1.2/tcp/4001/ws",
            "/ip4/192.168.1.2/tcp/4001/p2p-circuit",
            "/ip6/2001:db8::1/tcp/4001",
            "/ip6/::1/tcp/4001",
            "/ip6/::ffff:192.168.1.2/tcp/4001",
            "/dns4/printer.local/tcp/4001",
        ] {
            heard.take(peer, at(bad), now);
            assert!(heard.nodes.is_empty(), "{bad}");
        }
        for good in [
            "/ip4/192.168.1.2/udp/4001/quic-v1",
            "/ip4/10.0.0.1/tcp/1",
            "/ip4/169.254.3.4/tcp/4001",
            "/ip6/fd12::1/udp/4001/quic-v1",
        ] {
            heard.take(peer, at(good), now);
            assert!(heard.of(&peer, now).any(|address| *address == at(good)), "{good}");
        }
    }

    #[test]
    fn a_flood_of_claims_fills_no_memory_and_the_latest_stand() {
        let (mut heard, now) = (Heard::default(), Instant::now());
        let peers: Vec<PeerId> = (0..10 * MAX_NODES).map(|_| PeerId::random()).collect();
        for (number, peer) in peers.iter().enumerate() {
            for port_number in 1..=2 * MAX_ADDRESSES {
                heard.take(*peer, port(port_number), now + Duration::from_millis(number as u64));
            }
            assert!(heard.nodes.len() <= MAX_NODES);
            assert_eq!(heard.of(peer, now).count(), MAX_ADDRESSES);
        }
        let kept = peers.iter().filter(|peer| heard.nodes.contains_key(peer)).count();
        assert_eq!(kept, MAX_NODES);
        assert!(peers[peers.len() - MAX_NODES..].iter().all(|peer| heard.nodes.contains_key(peer)));
        let latest: Vec<Multiaddr> = (MAX_ADDRESSES + 1..=2 * MAX_ADDRESSES).map(port).collect();
        assert_eq!(heard.of(&peers[peers.len() - 1], now).cloned().collect::<Vec<_>>(), latest);
    }

    #[test]
    fn what_is_not_heard_again_is_not_tried_for_ever() {
        let (mut heard, peer, now) = (Heard::default(), PeerId::random(), Instant::now());
        heard.take(peer, port(1), now);
        heard.take(peer, port(2), now);
        let later = now + KEPT / 2;
        heard.take(peer, port(1), later);
        assert_eq!(heard.of(&peer, later).count(), 2);
        assert_eq!(heard.of(&peer, now + KEPT).cloned().collect::<Vec<_>>(), [port(1)]);
        assert_eq!(heard.of(&peer, later + KEPT).count(), 0);
    }
}
