//! Partitions, crashes and absence delay records and lose none.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn halves_that_published_during_a_partition_agree_after_it() {
    let mut world = World::builder().seed(21).members(24).loss_per_mille(20).build();
    world.run_for(15 * SECOND);
    let (left, right): (Vec<NodeName>, Vec<NodeName>) = world.nodes().partition(|node| node.0 < 10);
    world.cut(&[&left, &right]);
    let mut workload = Workload::new(world.seeds());
    for _ in 0..12 {
        for half in [&left, &right] {
            let (author, report) = (workload.author(half), workload.report(3));
            world.publish(author, report).unwrap();
        }
        world.run_for(5 * SECOND);
    }
    let across = |world: &World| {
        left.iter()
            .flat_map(|node| world.deliveries(*node))
            .any(|(id, _)| right.contains(&world.published()[id].0))
    };
    assert!(!across(&world));
    assert!(!left.iter().any(|node| right.iter().any(|other| world.is_linked(*node, *other))));
    world.heal();
    assert!(world.run_until(120 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
    // Not only have they met: they are one circle again.
    world.run_for(120 * SECOND);
    let alert = world.publish(left[0], workload.report(3)).unwrap().records[0];
    let everywhere = |world: &World| world.nodes().all(|node| world.has(node, &alert));
    assert!(world.run_until(5 * SECOND, everywhere));
}

#[test]
fn a_restart_from_disk_keeps_everything_and_shows_nothing_twice() {
    let mut world = World::builder().seed(22).members(12).loss_per_mille(20).build();
    world.run_for(10 * SECOND);
    let mut workload = Workload::new(world.seeds());
    for round in 0..10 {
        let (author, restarted) = (NodeName(round), NodeName((5 * round + 3) % 12));
        world.publish(author, workload.report(3)).unwrap();
        // Sometimes at once, so that the record is on its way or not even sent.
        world.run_for(Duration::from_millis(u64::from(round) * 40));
        world.restart(restarted);
        world.run_for(SECOND);
    }
    assert!(world.run_until(120 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
}

#[test]
fn an_author_that_crashes_right_after_publishing_still_publishes() {
    let mut world = World::builder().seed(23).members(12).build();
    world.run_for(10 * SECOND);
    let author = NodeName(7);
    let report = Workload::new(world.seeds()).report(3);
    world.publish(author, report).unwrap();
    world.stop(author);
    world.run_for(10 * SECOND);
    world.start(author);
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
}

#[test]
fn a_node_that_was_away_gets_the_five_hundred_records_it_missed() {
    let mut world = World::builder().seed(24).members(8).loss_per_mille(20).build();
    world.run_for(10 * SECOND);
    let away = NodeName(6);
    world.stop(away);
    world.run_for(10 * SECOND);
    let mut workload = Workload::new(world.seeds());
    let authors: Vec<NodeName> = world.nodes().filter(|node| *node != away).collect();
    for _ in 0..500 {
        let (author, report) = (workload.author(&authors), workload.report(2));
        world.publish(author, report).unwrap();
        world.run_for(Duration::from_millis(100));
    }
    assert_eq!(world.deliveries(away).len(), 0);
    world.start(away);
    assert!(world.run_until(60 * SECOND, |world| world.deliveries(away).len() == 500));
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
}

#[test]
fn a_burst_of_three_hundred_records_reaches_everybody() {
    let mut world = World::builder().seed(25).members(40).known(12).loss_per_mille(20).build();
    world.run_for(15 * SECOND);
    let mut workload = Workload::new(world.seeds());
    let nodes: Vec<NodeName> = world.nodes().collect();
    for _ in 0..300 {
        let author = workload.author(&nodes);
        world.publish(author, workload.report(1)).unwrap();
    }
    let whole = |world: &World| world.nodes().all(|node| world.deliveries(node).len() == 300);
    assert!(world.run_until(120 * SECOND, whole), "{:?}", world.broken_promises());
    world.assert_promises();
}
