//! What a link or a circle can fill.

use watchfire_protocol::relay::{Answer, RelayFrame, RelayLimits};
use watchfire_protocol::rules::Rule;

use crate::world::{TAG, World, large, small};

fn tight() -> RelayLimits {
    RelayLimits {
        circle_bytes: 20_000,
        deposit_bytes_an_hour: 50_000,
        pull_bytes_an_hour: 100_000,
        checks_a_minute: 100,
        ..RelayLimits::default()
    }
}

fn tight_world() -> World {
    let mut world = World::with(tight());
    world.steward(1, 1, &[1]);
    world.member(2, &[1]);
    world
}

#[test]
fn a_circle_keeps_its_newest_envelopes_within_its_room() {
    let mut world = tight_world();
    for content in 0..60 {
        world.offer(1, &small(content), true);
    }
    let (count, bytes) = world.server.kept();
    assert!(bytes <= 20_000);
    assert_eq!(world.kept.len(), count);
    assert!(world.kept.contains_key(&small(59).0) && !world.kept.contains_key(&small(0).0));
    assert_eq!(world.members[&2].has.len(), 60, "it is kept after it was sent on");
}

#[test]
fn a_link_deposits_within_its_hourly_room() {
    let mut world = tight_world();
    world.members.remove(&2);
    world.by_hand.clear();
    for content in 0..200 {
        world.send(2, &RelayFrame::Push(small(content).1.to_vec()));
    }
    let taken = world.server.totals().bytes;
    assert!(taken <= 50_000 && taken > 48_000);
    let full = |frame: &RelayFrame| matches!(frame, RelayFrame::Answer { answer: Answer::Full, .. });
    assert!(world.by_hand.iter().any(|(_, frame)| full(frame)));
    assert!(world.broken.iter().all(|broken| *broken == (2, Rule::RelayQuota)));
    world.offer(1, &small(900), true);
    assert!(world.kept.contains_key(&small(900).0), "another link's room is its own");
}

#[test]
fn a_new_link_of_the_same_peer_has_no_new_room() {
    let mut world = tight_world();
    let deposit = |world: &mut World, contents: std::ops::Range<u32>| {
        assert!(world.members[&2].client.is_subscribed());
        for content in contents {
            world.send(2, &RelayFrame::Push(small(content).1.to_vec()));
        }
        world.server.totals().bytes
    };
    let taken = deposit(&mut world, 0..80);
    assert!(taken <= 50_000 && taken > 48_000);
    world.disconnect(2);
    world.connect(2);
    assert_eq!(deposit(&mut world, 100..103), taken);
    world.disconnect(2);
    world.pass(60 * 60 * 1000);
    world.connect(2);
    assert!(deposit(&mut world, 200..280) > taken + 48_000);
}

#[test]
fn signatures_are_checked_within_a_budget() {
    let mut world = tight_world();
    world.members.remove(&2);
    for content in 0..500 {
        let mut forged = small(content).1.to_vec();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        world.send(2, &RelayFrame::Push(forged));
    }
    assert_eq!(world.closed, [2], "long before the budget is used up");
    assert!(world.broken.len() <= 3);
}

#[test]
fn a_link_that_was_closed_for_blame_is_heard_no_more() {
    let mut world = tight_world();
    world.members.remove(&2);
    for _ in 0..3 {
        world.handle(watchfire_protocol::relay::ServerInput::Frame { peer: 2, bytes: vec![255; 10] });
    }
    assert_eq!(world.closed, [2]);
    world.send(2, &RelayFrame::Push(small(1).1.to_vec()));
    assert!(world.kept.is_empty());
    assert_eq!(world.server.links(), 1);
}

#[test]
fn pulling_has_a_budget_too() {
    let mut world =
        World::with(RelayLimits { circle_bytes: 1 << 20, deposit_bytes_an_hour: 1 << 20, ..tight() });
    world.steward(1, 1, &[1]);
    world.member(2, &[1]);
    world.members.remove(&2);
    for content in 0..10 {
        world.offer(1, &large(content), true);
    }
    world.by_hand.clear();
    for _ in 0..10 {
        let ids = (0..10).map(|content| large(content).0).collect();
        world.send(2, &RelayFrame::Pull { tag: TAG, ids });
    }
    let pushed = world.by_hand.iter().filter(|(_, frame)| matches!(frame, RelayFrame::Push(_))).count();
    assert_eq!(pushed, 3);
}

#[test]
fn announcements_of_what_never_comes_fill_a_bounded_list() {
    let mut world = tight_world();
    world.members.remove(&2);
    world.by_hand.clear();
    for round in 0..100_u32 {
        let ids = (0..256).map(|content| small(1_000_000 + round * 256 + content).0).collect();
        world.send(2, &RelayFrame::Announce { tag: TAG, ids });
    }
    world.pass(60_000);
    let asked: usize = world
        .by_hand
        .iter()
        .map(|(_, frame)| if let RelayFrame::Pull { ids, .. } = frame { ids.len() } else { 0 })
        .sum();
    assert!(asked <= 32 * 7, "{asked}");
}
