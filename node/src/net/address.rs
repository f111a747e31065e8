//! Questions about multiaddresses. Resolves nothing and connects to nothing.

use std::net::IpAddr;

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

/// The address with `/p2p/PEER` at its end, in place of one that it may have.
pub fn with_peer(address: &Multiaddr, peer: PeerId) -> Multiaddr {
    split_peer(address).0.with(Protocol::P2p(peer))
}

/// The address without its `/p2p` at the end, and the peer named there.
pub(super) fn split_peer(address: &Multiaddr) -> (Multiaddr, Option<PeerId>) {
    let mut bare = address.clone();
    match bare.pop() {
        Some(Protocol::P2p(peer)) => (bare, Some(peer)),
        _ => (address.clone(), None),
    }
}

/// The address's IP, if it begins with one.
pub(super) fn ip(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    }
}

/// The network that a link from this address comes from: what one customer of a provider has at the most, which is an IPv4
/// address or an IPv6 /48. Empty where the address has no IP.
pub fn network(address: &Multiaddr) -> Vec<u8> {
    match ip(address).map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(ip)) => ip.octets().to_vec(),
        Some(IpAddr::V6(ip)) => ip.octets().into_iter().take(48 / 8).collect(),
        None => Vec::new(),
    }
}

/// The IP and the port of a TCP address.
pub(super) fn tcp(address: &Multiaddr) -> Option<(IpAddr, u16)> {
    match address.iter().nth(1)? {
        Protocol::Tcp(port) => Some((ip(address)?, port)),
        _ => None,
    }
}

/// Whether the address is a QUIC one.
pub(super) fn is_quic(address: &Multiaddr) -> bool {
    address.iter().any(|part| matches!(part, Protocol::QuicV1))
}

/// Whether the address leads through a relay.
pub(super) fn is_circuit(address: &Multiaddr) -> bool {
    address.iter().any(|part| matches!(part, Protocol::P2pCircuit))
}

/// The relay that the address leads through.
pub(super) fn relay_of(address: &Multiaddr) -> Option<PeerId> {
    let mut relay = None;
    for part in address {
        match part {
            Protocol::P2p(peer) => relay = Some(peer),
            Protocol::P2pCircuit => return relay,
            _ => {}
        }
    }
    None
}

/// The address that leads through this relay, at this address, to whoever is asked for.
pub fn through(relay: &Multiaddr, peer: PeerId) -> Multiaddr {
    with_peer(relay, peer).with(Protocol::P2pCircuit)
}

/// Whether the address begins with a wildcard IP.
pub(super) fn is_wildcard(address: &Multiaddr) -> bool {
    ip(address).is_some_and(|ip| ip.is_unspecified())
}

/// Whether the address begins with the IPv6 wildcard.
pub(super) fn is_wildcard_ip6(address: &Multiaddr) -> bool {
    is_wildcard(address) && ip(address).is_some_and(|ip| ip.is_ipv6())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_peer_stands_once_at_the_end() {
        let peer = PeerId::random();
        let bare: Multiaddr = "/ip4/127.0.0.1/udp/4001/quic-v1".parse().unwrap();
        let full = with_peer(&bare, peer);
        assert_eq!(split_peer(&full), (bare.clone(), Some(peer)));
        assert_eq!(split_peer(&bare), (bare, None));
        let other = PeerId::random();
        assert_eq!(split_peer(&with_peer(&full, other)).1, Some(other));
    }

    #[test]
    fn a_circuit_names_its_relay_before_its_end() {
        let (relay, end) = (PeerId::random(), PeerId::random());
        let bare: Multiaddr = "/ip4/192.0.2.1/udp/4001/quic-v1".parse().unwrap();
        let circuit = through(&bare, relay);
        assert!(is_circuit(&circuit) && !is_circuit(&with_peer(&bare, relay)));
        for address in [circuit.clone(), with_peer(&circuit, end)] {
            assert_eq!(relay_of(&address), Some(relay));
        }
        assert_eq!(split_peer(&circuit).1, None);
        assert_eq!(split_peer(&with_peer(&circuit, end)), (circuit, Some(end)));
        assert_eq!(relay_of(&with_peer(&bare, relay)), None);
    }

    #[test]
    fn a_network_is_one_customers() {
        let of = |text: &str| network(&text.parse().unwrap());
        assert_eq!(of("/ip4/192.0.2.1/udp/1/quic-v1"), [192, 0, 2, 1]);
        assert_eq!(of("/ip6/::ffff:192.0.2.1/tcp/1"), [192, 0, 2, 1]);
        assert_eq!(of("/ip6/2001:db8:7:8::1/udp/1/quic-v1"), of("/ip6/2001:db8:7:9::2/tcp/1"));
        assert_ne!(of("/ip6/2001:db8:7::1/tcp/1"), of("/ip6/2001:db8:8::1/tcp/1"));
        assert!(of("/dns4/example.org/tcp/80").is_empty());
    }

    #[test]
    fn kinds_of_addresses_are_told_apart() {
        let quic: Multiaddr = "/ip6/::/udp/0/quic-v1".parse().unwrap();
        let tcp_address: Multiaddr = "/ip4/192.0.2.1/tcp/80".parse().unwrap();
        let name: Multiaddr = "/dns4/example.org/tcp/80".parse().unwrap();
        assert!(is_quic(&quic) && is_wildcard_ip6(&quic) && tcp(&quic).is_none());
        assert_eq!(tcp(&tcp_address), Some(("192.0.2.1".parse().unwrap(), 80)));
        assert!(!is_quic(&name) && !is_wildcard(&name) && tcp(&name).is_none());
    }
}
