//! Whoever is taken out gets no record, no presence and no link any more, and the others go on within two seconds.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_keys::ids::{EpochId, RecordId};
use watchfire_protocol::circle::Decision;
use watchfire_protocol::engine::{Event, Phase, Refusal};
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
/// A steward of one side and one of the other, neither of whom goes.
const STEWARDS: [NodeName; 2] = [NodeName(2), NodeName(1)];

fn others(world: &World, gone: NodeName) -> Vec<NodeName> {
    world.nodes().filter(|node| *node != gone).collect()
}

/// The one epoch under which all of these seal.
fn common_epoch(world: &World, nodes: &[NodeName]) -> Option<EpochId> {
    let mut epochs = nodes.iter().map(|node| world.engine(*node)?.epoch());
    let first = epochs.next()??;
    epochs.all(|epoch| epoch == Some(first)).then_some(first)
}

fn publish(world: &mut World, workload: &mut Workload, authors: &[NodeName]) -> Vec<RecordId> {
    let reports = authors.iter().map(|author| world.publish(*author, workload.report(2)).unwrap());
    reports.flat_map(|publication| publication.records).collect()
}

/// Takes a member out with the consent of both sides.
fn remove(world: &mut World, gone: NodeName) {
    let act = world.remove(STEWARDS[0], gone).unwrap();
    let known = |world: &World| world.engine(STEWARDS[1]).unwrap().log().unwrap().act(&act).is_some();
    assert!(world.run_until(SECOND, known));
    world.decide(STEWARDS[1], act, Decision::Approve).unwrap();
    world.distrust(gone);
}

fn taken_out_while_it_runs(seed: u64, gone: NodeName) {
    let mut world = World::builder().seed(seed).build();
    let mut workload = Workload::new(world.seeds());
    let everybody: Vec<NodeName> = world.nodes().collect();
    world.run_for(10 * SECOND);
    let before = publish(&mut world, &mut workload, &everybody);
    assert!(world.run_until(10 * SECOND, World::is_settled));
    let old = common_epoch(&world, &everybody).unwrap();

    remove(&mut world, gone);
    let others = others(&world, gone);
    let went_on = |world: &World| common_epoch(world, &others).is_some_and(|epoch| epoch != old);
    assert!(world.run_until(2 * SECOND, went_on), "a new epoch at everybody within two seconds");
    let new = common_epoch(&world, &others).unwrap();
    let engine = world.engine(gone).unwrap();
    assert_eq!((engine.phase(), engine.link_count()), (Phase::Removed, 0));
    assert!(world.events(gone).iter().any(|(_, event)| *event == Event::Removed));
    for other in &others {
        let links = world.engine(*other).unwrap().greeted_links();
        assert!(links.iter().all(|link| link.peer != gone), "{other:?} is linked to it");
        assert!(world.engine(*other).unwrap().presences(&world.person(gone).member()).next().is_none());
    }

    // It runs on, and is started once more; from now on not one frame comes to it.
    world.tap(gone);
    let after = publish(&mut world, &mut workload, &others);
    assert!(world.run_until(10 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.run_for(120 * SECOND);
    world.restart(gone);
    world.run_for(120 * SECOND);
    assert_eq!(world.received(gone), []);
    let engine = world.engine(gone).unwrap();
    assert_eq!((engine.phase(), engine.link_count()), (Phase::Removed, 0));
    assert!(engine.keyring().header(&new).is_none());
    assert_eq!(engine.record_count(), before.len(), "what it had it still has");
    assert!(before.iter().all(|id| world.has(gone, id)) && !after.iter().any(|id| world.has(gone, id)));
    assert!(before.iter().all(|id| others.iter().all(|node| world.has(*node, id))), "its own stand, too");
    let report = workload.report(1);
    assert_eq!(world.publish(gone, report), Err(Refusal::Removed));
    world.assert_promises();
}

#[test]
fn a_publisher_that_is_taken_out_gets_nothing_more() {
    taken_out_while_it_runs(101, NodeName(4));
}

#[test]
fn a_steward_and_founder_that_is_taken_out_gets_nothing_more() {
    taken_out_while_it_runs(102, NodeName(0));
}

#[test]
fn one_that_was_off_when_it_was_taken_out_is_answered_as_a_stranger() {
    for gone in [NodeName(0), NodeName(4)] {
        let mut world = World::builder().seed(103).build();
        let mut workload = Workload::new(world.seeds());
        world.run_for(10 * SECOND);
        world.stop(gone);
        remove(&mut world, gone);
        let others = others(&world, gone);
        assert!(world.run_until(2 * SECOND, |world| common_epoch(world, &others).is_some()));
        let after = publish(&mut world, &mut workload, &others);
        assert!(world.run_until(10 * SECOND, World::is_settled));
        world.tap(gone);
        world.start(gone);
        world.run_for(120 * SECOND);
        // It does not learn why: whoever calls it or is called by it ends the link at the first hello.
        assert_eq!(world.engine(gone).unwrap().phase(), Phase::Member);
        assert_eq!(world.engine(gone).unwrap().greeted_links(), []);
        assert!(!after.iter().any(|id| world.has(gone, id)));
        let member = world.person(gone).member();
        let presence = |node: &NodeName| world.engine(*node).unwrap().presences(&member).next();
        assert!(others.iter().all(|node| presence(node).is_none()));
        // Nobody told it anything but a hello that anybody gets who is called.
        let largest = world.received(gone).iter().map(|(_, frame)| frame.len()).max().unwrap_or(0);
        assert!(largest <= watchfire_protocol::greeting::MAX_HELLO_BYTES, "{largest}");
        world.assert_promises();
    }
}
