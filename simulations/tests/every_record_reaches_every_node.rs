//! Gossip is fast and lossy; with reconciliation behind it, it is complete.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Duration;

use watchfire_simulations::{Latency, NodeName, Workload, World};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// Publishes `records` reports, one every `pause`, by random members.
fn publish(
    world: &mut World,
    workload: &mut Workload,
    authors: &[NodeName],
    records: usize,
    pause: Duration,
) {
    for _ in 0..records {
        let (author, report) = (workload.author(authors), workload.report(5));
        world.publish(author, report).unwrap();
        world.run_for(pause);
    }
}

#[test]
fn two_hundred_nodes_on_two_sides_over_lossy_links() {
    let mut world =
        World::builder().seed(1).members(200).latency(Latency::Constant(30 * MS)).loss_per_mille(50).build();
    world.run_for(20 * SECOND);
    let mut workload = Workload::new(world.seeds());
    let authors: Vec<NodeName> = (0..8).map(|place| NodeName(place * 25)).collect();
    let sides = authors.iter().map(|author| world.side(*author).unwrap().to_owned());
    assert_eq!(sides.collect::<std::collections::BTreeSet<_>>().len(), 2);
    publish(&mut world, &mut workload, &authors, 36, 250 * MS);
    let settled = world.run_until(120 * SECOND, World::is_settled);
    println!("{}\n{}", world.spread(), world.statistics());
    assert!(settled);
    world.assert_promises();
    assert_eq!(world.published().len(), 36);
    assert_eq!(world.spread().deliveries(), 36 * 199);
    assert!(world.spread().per_mille(500) < SECOND, "{}", world.spread());
}

#[test]
fn links_that_double_and_reorder_frames_cost_nothing_but_frames() {
    let mut world = World::builder()
        .seed(2)
        .members(24)
        .latency(Latency::Uniform(10 * MS, 150 * MS))
        .loss_per_mille(20)
        .duplicated_per_mille(100)
        .reordered_per_mille(200)
        .clock_skew(120 * SECOND)
        .build();
    world.run_for(20 * SECOND);
    let mut workload = Workload::new(world.seeds());
    let authors: Vec<NodeName> = world.nodes().collect();
    publish(&mut world, &mut workload, &authors, 40, 100 * MS);
    assert!(world.run_until(120 * SECOND, World::is_settled));
    world.assert_promises();
}

#[test]
fn nodes_that_know_a_few_others_find_the_rest() {
    let mut world = World::builder().seed(3).members(40).known(4).loss_per_mille(50).build();
    world.run_for(20 * SECOND);
    let mut workload = Workload::new(world.seeds());
    let authors: Vec<NodeName> = world.nodes().collect();
    publish(&mut world, &mut workload, &authors, 20, 100 * MS);
    assert!(world.run_until(120 * SECOND, World::is_settled));
    world.assert_promises();
}

#[test]
fn a_report_of_thousands_of_indicators_arrives_whole() {
    let mut world = World::builder().seed(4).members(16).loss_per_mille(50).build();
    world.run_for(10 * SECOND);
    let report = Workload::new(world.seeds()).report(4_000);
    let publication = world.publish(NodeName(5), report).unwrap();
    assert!(publication.records.len() > 4, "{} records", publication.records.len());
    assert!(world.run_until(60 * SECOND, World::is_settled));
    world.assert_promises();
}
