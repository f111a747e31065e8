//! What a new epoch costs a circle: how long until its last member seals under it, and what went over the links.
//!
//! `cargo run --release -p watchfire-simulations --example epoch_handover [members]...`
//!
//! A steward deals an epoch because a person wants one; then a member is taken out with the consent of both sides, which
//! has the next epoch dealt by itself. Time is simulated: 30 ms links, every node at work, each knowing sixteen others
//! at the start. Bytes are all that the nodes sent meanwhile of acts, headers and secrets, and a member's share of them.
//!
//! Whole engines have a history each, which up to a thousand members fit in memory. Of larger circles, and beside the
//! engines where they run, it runs the keyrings alone over one history ([`Handover`]), with links as many as the engines
//! keep, also where one frame of a hundred is lost; there sealing and opening take the time that they take here.

#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use watchfire_keys::epoch::Header;
use watchfire_keys::ids::EpochId;
use watchfire_keys::labels::SEAL_EPOCH;
use watchfire_keys::sealing::SealingKey;
use watchfire_protocol::circle::Decision;
use watchfire_protocol::crypto::{Crypto, RealCrypto};
use watchfire_simulations::frame_kind::FrameKind;
use watchfire_simulations::handover::Handover;
use watchfire_simulations::seeds::{Factor, Seeds};
use watchfire_simulations::{NodeName, World};

const SECOND: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(5);
const MOST: Duration = Duration::from_secs(120);
/// The most members that whole engines are run for.
const MOST_ENGINES: u32 = 1_000;
/// How many links a node makes: with those that others make to it, the ten that engines keep.
const LINKS: usize = 5;
/// How long the nodes have to find one another first.
const WARM_UP: Duration = Duration::from_secs(20);

/// Bytes sent so far of what an epoch takes.
fn bytes(world: &World) -> [u64; 2] {
    [FrameKind::Membership, FrameKind::Epochs].map(|kind| world.statistics().of_kind(kind).bytes)
}

/// Runs until all but `gone` seal under one epoch other than `old`; how long that took the half and the last of them.
fn hand_over(world: &mut World, old: Option<EpochId>, gone: Option<NodeName>) -> Option<[Duration; 2]> {
    let begun = world.now();
    let mut waiting: Vec<NodeName> = world.nodes().filter(|node| Some(*node) != gone).collect();
    let members = waiting.len();
    let mut half = None;
    while world.now().since(begun) < MOST {
        world.run_for(STEP);
        let seals = |node: &NodeName| {
            let epoch = world.engine(*node).and_then(|engine| engine.epoch());
            epoch.is_some() && epoch != old
        };
        waiting.retain(|node| !seals(node));
        if waiting.len() * 2 <= members {
            half.get_or_insert(world.now().since(begun));
        }
        if waiting.is_empty() {
            return Some([half?, world.now().since(begun)]);
        }
    }
    None
}

fn report(
    world: &World,
    what: &str,
    members: u32,
    before: [u64; 2],
    took: Option<[Duration; 2]>,
    wall: Duration,
) {
    let [acts, secrets] = bytes(world);
    let (acts, secrets) = (acts - before[0], secrets - before[1]);
    let share = |bytes: u64| bytes / u64::from(members);
    match took {
        Some([half, last]) => println!(
            "{what:<8} half after {:>5} ms, the last after {:>5} ms; acts and headers {:>6} KB ({} B each), \
             secrets {:>6} KB ({} B each); {} s of work",
            half.as_millis(),
            last.as_millis(),
            acts / 1024,
            share(acts),
            secrets / 1024,
            share(secrets),
            wall.as_secs(),
        ),
        None => println!("{what:<8} not everybody within {} s", MOST.as_secs()),
    }
}

fn measure(members: u32) {
    let wall = Instant::now();
    let mut world = World::builder().seed(u64::from(members)).members(members).founders(4).known(16).build();
    world.run_for(WARM_UP);
    let sized = |header: &Header| header.to_bytes().len();
    println!("{members} members ({} s to build and warm up)", wall.elapsed().as_secs());

    let old = world.engine(NodeName(0)).and_then(|engine| engine.epoch());
    let (before, wall) = (bytes(&world), Instant::now());
    let dealt = Instant::now();
    let epoch = world.rotate(NodeName(0)).expect("a steward deals when it likes");
    let dealing = dealt.elapsed();
    let took = hand_over(&mut world, old, None);
    report(&world, "rotate", members, before, took, wall.elapsed());
    let header =
        world.engine(NodeName(0)).and_then(|engine| engine.keyring().header(&epoch).map(|h| sized(h)));
    println!(
        "         dealing took {} us, its header is {} bytes",
        dealing.as_micros(),
        header.unwrap_or_default()
    );

    world.run_for(SECOND);
    let gone = NodeName(members - 1);
    let old = world.engine(NodeName(0)).and_then(|engine| engine.epoch());
    let act = world.remove(NodeName(0), gone).expect("a steward proposes");
    world.run_for(5 * SECOND);
    let (before, wall) = (bytes(&world), Instant::now());
    world.decide(NodeName(1), act, Decision::Approve).expect("a steward of the other side approves");
    let took = hand_over(&mut world, old, Some(gone));
    report(&world, "remove", members, before, took, wall.elapsed());
}

/// How long it takes here to seal one secret and to open one: the median of so many.
fn work() -> [Duration; 2] {
    const TIMES: usize = 101;
    let mut rng = Seeds::new(0).stream(Factor::Workload);
    let key = SealingKey::generate(&mut rng);
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        let start = Instant::now();
        let sealed =
            RealCrypto.seal_to(&key.public(), SEAL_EPOCH, &[], &[7; 32], &mut rng).expect("a sound key");
        took[0].push(start.elapsed());
        let start = Instant::now();
        RealCrypto.open_sealed(&key, SEAL_EPOCH, &[], &sealed).expect("what was sealed to it");
        took[1].push(start.elapsed());
    }
    took.map(|mut times| {
        times.sort_unstable();
        times[TIMES / 2]
    })
}

fn measure_keyrings(members: u32, lost_per_mille: u32, [seal, open]: [Duration; 2]) {
    let latency = Duration::from_millis(30);
    let seed = u64::from(members);
    let wall = Instant::now();
    let course = Handover { seed, members, links: LINKS, latency, lost_per_mille, seal, open }.run();
    println!(
        "keyrings of {members}, {lost_per_mille} frames of a thousand lost: {} served, half after {} ms, the last after {} ms; \
         header {} B; headers {} KB ({} B each), requests {} KB, grants {} KB ({} B each), {} at most by one; {} s of work",
        course.holders,
        course.half.as_millis(),
        course.last.as_millis(),
        course.header,
        course.headers / 1024,
        course.headers / seed,
        course.asks / 1024,
        course.grants / 1024,
        course.grants / seed,
        course.most_grants,
        wall.elapsed().as_secs(),
    );
}

fn main() {
    let asked: Vec<u32> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100, 1_000, 10_000] } else { asked };
    let work = work();
    println!("sealing a secret takes {} us here, opening it {} us", work[0].as_micros(), work[1].as_micros());
    for members in sizes.into_iter().map(|members| members.max(16)) {
        measure_keyrings(members, 0, work);
        measure_keyrings(members, 10, work);
        if members <= MOST_ENGINES {
            measure(members);
        }
    }
}
