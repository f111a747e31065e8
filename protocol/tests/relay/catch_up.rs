//! Members that were away, and relays that were.

use watchfire_keys::Moment;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::relay::{Now, RelayLimits, Server};

use crate::world::{RELAY, TAG, World, large, small};

#[test]
fn a_member_that_was_away_gets_what_was_kept() {
    let mut world = World::paired(2);
    world.disconnect(2);
    for content in 0..700 {
        world.offer(1, &small(content), true);
    }
    world.offer(1, &large(9000), true);
    assert!(world.members[&2].has.is_empty());
    world.connect(2);
    world.pass(60_000);
    for content in 0..700 {
        assert_eq!(world.times(2, &small(content)), 1);
    }
    assert_eq!(world.times(2, &large(9000)), 1);
}

#[test]
fn what_a_member_has_from_elsewhere_is_not_sent_again() {
    let mut world = World::paired(2);
    world.disconnect(2);
    for content in 0..300 {
        world.offer(1, &small(content), true);
        world.members.get_mut(&2).unwrap().has.insert(small(content).0, 0);
    }
    world.bytes_sent = 0;
    world.connect(2);
    world.pass(60_000);
    assert_eq!(world.server.totals().forwarded, 0);
    assert!(world.bytes_sent < 300 * 34 + 500, "{} bytes", world.bytes_sent);
}

#[test]
fn what_was_offered_while_the_relay_was_away_is_offered_again() {
    let mut world = World::paired(2);
    world.disconnect(1);
    for content in 0..600 {
        world.offer(1, &small(content), content % 2 == 0);
    }
    world.connect(1);
    world.pass(60_000);
    assert_eq!(world.kept.len(), 600);
    assert_eq!(world.members[&2].has.len(), 600);
}

#[test]
fn a_relay_that_restarts_still_knows_its_circle_and_what_it_keeps() {
    let mut world = World::paired(2);
    world.offer(1, &small(1), true);
    world.pass(1000);
    world.pairs(1, 1, &[2], &[]);
    let now = Now { moment: Moment(5), unix: world.unix };
    let mut again: Server<RealCrypto, u8> =
        Server::new(RealCrypto, RELAY.to_vec(), RelayLimits::default(), now);
    assert!(again.restore_circle(TAG, &world.circles[&TAG]));
    assert!(again.restore_envelope(TAG, small(1).0, small(1).1.len(), world.unix));
    assert_eq!(again.kept(), (1, small(1).1.len() as u64));
    world.server = again;
    world.moment = now.moment;
    for name in 1..=2 {
        world.connect(name);
    }
    world.member(3, &[2]);
    world.pass(5_000);
    assert!(world.has(3, &small(1)));
    assert!(world.members[&2].client.is_subscribed(), "its gate has its five minutes again");
    world.pass(6 * 60 * 1000);
    assert!(!world.members[&2].client.is_subscribed());
    assert!(world.broken.is_empty());
}

#[test]
fn a_damaged_state_is_not_restored() {
    let world = World::paired(1);
    let state = &world.circles[&TAG];
    let now = world.now();
    let mut again: Server<RealCrypto, u8> =
        Server::new(RealCrypto, RELAY.to_vec(), RelayLimits::default(), now);
    for length in 0..state.len() {
        assert!(!again.restore_circle(TAG, &state[..length]));
    }
    assert!(!again.restore_envelope(TAG, small(1).0, 10, now.unix));
}
