//! A member with two nodes: each gets every record, one catches up from the other, and what they sign beside one another
//! comes to one history everywhere.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::Phase;
use watchfire_protocol::publication::{Author, split};
use watchfire_protocol::record::{Position, SignedRecord};
use watchfire_simulations::seeds::Factor;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const FIRST: NodeName = NodeName(4);
const OTHER: NodeName = NodeName(1);

/// A world of eight members, one of them with a second node that has come to the circle.
fn scene(seed: u64) -> (World, NodeName, Workload) {
    let mut world = World::builder().seed(seed).build();
    let workload = Workload::new(world.seeds());
    world.run_for(10 * SECOND);
    let second = world.second_node(FIRST);
    let contacts = world.engine(OTHER).unwrap().contacts();
    world.run_for(2 * SECOND);
    world.join(second, contacts);
    let is_in = |world: &World| {
        let engine = world.engine(second).unwrap();
        engine.phase() == Phase::Member && engine.can_seal()
    };
    assert!(world.run_until(60 * SECOND, is_in));
    (world, second, workload)
}

#[test]
fn each_gets_every_record_and_one_catches_up_from_the_other() {
    let (mut world, second, mut workload) = scene(121);
    for node in [OTHER, FIRST, second, NodeName(7)] {
        let records = world.publish(node, workload.report(3)).unwrap().records;
        let everywhere =
            |world: &World| world.nodes().all(|node| records.iter().all(|id| world.has(node, id)));
        assert!(world.run_until(10 * SECOND, everywhere), "{:?}", world.broken_promises());
    }
    // Others know both, and the two know one another.
    let member = world.person(FIRST).member();
    let known = |world: &World, at: NodeName| world.engine(at).unwrap().presences(&member).count();
    assert!(world.run_until(60 * SECOND, |world| known(world, OTHER) == 2 && known(world, second) == 1));

    // The second is off for a while, and afterwards reaches nobody but the first.
    world.stop(second);
    for node in [OTHER, FIRST, NodeName(6)] {
        world.publish(node, workload.report(2)).unwrap();
    }
    world.run_for(10 * SECOND);
    world.cut(&[&[FIRST, second]]);
    world.start(second);
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());

    // The other way round: what the first lacks, it gets from the second.
    world.heal();
    world.stop(FIRST);
    world.publish(second, workload.report(2)).unwrap();
    world.publish(OTHER, workload.report(2)).unwrap();
    world.run_for(60 * SECOND);
    world.cut(&[&[FIRST, second]]);
    world.start(FIRST);
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.heal();
    world.run_for(60 * SECOND);
    world.assert_promises();
    assert!(world.nodes().all(|node| !world.engine(node).unwrap().has_twin()));
}

/// The first record of a key that the member has delegated.
fn signed(world: &World, workload: &mut Workload, at: NodeName, key: &SigningKey) -> SignedRecord {
    let author = Author { circle: world.circle(), member: world.person(at).member(), key };
    let now = world.clock(at);
    split(workload.report(2), now).unwrap().sign(&RealCrypto, author, Position::FIRST, now).unwrap().remove(0)
}

#[test]
fn of_two_delegations_beside_one_another_one_stands_and_the_records_of_the_other_go() {
    let (mut world, second, mut workload) = scene(122);
    let rest: Vec<NodeName> = world.nodes().filter(|node| *node != second).collect();
    world.cut(&[&rest, &[second, NodeName(7), NodeName(3)]]);
    world.run_for(60 * SECOND);
    let seeds = world.seeds();
    let mut keys = (1_000..).map(|n| SigningKey::generate(&mut seeds.stream(Factor::Identity(n))));
    let mut records: Vec<RecordId> = Vec::new();
    let mut acts = Vec::new();
    for node in [FIRST, second] {
        let key = keys.next().unwrap();
        acts.push(world.delegate(node, key.public(), Scopes::PUBLISH).unwrap());
        let record = signed(&world, &mut workload, node, &key);
        records.extend(world.submit(node, vec![record]).unwrap().records);
    }
    let in_halves = |world: &World| world.has(OTHER, &records[0]) && world.has(NodeName(3), &records[1]);
    assert!(world.run_until(20 * SECOND, in_halves), "each half has its own");

    world.heal();
    assert!(world.run_until(120 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    // The act with the lower id counts.
    let stands = usize::from(acts[1] < acts[0]);
    for node in world.nodes() {
        let kept: BTreeSet<RecordId> = world.on_disk(node).copied().collect();
        assert_eq!(kept, BTreeSet::from([records[stands]]), "{node:?}");
        assert!(world.has(node, &records[stands]) && !world.has(node, &records[1 - stands]));
    }
    // Nor does it come back.
    for node in [FIRST, NodeName(3)] {
        world.restart(node);
    }
    world.run_for(60 * SECOND);
    world.assert_promises();
    assert!(world.nodes().all(|node| !world.has(node, &records[1 - stands])));
}
