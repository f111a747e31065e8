//! The relays that members name: which of them a node keeps links to.
//!
//! A member may lie about relays as about anything else. So no member gets more than two of the few places, the sides take
//! turns, and a relay that several name is tried wherever any of them says it is.

use std::collections::BTreeMap;

use libp2p::{Multiaddr, PeerId};
use watchfire_keys::Side;

/// Relays that a node keeps links to.
pub(super) const MAX_RELAYS: usize = 8;
/// Of these, those that one member may name.
pub(super) const MAX_OF_MEMBER: usize = 2;
/// Addresses at which one relay is tried.
const MAX_PLACES: usize = 8;

/// A relay, and where it is.
pub(super) type Place = (PeerId, Multiaddr);

/// Chosen relays, each with the addresses that members name.
pub(super) type Chosen = BTreeMap<PeerId, Vec<Multiaddr>>;

/// Chooses of what the members of each side name, member by member. This home's own relays have their places first.
pub(super) fn choose(own: &[PeerId], sides: &BTreeMap<Side, Vec<Vec<Place>>>) -> Chosen {
    let mut chosen: Chosen = own.iter().map(|peer| (*peer, Vec::new())).collect();
    let sides: Vec<Vec<&Place>> = sides.values().map(|members| in_turn(members)).collect();
    for (peer, address) in in_turn(&sides) {
        let full = chosen.len() >= MAX_RELAYS;
        let places = match chosen.get_mut(peer) {
            Some(places) => places,
            None if full => continue,
            None => chosen.entry(*peer).or_default(),
        };
        if places.len() < MAX_PLACES && !places.contains(address) {
            places.push(address.clone());
        }
    }
    chosen
}

/// The first of each, then the second of each, and so on.
fn in_turn<T>(rows: &[Vec<T>]) -> Vec<&T> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest).flat_map(|turn| rows.iter().filter_map(move |row| row.get(turn))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn peer(seed: u8) -> PeerId {
        crate::net::peer_id(&[seed; 32])
    }

    fn at(host: &str, seed: u8) -> Place {
        (peer(seed), format!("/dns4/{host}/udp/4001/quic-v1/p2p/{}", peer(seed)).parse().unwrap())
    }

    fn named(sides: &[(&str, &[&[Place]])]) -> BTreeMap<Side, Vec<Vec<Place>>> {
        let members = |rows: &[&[_]]| rows.iter().map(|row| row.to_vec()).collect();
        sides.iter().map(|(side, rows)| (Side::parse(side).unwrap(), members(rows))).collect()
    }

    #[test]
    fn many_members_of_one_side_leave_the_other_its_places() {
        let crowd: Vec<_> = (10..30).map(|seed| [at("a", seed), at("a", seed + 100)]).collect();
        let crowd: Vec<&[_]> = crowd.iter().map(|row| &row[..]).collect();
        let sides = named(&[("a", &crowd[..]), ("b", &[&[at("z", 1), at("z", 2)], &[at("z", 3)]])]);
        let chosen = choose(&[], &sides);
        assert_eq!(chosen.len(), MAX_RELAYS);
        assert!([1, 2, 3].iter().all(|seed| chosen.contains_key(&peer(*seed))));
    }

    #[test]
    fn own_relays_come_first() {
        let others: Vec<_> = (10..30).map(|seed| [at("a", seed)]).collect();
        let others: Vec<&[_]> = others.iter().map(|row| &row[..]).collect();
        let own = [peer(1), peer(2)];
        let chosen = choose(&own, &named(&[("a", &others[..])]));
        assert_eq!(chosen.len(), MAX_RELAYS);
        assert!(own.iter().all(|peer| chosen[peer].is_empty()));
    }

    #[test]
    fn a_wrong_address_of_a_relay_does_not_hide_the_right_one() {
        let sides = named(&[("a", &[&[at("wrong", 1)]]), ("b", &[&[at("right", 1)], &[at("right", 1)]])]);
        assert_eq!(
            choose(&[], &sides),
            BTreeMap::from([(peer(1), vec![at("wrong", 1).1, at("right", 1).1])])
        );
    }
}
