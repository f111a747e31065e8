//! From one seed follows one run, on any machine.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_simulations::trace::{EVENT_BYTES, Tracing};
use watchfire_simulations::{Latency, NodeName, Workload, World};

fn run(seed: u64, latency: Latency) -> World {
    let mut world = World::builder()
        .seed(seed)
        .members(16)
        .latency(latency)
        .loss_per_mille(50)
        .tracing(Tracing::Kept)
        .build();
    world.run_for(Duration::from_secs(3));
    let mut workload = Workload::new(world.seeds());
    for author in 0..8 {
        world.publish(NodeName(author), workload.report(3)).unwrap();
        world.run_for(Duration::from_millis(500));
    }
    world.restart(NodeName(3));
    world.cut(&[&[NodeName(0), NodeName(1)]]);
    world.run_for(Duration::from_secs(15));
    world.heal();
    world.run_for(Duration::from_secs(15));
    world
}

const UNIFORM: Latency = Latency::Uniform(Duration::from_millis(10), Duration::from_millis(150));

#[test]
fn the_same_seed_gives_the_same_trace() {
    let (first, second) = (run(5, UNIFORM), run(5, UNIFORM));
    assert!(first.trace().events() > 1_000);
    assert_eq!(first.trace().bytes().len() as u64, first.trace().events() * EVENT_BYTES as u64);
    let parted = first.trace().bytes().chunks(EVENT_BYTES).zip(second.trace().bytes().chunks(EVENT_BYTES));
    assert_eq!(parted.into_iter().position(|(one, other)| one != other), None);
    assert_eq!(first.trace().bytes(), second.trace().bytes());
    assert_eq!(first.trace().digest(), second.trace().digest());
}

#[test]
fn another_seed_gives_another_trace() {
    assert_ne!(run(5, UNIFORM).trace().digest(), run(6, UNIFORM).trace().digest());
}

#[test]
fn another_latency_leaves_members_and_workload_as_they_were() {
    let constant = Latency::Constant(Duration::from_millis(30));
    let (first, second) = (run(5, UNIFORM), run(5, constant));
    assert_ne!(first.trace().digest(), second.trace().digest());
    assert_eq!(first.circle(), second.circle());
    let mut workloads = [Workload::new(first.seeds()), Workload::new(second.seeds())];
    let [one, other] = workloads.each_mut().map(|workload| workload.report(3));
    assert_eq!(one, other);
}
