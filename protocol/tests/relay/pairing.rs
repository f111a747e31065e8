//! Who may say what a circle's gates are.

use watchfire_keys::CircleTag;
use watchfire_protocol::relay::{About, Answer, ClientOutput, PairingBody, RelayFrame, RelayLimits};
use watchfire_protocol::rules::Rule;

use crate::world::{RELAY, TAG, World, gate, key, small};

const STEWARD: u8 = 1;
const STRANGER: u8 = 200;

/// What the relay answered to the last pairing of a link that is played by hand.
fn answer(world: &World) -> Answer {
    match world.by_hand.last() {
        Some((_, RelayFrame::Answer { about: About::Pairing, answer, .. })) => *answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_pairing_of_a_tag_is_believed_and_lets_members_in() {
    let world = World::paired(3);
    assert_eq!(world.server.circles(), 1);
    assert_eq!(world.accepted, [1, 2, 3]);
    assert!(world.members.values().all(|member| member.client.is_subscribed()));
    assert!(world.members[&STEWARD].told.contains(&ClientOutput::Paired(Answer::Done)));
    assert!(world.broken.is_empty());
}

#[test]
fn an_unknown_control_key_changes_nothing() {
    let mut world = World::paired(1);
    world.connect(STRANGER);
    world.pair_by_hand(STRANGER, world.body(66, &[6]), RELAY, &key(66));
    assert_eq!(answer(&world), Answer::Forged);
    assert!(!world.accepted.contains(&STRANGER));
    world.member(2, &[1]);
    assert!(world.members[&2].client.is_subscribed());
}

#[test]
fn an_introduced_control_key_counts_until_it_is_withdrawn() {
    let mut world = World::paired(1);
    world.pairs(STEWARD, 1, &[1], &[key(2).public()]);
    world.pass(1000);
    world.connect(STRANGER);
    world.pair_by_hand(STRANGER, world.body(2, &[1, 2]), RELAY, &key(2));
    assert_eq!(answer(&world), Answer::Done);
    world.pass(1000);
    let withdraws = vec![key(2).public()];
    world.pair_by_hand(STRANGER, PairingBody { withdraws, ..world.body(1, &[1, 2]) }, RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Done);
    world.pass(1000);
    world.pair_by_hand(STRANGER, world.body(2, &[1, 2, 3]), RELAY, &key(2));
    assert_eq!(answer(&world), Answer::Forged);
}

#[test]
fn a_pairing_for_another_relay_or_by_another_key_does_not_hold() {
    let mut world = World::paired(1);
    world.connect(STRANGER);
    world.pass(1000);
    world.pair_by_hand(STRANGER, world.body(1, &[2]), b"another relay", &key(1));
    assert_eq!(answer(&world), Answer::Forged);
    world.pair_by_hand(STRANGER, world.body(1, &[2]), RELAY, &key(2));
    assert_eq!(answer(&world), Answer::Forged);
    assert_eq!(world.broken, [(STRANGER, Rule::RelayControl), (STRANGER, Rule::RelayControl)]);
}

#[test]
fn an_old_pairing_never_undoes_a_newer_one() {
    let mut world = World::paired(1);
    let old = world.body(1, &[1]);
    world.pass(1000);
    world.pairs(STEWARD, 1, &[2], &[]);
    world.pass(1000);
    world.connect(STRANGER);
    // Replayed as it was, and said again by a steward that was away.
    world.pair_by_hand(STRANGER, old, RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Stale);
    world.pair_by_hand(STRANGER, world.body(1, &[1]), RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Stale);
    world.pass(10 * 60 * 1000);
    world.pair_by_hand(STRANGER, world.body(1, &[1]), RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Stale);
}

/// Somebody was taken out and is a member again: the gates of before are named again, and have lapsed.
#[test]
fn a_gate_that_was_left_out_stays_out_and_those_beside_it_count() {
    let mut world = World::paired(2);
    world.pass(1000);
    world.pairs(STEWARD, 1, &[2], &[]);
    world.pass(10 * 60 * 1000);
    world.pairs(STEWARD, 1, &[3, 2, 1], &[]);
    world.knows(2, &[1]);
    world.pass(1000);
    assert!(!world.members[&2].client.is_subscribed(), "the first gate is over");
    world.knows(2, &[3, 1]);
    world.pass(1000);
    assert!(world.members[&2].client.is_subscribed(), "the newest is known");
}

#[test]
fn a_gate_that_is_left_out_lapses_after_five_minutes() {
    let mut world = World::paired(2);
    world.pass(1000);
    world.pairs(STEWARD, 1, &[2], &[]);
    world.knows(STEWARD, &[2, 1]);
    world.pass(4 * 60 * 1000);
    assert!(world.members[&2].client.is_subscribed(), "it may still learn of the new epoch");
    world.pass(61 * 1000);
    assert!(!world.members[&2].client.is_subscribed());
    assert!(world.members[&2].told.contains(&ClientOutput::NotSubscribed(Answer::Lapsed)));
    assert!(world.members[&STEWARD].client.is_subscribed());
    world.knows(2, &[2, 1]);
    assert!(world.members[&2].client.is_subscribed());
}

#[test]
fn nothing_is_deposited_by_a_gate_that_lapsed() {
    let mut world = World::paired(3);
    world.pass(1000);
    world.pairs(STEWARD, 1, &[2], &[]);
    world.knows(STEWARD, &[2]);
    world.knows(3, &[2]);
    // Who was taken out has the old gate and no other.
    world.pass(4 * 60 * 1000);
    world.offer(2, &small(1), true);
    assert!(world.kept.contains_key(&small(1).0), "a member that has not heard yet loses nothing");
    world.pass(61 * 1000);
    world.send(2, &RelayFrame::Push(small(2).1.to_vec()));
    world.pass(60 * 1000);
    assert!(!world.kept.contains_key(&small(2).0));
    assert_eq!([1, 3].map(|member| world.times(member, &small(2))), [0, 0]);
    assert!(!world.members[&2].client.is_subscribed());
}

#[test]
fn a_pairing_from_the_future_is_refused() {
    let mut world = World::new();
    world.connect(STRANGER);
    let issued = world.unix.saturating_add(11 * 60 * 1000);
    world.pair_by_hand(STRANGER, PairingBody { issued, ..world.body(1, &[1]) }, RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Clock);
    assert_eq!(world.server.circles(), 0);
}

#[test]
fn a_pairing_without_gates_or_with_two_for_one_epoch_is_refused() {
    let mut world = World::new();
    world.connect(STRANGER);
    world.pair_by_hand(STRANGER, world.body(1, &[]), RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Forged);
    let mut twice = gate(1);
    twice.key = key(9).public();
    let gates = vec![gate(1), twice];
    world.pair_by_hand(STRANGER, PairingBody { gates, ..world.body(1, &[]) }, RELAY, &key(1));
    assert_eq!(answer(&world), Answer::Forged);
}

#[test]
fn new_circles_are_counted_and_those_that_were_never_used_give_way() {
    let limits = RelayLimits { circles: 2, new_circles_an_hour: 5, ..RelayLimits::default() };
    let mut world = World::with(limits);
    world.steward(STEWARD, 1, &[1]);
    world.offer(STEWARD, &small(1), true);
    world.connect(STRANGER);
    let mut pair = |number: u8| {
        world.pass(1000);
        let tag = CircleTag::from_bytes([number; 16]);
        let body = PairingBody { tag, ..world.body(number, &[number]) };
        world.pair_by_hand(STRANGER, body, RELAY, &key(number));
        (answer(&world), world.circles.keys().copied().collect::<Vec<_>>())
    };
    let tag = |number: u8| CircleTag::from_bytes([number; 16]);
    assert_eq!(pair(50), (Answer::Done, vec![TAG, tag(50)]));
    assert_eq!(pair(51), (Answer::Done, vec![TAG, tag(51)]));
    assert_eq!(pair(52), (Answer::Done, vec![TAG, tag(52)]));
    assert_eq!(pair(53), (Answer::Done, vec![TAG, tag(53)]));
    assert_eq!(pair(54), (Answer::Done, vec![TAG, tag(54)]));
    assert_eq!(pair(55), (Answer::Full, vec![TAG, tag(54)]));
}

#[test]
fn a_stranger_that_pairs_all_it_may_keeps_nobody_else_out() {
    let limits = RelayLimits { new_circles_an_hour: 2, ..RelayLimits::default() };
    let mut world = World::with(limits);
    let mut pair = |peer: u8, number: u8| {
        let tag = CircleTag::from_bytes([number; 16]);
        let body = PairingBody { tag, ..world.body(number, &[number]) };
        world.connect(peer);
        world.pair_by_hand(peer, body, RELAY, &key(number));
        world.disconnect(peer);
        world.pass(1000);
        answer(&world)
    };
    assert_eq!([50, 51, 52].map(|number| pair(STRANGER, number)), [Answer::Done, Answer::Done, Answer::Full]);
    assert_eq!(pair(STRANGER, 53), Answer::Full, "a new link has no new allowance");
    assert_eq!(pair(STRANGER + 1, 54), Answer::Done);
}

#[test]
fn a_circle_that_was_not_used_for_a_day_gives_way_and_no_other() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let mut world = World::with(RelayLimits { circles: 1, ..RelayLimits::default() });
    world.steward(STEWARD, 1, &[1]);
    world.offer(STEWARD, &small(1), true);
    world.disconnect(STEWARD);
    let mut pair = |after: u64| {
        world.moment = world.moment.saturating_add(after);
        world.unix = world.unix.saturating_add(after);
        let body = PairingBody { tag: CircleTag::from_bytes([50; 16]), ..world.body(50, &[50]) };
        world.connect(STRANGER);
        world.pair_by_hand(STRANGER, body, RELAY, &key(50));
        (answer(&world), world.circles.contains_key(&TAG))
    };
    assert_eq!(pair(DAY_MS), (Answer::Full, true));
    assert_eq!(pair(1), (Answer::Done, false));
}
