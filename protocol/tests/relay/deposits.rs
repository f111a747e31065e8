//! An envelope's way through a relay.

use watchfire_keys::CircleTag;
use watchfire_protocol::relay::RelayFrame;
use watchfire_protocol::rules::Rule;

use crate::world::{TAG, World, envelope, large, small};

#[test]
fn an_envelope_reaches_every_other_subscriber_once() {
    let mut world = World::paired(5);
    world.offer(2, &small(1), true);
    for name in [1, 3, 4, 5] {
        assert_eq!(world.times(name, &small(1)), 1);
    }
    assert_eq!(world.times(2, &small(1)), 0);
    assert_eq!(world.server.totals().envelopes, 1);
    world.pass(60_000);
    assert_eq!(world.server.totals().forwarded, 4);
}

#[test]
fn a_large_envelope_is_announced_and_pulled_by_those_who_lack_it() {
    let mut world = World::paired(3);
    world.members.get_mut(&3).unwrap().has.insert(large(1).0, 0);
    world.offer(2, &large(1), true);
    assert!(!world.has(1, &large(1)));
    world.pass(1000);
    assert_eq!(world.times(1, &large(1)), 1);
    assert_eq!(world.times(3, &large(1)), 0);
}

#[test]
fn what_members_brought_one_another_is_handed_to_the_relay_once() {
    let mut world = World::paired(5);
    for name in 1..=5 {
        world.offer(name, &small(1), false);
    }
    world.pass(15_000);
    assert!(world.kept.contains_key(&small(1).0));
    assert_eq!(world.server.totals().envelopes, 1);
    assert_eq!(world.server.totals().forwarded, 0, "all of them said that they have it");
}

#[test]
fn a_link_that_announces_and_does_not_deliver_is_replaced_by_another() {
    const LIAR: u8 = 1;
    let mut world = World::paired(2);
    world.members.remove(&LIAR);
    world.send(LIAR, &RelayFrame::Announce { tag: TAG, ids: vec![small(1).0] });
    world.offer(2, &small(1), false);
    world.pass(2_000);
    assert!(!world.kept.contains_key(&small(1).0));
    world.pass(12_000);
    assert!(world.kept.contains_key(&small(1).0));
}

#[test]
fn junk_is_dropped_without_reading_and_costs_its_sender_the_link() {
    let mut world = World::paired(2);
    world.members.remove(&1);
    let mut forged = small(1).1.to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    world.send(1, &RelayFrame::Push(forged));
    let cut = small(2).1;
    world.send(1, &RelayFrame::Push(cut[..cut.len() - 1].to_vec()));
    let foreign = envelope(CircleTag::from_bytes([8; 16]), 1, 1, 512);
    world.send(1, &RelayFrame::Push(foreign.1.to_vec()));
    assert_eq!(world.broken, [(1, Rule::RelayGate), (1, Rule::EnvelopeMalformed), (1, Rule::RelayUnpaired)]);
    assert_eq!(world.closed, [1]);
    assert!(world.kept.is_empty());
    assert!(world.members[&2].has.is_empty());
    assert_eq!(world.server.totals().refused, 3);
}

#[test]
fn an_envelope_under_another_epochs_gate_is_refused() {
    let mut world = World::new();
    world.steward(1, 1, &[1, 2]);
    // It names epoch 1, and is signed by the gate of epoch 2.
    let honest = small(1).1;
    let signed = envelope(TAG, 2, 1, 512).1;
    let mut crossed = honest.to_vec();
    let gate = crossed.len() - 64;
    crossed[gate..].copy_from_slice(&signed[gate..]);
    world.send(1, &RelayFrame::Push(crossed));
    assert_eq!(world.broken, [(1, Rule::RelayGate)]);
    assert!(world.kept.is_empty());
}

#[test]
fn a_forgery_does_not_keep_the_original_out() {
    let mut world = World::paired(3);
    let mut forged = small(1).1.to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    world.send(3, &RelayFrame::Push(forged));
    world.offer(1, &small(1), true);
    assert_eq!(world.times(2, &small(1)), 1);
}

#[test]
fn a_replay_is_not_spread_again_even_after_its_time() {
    let mut world = World::paired(2);
    world.offer(1, &small(1), true);
    world.send(1, &RelayFrame::Push(small(1).1.to_vec()));
    assert_eq!(world.times(2, &small(1)), 1);
    world.pass(3000);
    world.unix = world.unix.saturating_add(8 * 24 * 60 * 60 * 1000);
    world.pass(3000);
    assert!(world.kept.is_empty(), "a week is over");
    world.send(1, &RelayFrame::Push(small(1).1.to_vec()));
    assert!(world.kept.is_empty());
    assert_eq!(world.times(2, &small(1)), 1);
    assert_eq!(world.broken, [(1, Rule::EnvelopeSeen), (1, Rule::EnvelopeSeen)]);
    assert!(world.closed.is_empty());
}

#[test]
fn an_envelope_of_an_epoch_that_is_not_paired_yet_is_taken_later() {
    let mut world = World::paired(2);
    let early = envelope(TAG, 2, 1, 512);
    world.knows(1, &[2, 1]);
    world.offer(1, &early, true);
    assert!(world.kept.is_empty());
    world.pass(1000);
    world.pairs(1, 1, &[1, 2], &[]);
    world.pass(7000);
    assert!(world.kept.contains_key(&early.0));
    assert!(world.has(2, &early));
    assert!(world.closed.is_empty());
}
