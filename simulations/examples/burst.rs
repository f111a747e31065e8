//! 300 records at once into 500 engines: is one lost?
//!
//! `cargo run --release -p watchfire-simulations --example burst [members] [records] [lost per mille] [seed]`
//!
//! All records are published in one and the same virtual millisecond by members drawn at random. The links take 10 to
//! 150 ms and lose some frames; nodes start with the presences of 32 others. Delivery is complete when every node was
//! shown every record; how much of it came by gossip alone is what had arrived before the first reconciliation could be
//! due, ten seconds later.

#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use watchfire_simulations::seeds::Seeds;
use watchfire_simulations::trace::Tracing;
use watchfire_simulations::{Latency, NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
/// After this long the run counts as failed.
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>().expect("a number"));
    let mut next = |default| numbers.next().unwrap_or(default);
    let (members, records, lost, seed) = (next(500), next(300), next(10), next(1));
    println!("{records} records at once into {members} engines, {lost} of 1,000 frames lost, seed {seed}");
    let begun = Instant::now();
    let mut world = World::builder()
        .seed(u64::from(seed))
        .members(members)
        .founders(4)
        .known(32)
        .latency(Latency::Uniform(Duration::from_millis(10), Duration::from_millis(150)))
        .loss_per_mille(lost)
        .tracing(Tracing::Off)
        .build();
    world.run_for(20 * SECOND);
    println!("linked after {} s of work", begun.elapsed().as_secs());

    let mut workload = Workload::new(Seeds::new(u64::from(seed)));
    let nodes: Vec<NodeName> = world.nodes().collect();
    let at = world.now();
    for _ in 0..records {
        let author = workload.author(&nodes);
        world.publish(author, workload.report(3)).expect("a member publishes");
    }
    let due = nodes.len() * records as usize;
    let shown = |world: &World| nodes.iter().map(|node| world.deliveries(*node).len()).sum::<usize>();
    for seconds in [1, 2, 5, 10] {
        world.run_for(at.after(seconds * SECOND).since(world.now()));
        let shown = shown(&world);
        println!("after {seconds:>2} s: {shown} of {due} deliveries ({:.3} %)", percent(shown, due));
    }
    let whole = world.run_until(PATIENCE, |world| shown(world) == due);
    println!(
        "{}: {} of {due} deliveries; {} s of work",
        if whole { "none lost" } else { "LOST" },
        shown(&world),
        begun.elapsed().as_secs(),
    );
    println!("{}", world.spread());
    world.assert_promises();
    assert!(whole, "records are missing after {PATIENCE:?}");
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
