//! Counts the connections of those who have not proven anything yet, and refuses more than the bounds. Knows addresses, not members.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
};

use libp2p::swarm::ConnectionId;

use super::config::Limits;

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Handshakes,
    Strangers,
    StrangersOfAddress,
    Connections,
    ConnectionsOfPeer,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handshakes => "too many handshakes at once",
            Self::Strangers => "too many strangers at once",
            Self::StrangersOfAddress => "too many strangers of one address at once",
            Self::Connections => "too many connections",
            Self::ConnectionsOfPeer => "too many connections of one peer",
        })
    }
}

impl std::error::Error for Full {}

/// Connections in their handshake, and those that are established but not accepted.
#[derive(Default)]
pub(super) struct Admission {
    handshakes: Counted,
    strangers: Counted,
}

impl Admission {
    /// A connection arrived; its handshake begins.
    pub(super) fn arrived(
        &mut self,
        connection: ConnectionId,
        address: Option<IpAddr>,
        limits: &Limits,
    ) -> Result<(), Full> {
        if self.handshakes.total() >= limits.max_handshakes {
            return Err(Full::Handshakes);
        }
        // An address that may have n strangers needs no more than n handshakes at once.
        if self.handshakes.of(address) >= limits.max_strangers_per_address {
            return Err(Full::StrangersOfAddress);
        }
        self.handshakes.add(connection, address);
        Ok(())
    }

    /// The handshake of a connection came to an end, well or not.
    pub(super) fn shook_hands(&mut self, connection: ConnectionId) {
        self.handshakes.remove(connection);
    }

    /// The handshake held; a stranger is connected.
    pub(super) fn stranger(
        &mut self,
        connection: ConnectionId,
        address: Option<IpAddr>,
        limits: &Limits,
    ) -> Result<(), Full> {
        if self.strangers.total() >= limits.max_strangers {
            return Err(Full::Strangers);
        }
        if self.strangers.of(address) >= limits.max_strangers_per_address {
            return Err(Full::StrangersOfAddress);
        }
        self.strangers.add(connection, address);
        Ok(())
    }

    /// The connection was accepted, or is gone.
    pub(super) fn no_stranger(&mut self, connection: ConnectionId) {
        self.strangers.remove(connection);
    }
}

/// Connections, counted by the address they came from.
#[derive(Default)]
struct Counted {
    connections: HashMap<ConnectionId, Option<IpAddr>>,
    addresses: BTreeMap<IpAddr, usize>,
}

impl Counted {
    fn total(&self) -> usize {
        self.connections.len()
    }

    fn of(&self, address: Option<IpAddr>) -> usize {
        group(address).map_or(0, |group| self.addresses.get(&group).copied().unwrap_or(0))
    }

    fn add(&mut self, connection: ConnectionId, address: Option<IpAddr>) {
        let group = group(address);
        if self.connections.insert(connection, group).is_none()
            && let Some(group) = group
        {
            *self.addresses.entry(group).or_default() += 1;
        }
    }

    fn remove(&mut self, connection: ConnectionId) {
        let Some(Some(group)) = self.connections.remove(&connection) else {
            return;
        };
        if let Some(count) = self.addresses.get_mut(&group) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.addresses.remove(&group);
            }
        }
    }
}

/// What one holder of addresses has at least: an IPv4 address, an IPv6 /64. `None` for loopback, which is not counted.
fn group(address: Option<IpAddr>) -> Option<IpAddr> {
    let address = address?.to_canonical();
    match address {
        _ if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(long) => Some(IpAddr::V6((long.to_bits() >> 64 << 64).into())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new_unchecked(number)
    }

    fn limits() -> Limits {
        Limits { max_strangers: 3, max_strangers_per_address: 2, max_handshakes: 3, ..Limits::default() }
    }

    #[test]
    fn one_network_cannot_take_all_the_room_for_strangers() {
        let mut admission = Admission::default();
        let at = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        admission.stranger(id(1), at("2001:db8::1"), &limits()).unwrap();
        admission.stranger(id(2), at("2001:db8::2"), &limits()).unwrap();
        assert_eq!(admission.stranger(id(3), at("2001:db8::3"), &limits()), Err(Full::StrangersOfAddress));
        admission.stranger(id(3), at("192.0.2.1"), &limits()).unwrap();
        assert_eq!(admission.stranger(id(4), at("192.0.2.2"), &limits()), Err(Full::Strangers));
        admission.no_stranger(id(1));
        admission.no_stranger(id(1));
        admission.stranger(id(5), at("2001:db8::5"), &limits()).unwrap();
    }

    #[test]
    fn loopback_counts_in_total_only() {
        let mut admission = Admission::default();
        let loopback = Some(IpAddr::from([127, 0, 0, 1]));
        for number in 0..3 {
            admission.arrived(id(number), loopback, &limits()).unwrap();
        }
        assert_eq!(admission.arrived(id(3), loopback, &limits()), Err(Full::Handshakes));
        admission.shook_hands(id(0));
        admission.arrived(id(3), loopback, &limits()).unwrap();
    }
}
