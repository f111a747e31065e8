//! A stolen publisher key, ended by its organisation alone: what lies beyond the last record that it vouches for is void
//! everywhere, whenever it came.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use watchfire_keys::ids::RecordId;
use watchfire_protocol::circle::Cut;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{OwnAct, Refusal, Standing};
use watchfire_protocol::publication::{Author, split};
use watchfire_protocol::record::{Position, SignedRecord};
use watchfire_protocol::rules::Rule;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const OWNER: NodeName = NodeName(4);
const AWAY: NodeName = NodeName(7);

/// A report under the owner's publisher key, at a place in its chain that the thief chooses.
fn forged(world: &World, workload: &mut Workload, next: Position) -> SignedRecord {
    let person = world.person(OWNER);
    let author = Author { circle: world.circle(), member: person.member(), key: &person.identity.publisher };
    let at = world.clock(OWNER);
    let signed = split(workload.report(2), at).unwrap().sign(&RealCrypto, author, next, at);
    signed.unwrap().remove(0)
}

fn kept(world: &World, node: NodeName) -> BTreeSet<RecordId> {
    world.on_disk(node).copied().collect()
}

#[test]
fn what_a_thief_signed_is_void_everywhere_whenever_it_came() {
    let mut world = World::builder().seed(111).build();
    let mut workload = Workload::new(world.seeds());
    world.run_for(10 * SECOND);
    let own: Vec<RecordId> =
        (0..2).map(|_| world.publish(OWNER, workload.report(2)).unwrap().records[0]).collect();
    world.publish(NodeName(1), workload.report(2)).unwrap();
    assert!(world.run_until(10 * SECOND, World::is_settled));

    // The thief goes on where the owner was; everybody takes it for the owner.
    let thief = world.stranger();
    let mut false_ones = Vec::new();
    let mut next = Position { seq: 2, prev: Some(own[1]) };
    for _ in 0..3 {
        let record = forged(&world, &mut workload, next);
        let id = world.smuggle(thief, NodeName(5), &record);
        false_ones.push(id);
        next = Position { seq: next.seq + 1, prev: Some(id) };
    }
    let members: Vec<NodeName> = (0..8).map(NodeName).collect();
    let fooled = |world: &World| members.iter().all(|node| world.has(*node, &false_ones[2]));
    assert!(world.run_until(10 * SECOND, fooled));
    world.stop(AWAY);

    let key = world.person(OWNER).identity.publisher.public();
    let stands = Standing::UpTo(own[1]);
    world.own(OWNER, OwnAct::Revoke { key, stands }).unwrap();
    let awake: Vec<NodeName> = members.iter().copied().filter(|node| *node != AWAY).collect();
    let shown = |world: &World| awake.iter().any(|node| false_ones.iter().any(|id| world.has(*node, id)));
    assert!(world.run_until(SECOND, |world| !shown(world)), "within a second");
    for node in &awake {
        assert!(own.iter().all(|id| world.has(*node, id)), "what the owner vouches for stands");
        assert!(!false_ones.iter().any(|id| kept(&world, *node).contains(id)));
        let cut = Cut { signer: key, last: Some((1, own[1])) };
        assert_eq!(world.engine(*node).unwrap().roster().unwrap().cuts.get(&key), Some(&cut));
    }

    // What comes now is void on arrival: beyond the end, and in the place of what stands.
    let beyond = forged(&world, &mut workload, next);
    let first = forged(&world, &mut workload, Position::FIRST);
    let beside = forged(&world, &mut workload, Position { seq: 1, prev: Some(own[0]) });
    for record in [&beyond, &first, &beside] {
        let id = world.smuggle(thief, NodeName(6), record);
        world.run_for(5 * SECOND);
        assert!(!members.iter().any(|node| kept(&world, *node).contains(&id)));
    }
    assert_eq!(world.statistics().broken(Rule::RecordVoid), 0, "nobody carries it, so nobody is blamed");
    assert_eq!(
        world.publish(OWNER, workload.report(1)),
        Err(Refusal::KeyEnded),
        "nor does the owner go on with it"
    );

    // One that was away hears of it later, and forgets what it had.
    assert!(kept(&world, AWAY).contains(&false_ones[0]));
    world.start(AWAY);
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    let all: BTreeSet<BTreeSet<RecordId>> = members.iter().map(|node| kept(&world, *node)).collect();
    assert_eq!(all.len(), 1, "every node keeps the same records");
    world.restart(NodeName(5));
    world.run_for(20 * SECOND);
    world.assert_promises();
}

#[test]
fn a_key_that_was_only_replaced_keeps_all_its_records() {
    let mut world = World::builder().seed(112).build();
    let mut workload = Workload::new(world.seeds());
    world.run_for(10 * SECOND);
    let own: Vec<RecordId> =
        (0..3).map(|_| world.publish(OWNER, workload.report(2)).unwrap().records[0]).collect();
    let key = world.person(OWNER).identity.publisher.public();
    world.own(OWNER, OwnAct::Revoke { key, stands: Standing::Known }).unwrap();
    assert!(world.run_until(20 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    assert!(world.void().is_empty());
    assert!(world.nodes().all(|node| own.iter().all(|id| world.has(node, id))));
}
