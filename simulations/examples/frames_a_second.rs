//! How many frames a second of one core the world passes through real engines, beside a bare flood over a binary heap.
//!
//! `cargo run --release -p watchfire-simulations --example frames_a_second [members] [records] [runs]`
//!
//! Time is the time that this process had a core, where the system tells (Linux), so that a busy machine does not spoil
//! the comparison; elsewhere it is wall time. The world runs the real gossip, reconciliation, codec and cryptography; a frame counts when an engine has taken it
//! in. The flood is the reference: 1,000 nodes of eight links, every first copy forwarded to all other links, nothing
//! but a heap of (time, number, node) and one bit a node. Both run in this process, by turns; the medians are printed.

#![allow(clippy::print_stdout)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rand_core::Rng;
use watchfire_simulations::draw;
use watchfire_simulations::seeds::{Factor, Seeds};
use watchfire_simulations::trace::Tracing;
use watchfire_simulations::{Latency, NodeName, Workload, World};

const FLOOD_NODES: usize = 1_000;
const FLOOD_LINKS: usize = 8;
const FLOOD_MESSAGES: usize = 200;

/// Time on a core since the process began, or wall time since the first call.
fn clock() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let on_core = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = on_core.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| BEGAN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// What one run passed, and how long it took.
struct Run {
    frames: u64,
    took: Duration,
}

impl Run {
    fn a_second(&self) -> u64 {
        let per_second = u128::from(self.frames) * 1_000_000_000 / self.took.as_nanos().max(1);
        u64::try_from(per_second).unwrap_or(u64::MAX)
    }
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>().expect("a number"));
    let mut next = |default| numbers.next().unwrap_or(default);
    let (members, records, runs) = (next(200), next(200), next(5).max(1));
    println!("{members} members, {records} records, 30 ms links, no loss, {runs} runs");
    let (mut worlds, mut floods) = (Vec::new(), Vec::new());
    for seed in 0..u64::from(runs) {
        floods.push(flood(seed));
        worlds.push(world(seed, members, records));
    }
    let (engine, heap) = (median(&worlds), median(&floods));
    println!("engines: {engine:>12} frames/s (median)");
    println!("heap:    {heap:>12} frames/s (median)");
    println!("heap / engines: {:.1}", heap as f64 / engine.max(1) as f64);
}

fn median(runs: &[Run]) -> u64 {
    let mut rates: Vec<u64> = runs.iter().map(Run::a_second).collect();
    rates.sort_unstable();
    rates[rates.len() / 2]
}

/// Records spread through real engines. Building the circle and the first twenty seconds, in which links are made, do
/// not count.
fn world(seed: u64, members: u32, records: u32) -> Run {
    let mut world = World::builder()
        .seed(seed)
        .members(members)
        .known(32)
        .latency(Latency::Constant(Duration::from_millis(30)))
        .tracing(Tracing::Off)
        .build();
    world.run_for(Duration::from_secs(20));
    let mut workload = Workload::new(world.seeds());
    let authors: Vec<NodeName> = world.nodes().collect();
    let before = world.statistics().arrived();
    let began = clock();
    for _ in 0..records {
        let (author, report) = (workload.author(&authors), workload.report(5));
        world.publish(author, report).expect("members publish");
        world.run_for(Duration::from_millis(50));
    }
    assert!(world.run_until(Duration::from_secs(60), World::is_settled), "a record did not arrive");
    let run = Run { frames: world.statistics().arrived() - before, took: clock().saturating_sub(began) };
    println!("  {} frames in {:?}; {}", run.frames, run.took, world.spread());
    if seed == 0 {
        println!("{}", world.statistics());
    }
    run
}

/// A flood, and nothing else.
fn flood(seed: u64) -> Run {
    let mut rng = Seeds::new(seed).stream(Factor::Topology);
    let links: Vec<[usize; FLOOD_LINKS]> =
        (0..FLOOD_NODES).map(|_| std::array::from_fn(|_| draw::index(&mut rng, FLOOD_NODES))).collect();
    let origins: Vec<usize> = (0..FLOOD_MESSAGES).map(|_| draw::index(&mut rng, FLOOD_NODES)).collect();
    let delays: Vec<u64> = (0..4096).map(|_| 10_000 + rng.next_u64() % 140_000).collect();
    let began = clock();
    let (mut frames, mut number) = (0u64, 0usize);
    let mut heap = BinaryHeap::new();
    for origin in origins {
        let mut seen = vec![false; FLOOD_NODES];
        heap.push(Reverse((0u64, number, origin)));
        while let Some(Reverse((at, _, node))) = heap.pop() {
            frames += 1;
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            for peer in links[node] {
                number += 1;
                heap.push(Reverse((at + delays[number % delays.len()], number, peer)));
            }
        }
    }
    Run { frames, took: clock().saturating_sub(began) }
}
