//! Two halves of a circle, each with stewards of both sides, decide without knowing of one another; healed, they agree.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use watchfire_keys::ids::{ActId, RecordId};
use watchfire_protocol::circle::{Decision, Role};
use watchfire_protocol::engine::Phase;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
/// Nodes of even numbers are of one side, those of odd ones of the other; 0 to 5 are stewards.
const LEFT: [NodeName; 6] = [NodeName(0), NodeName(1), NodeName(6), NodeName(7), NodeName(8), NodeName(9)];
const RIGHT: [NodeName; 6] = [NodeName(2), NodeName(3), NodeName(4), NodeName(5), NodeName(10), NodeName(11)];

fn publish(world: &mut World, workload: &mut Workload, authors: &[NodeName]) -> Vec<RecordId> {
    let reports = authors.iter().map(|author| world.publish(*author, workload.report(2)).unwrap());
    reports.flat_map(|publication| publication.records).collect()
}

fn approve(world: &mut World, by: NodeName, act: ActId) {
    let known = |world: &World| world.engine(by).unwrap().log().unwrap().act(&act).is_some();
    assert!(world.run_until(5 * SECOND, known));
    world.decide(by, act, Decision::Approve).unwrap();
}

/// One half takes `gone` out, who is in the other; that one adds somebody and rotates meanwhile.
fn one_removes_while_the_other_adds(seed: u64, gone: NodeName) {
    let mut world = World::builder().seed(seed).members(12).founders(6).build();
    let mut workload = Workload::new(world.seeds());
    world.run_for(10 * SECOND);
    let everybody: Vec<NodeName> = world.nodes().collect();
    let before = publish(&mut world, &mut workload, &everybody);
    assert!(world.run_until(20 * SECOND, World::is_settled));

    world.cut(&[&LEFT, &RIGHT]);
    let removal = world.remove(LEFT[0], gone).unwrap();
    approve(&mut world, LEFT[1], removal);
    let newcomer = world.newcomer("republican");
    let card = world.person(newcomer).card.clone();
    let adding = world.invite(NodeName(4), &card, Role::Publisher).unwrap();
    approve(&mut world, NodeName(5), adding);
    let contacts = world.engine(NodeName(4)).unwrap().contacts();
    world.cut(&[&LEFT, &[&RIGHT[..], &[newcomer]].concat()]);
    world.join(newcomer, contacts);
    world.run_for(20 * SECOND);
    world.rotate(NodeName(3)).unwrap();
    world.run_for(5 * SECOND);
    assert_eq!(world.engine(newcomer).unwrap().phase(), Phase::Member);
    // Both halves go on, the removed with the half that does not know.
    let left = publish(&mut world, &mut workload, &LEFT);
    let right = publish(&mut world, &mut workload, &RIGHT);
    world.run_for(20 * SECOND);
    let late: Vec<RecordId> = right.iter().copied().filter(|id| world.published()[id].0 == gone).collect();
    assert_eq!(late.len(), 1);
    assert!(world.has(newcomer, &late[0]), "it stands where its removal is not known");
    assert!(!LEFT.iter().any(|node| world.has(*node, &right[0])));

    world.distrust(gone);
    world.heal();
    let remaining: Vec<NodeName> = world.nodes().filter(|node| *node != gone).collect();
    let agreed = |world: &World| {
        let rosters = remaining.iter().map(|node| world.engine(*node).unwrap().roster().unwrap());
        let frontiers: BTreeSet<&Vec<ActId>> = rosters.map(|roster| &roster.frontier).collect();
        let epochs: BTreeSet<_> = remaining.iter().map(|node| world.engine(*node).unwrap().epoch()).collect();
        frontiers.len() == 1 && epochs.len() == 1 && !epochs.contains(&None) && world.is_settled()
    };
    assert!(world.run_until(180 * SECOND, agreed), "{:?}", world.broken_promises());
    let roster = world.engine(NodeName(0)).unwrap().roster().unwrap().clone();
    for node in &remaining {
        assert_eq!(world.engine(*node).unwrap().roster().unwrap(), &roster);
    }
    assert!(!roster.is_member(&world.person(gone).member()) && roster.is_member(&card.member()));
    // Everything that stands is read by everybody, the newcomer too, and what came after the end by nobody.
    let standing = before.iter().chain(&left).chain(right.iter().filter(|id| !late.contains(id)));
    for id in standing {
        assert!(remaining.iter().all(|node| world.has(*node, id)));
    }
    assert!(!remaining.iter().any(|node| world.has(*node, &late[0])));
    assert_eq!(world.engine(gone).unwrap().phase(), Phase::Removed);
    let epoch = world.engine(NodeName(0)).unwrap().epoch().unwrap();
    assert!(world.engine(gone).unwrap().keyring().secret(&epoch).is_none());
    let after = publish(&mut world, &mut workload, &remaining);
    assert!(world.run_until(20 * SECOND, World::is_settled));
    assert!(!after.iter().any(|id| world.has(gone, id)));
    world.assert_promises();
}

#[test]
fn a_publisher_is_out_and_the_newcomer_is_in() {
    one_removes_while_the_other_adds(121, NodeName(10));
}

#[test]
fn a_steward_is_out_and_whom_others_added_is_in() {
    one_removes_while_the_other_adds(122, NodeName(2));
}
