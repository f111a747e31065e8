//! Enough links to every side, not too many, and not the same ones for ever.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::time::Duration;

use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);

fn neighbours(world: &World, node: NodeName) -> BTreeSet<NodeName> {
    world.engine(node).unwrap().greeted_links().into_iter().map(|link| link.peer).collect()
}

/// How many links a node has to its own side, and to others.
fn by_side(world: &World, node: NodeName) -> (usize, usize) {
    let linked = neighbours(world, node);
    let own = linked.iter().filter(|peer| world.side(**peer) == world.side(node)).count();
    (own, linked.len() - own)
}

#[test]
fn every_node_keeps_links_to_both_sides_and_they_change_while_alerts_flow() {
    let mut world = World::builder().seed(71).members(40).build();
    world.run_for(20 * SECOND);
    let before: Vec<BTreeSet<NodeName>> = world.nodes().map(|node| neighbours(&world, node)).collect();
    let mut workload = Workload::new(world.seeds());
    for round in 0..30 {
        world.publish(NodeName(round % 40), workload.report(2)).unwrap();
        world.run_for(10 * SECOND);
    }
    world.assert_promises();
    assert!(world.spread().per_mille(999) < SECOND, "{}", world.spread());
    for node in world.nodes() {
        let (own, others) = by_side(&world, node);
        assert!((4..=16).contains(&own) && (4..=16).contains(&others), "{node:?}: {own} and {others}");
    }
    let kept = |(node, before): (NodeName, &BTreeSet<NodeName>)| {
        neighbours(&world, node).intersection(before).count()
    };
    let kept: usize = world.nodes().zip(&before).map(kept).sum();
    let all: usize = before.iter().map(BTreeSet::len).sum();
    println!("{kept} of {all} ends of links are the same as five minutes ago");
    println!("{}", world.spread());
    assert!(kept < all * 3 / 4, "{kept} of {all}");
}
