//! Members that repeat, mix up and damage whatever they hear: nobody panics, and among the others every promise holds.
//!
//! Each seed draws a scenario of its own; `WATCHFIRE_SEEDS=FIRST..END` runs others than the ones that run by default.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use watchfire_simulations::draw::{below, index, per_mille};
use watchfire_simulations::frame_kind::FrameKind;
use watchfire_simulations::seeds::{Factor, Seeds, asked_for};
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const MEMBERS: u32 = 14;
const HOSTILE: u32 = 5;
/// A hostile member sends so many frames a second: some are worse than others, and it is not thrown out for number.
const FRAMES: u64 = 60;

/// Changes a frame a little, so that it still looks like one.
fn damage(frame: &mut Vec<u8>, rng: &mut ChaCha12Rng) {
    let place = index(rng, frame.len());
    match below(rng, 4) {
        0 => frame.truncate(place),
        1 => frame.push(0),
        2 => frame[place] ^= 1 << below(rng, 8),
        _ => frame[place] = [0, 1, 0x7f, 0xfa, 0xfb, 0xff][index(rng, 6)],
    }
}

/// Sends what any hostile member heard, to any neighbour of any hostile member.
fn meddle(world: &mut World, hostile: &[NodeName], rng: &mut ChaCha12Rng, damaged_per_mille: u32) {
    let heard = hostile.iter().flat_map(|node| world.received(*node)).map(|(_, frame)| frame);
    // A greeting out of place ends the link, so those who want to stay keep off it.
    let heard: Vec<Vec<u8>> = heard
        .filter(|frame| damaged_per_mille > 10 || FrameKind::of(frame) != FrameKind::Greeting)
        .cloned()
        .collect();
    for from in hostile {
        let neighbours: Vec<NodeName> = world.nodes().filter(|to| world.is_linked(*from, *to)).collect();
        for _ in 0..FRAMES {
            if neighbours.is_empty() || heard.is_empty() {
                break;
            }
            let mut frame = heard[index(rng, heard.len())].clone();
            if per_mille(rng, damaged_per_mille) && !frame.is_empty() {
                damage(&mut frame, rng);
            }
            world.send(*from, neighbours[index(rng, neighbours.len())], frame.into());
        }
    }
}

#[test]
fn whatever_hostile_members_send_the_others_agree() {
    for seed in asked_for(0..4) {
        let mut rng = Seeds::new(seed).stream(Factor::Topology);
        let mut world = World::builder().seed(seed).members(MEMBERS).known(6).build();
        let hostile: Vec<NodeName> = (MEMBERS - HOSTILE..MEMBERS).map(NodeName).collect();
        for node in &hostile {
            world.distrust(*node);
            world.tap(*node);
        }
        let honest: Vec<NodeName> = world.nodes().filter(|node| !hostile.contains(node)).collect();
        let mut workload = Workload::new(world.seeds());
        // A member that damages frames is soon thrown out; one that only repeats them stays.
        let damaged_per_mille = [0, 2, 50][index(&mut rng, 3)];
        for _ in 0..40 {
            let author = honest[index(&mut rng, honest.len())];
            world.publish(author, workload.report(2)).unwrap();
            meddle(&mut world, &hostile, &mut rng, damaged_per_mille);
            world.run_for(SECOND);
        }
        let settled = world.run_until(120 * SECOND, World::is_settled);
        let left = hostile.iter().flat_map(|node| honest.iter().map(|other| world.is_linked(*node, *other)));
        println!(
            "seed {seed}: {damaged_per_mille} per mille damaged, {} links to hostile members left, settled {settled} at {}",
            left.filter(|linked| *linked).count(),
            world.now(),
        );
        if !settled {
            println!("{}", world.statistics());
        }
        world.assert_promises();
        for node in &honest {
            let linked = honest.iter().filter(|other| world.is_linked(*node, **other)).count();
            assert!(linked >= 3, "seed {seed}: {node:?} has {linked} honest neighbours left");
        }
    }
}
