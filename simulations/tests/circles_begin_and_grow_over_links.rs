//! Founding, inviting and joining, with nothing but links between the people.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_protocol::circle::{Decision, Role};
use watchfire_protocol::engine::{Event, Phase, Refusal};
use watchfire_protocol::rules::Rule;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);

fn phase(world: &World, node: NodeName) -> Phase {
    world.engine(node).unwrap().phase()
}

#[test]
fn two_founders_sign_and_exchange_a_record() {
    let mut world = World::builder().seed(31).members(2).founding();
    let founded = |world: &World| world.nodes().all(|node| phase(world, node) == Phase::Member);
    assert!(world.run_until(30 * SECOND, founded));
    let sealing = |world: &World| world.nodes().all(|node| world.engine(node).unwrap().can_seal());
    assert!(world.run_until(30 * SECOND, sealing));
    let epochs: Vec<_> = world.nodes().map(|node| world.engine(node).unwrap().epoch()).collect();
    assert_eq!(epochs[0], epochs[1]);
    let mut workload = Workload::new(world.seeds());
    for author in 0..2 {
        let published = world.publish(NodeName(author), workload.report(2)).unwrap();
        assert!(!published.waiting);
    }
    assert!(world.run_until(SECOND, World::is_settled));
    world.assert_promises();
}

#[test]
fn eight_founders_of_three_sides_found_a_circle_over_lossy_links() {
    let sides = ["democratic", "nonpartisan", "republican"];
    let mut world = World::builder().seed(32).sides(&sides).members(8).loss_per_mille(50).founding();
    let ready = |world: &World| world.nodes().all(|node| world.engine(node).unwrap().can_seal());
    assert!(world.run_until(60 * SECOND, ready));
    let mut workload = Workload::new(world.seeds());
    for author in world.nodes() {
        world.publish(author, workload.report(2)).unwrap();
    }
    assert!(world.run_until(60 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
}

#[test]
fn nothing_begins_before_every_founder_has_signed() {
    let late = NodeName(3);
    let mut world = World::builder().seed(33).members(4).away(&[late]).founding();
    world.run_for(20 * SECOND);
    assert_eq!(world.engine(NodeName(0)).unwrap().draft().unwrap().missing().len(), 1);
    let report = Workload::new(world.seeds()).report(1);
    assert_eq!(world.publish(NodeName(0), report), Err(Refusal::NotMember));
    world.start(late);
    let ready = |world: &World| world.nodes().all(|node| world.engine(node).unwrap().can_seal());
    assert!(world.run_until(60 * SECOND, ready));
}

/// A world of two sides with a newcomer whom one side has proposed, and who calls its contacts.
fn invited(seed: u64) -> (World, NodeName, watchfire_keys::ids::ActId) {
    let mut world = World::builder().seed(seed).members(8).build();
    world.run_for(10 * SECOND);
    let steward = world.of_side("democratic")[0];
    let newcomer = world.newcomer("republican");
    let card = world.person(newcomer).card.clone();
    let act = world.invite(steward, &card, Role::Publisher).unwrap();
    let contacts = world.engine(steward).unwrap().contacts();
    world.join(newcomer, contacts);
    (world, newcomer, act)
}

#[test]
fn a_newcomer_whom_one_side_approved_reads_nothing_until_the_other_side_approves() {
    let (mut world, newcomer, act) = invited(34);
    let mut workload = Workload::new(world.seeds());
    let before = world.publish(NodeName(4), workload.report(2)).unwrap().records[0];
    world.run_for(40 * SECOND);
    assert_eq!(phase(&world, newcomer), Phase::Waiting);
    assert!(world.deliveries(newcomer).is_empty());
    assert!(world.engine(newcomer).unwrap().roster().is_none(), "acts are for members");

    let other = world.of_side("republican")[0];
    world.decide(other, act, Decision::Approve).unwrap();
    let reads = |world: &World| world.has(newcomer, &before);
    assert!(world.run_until(30 * SECOND, reads), "the history that the charter grants");
    assert_eq!(phase(&world, newcomer), Phase::Member);
    assert!(world.events(newcomer).iter().any(|(_, event)| *event == Event::Joined));

    let after = world.publish(NodeName(4), workload.report(2)).unwrap().records[0];
    assert!(world.run_until(5 * SECOND, |world| world.has(newcomer, &after)));
    assert!(world.run_until(30 * SECOND, |world| world.engine(newcomer).unwrap().can_seal()));
    world.publish(newcomer, workload.report(2)).unwrap();
    assert!(world.run_until(30 * SECOND, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
    assert_eq!(
        world.statistics().broken(Rule::FrameBeforeGreeting),
        0,
        "nobody is blamed for a sealed opening"
    );
}

#[test]
fn a_refused_newcomer_stays_out() {
    let (mut world, newcomer, act) = invited(35);
    let other = world.of_side("republican")[0];
    world.run_for(5 * SECOND);
    world.decide(other, act, Decision::Refuse).unwrap();
    let report = Workload::new(world.seeds()).report(2);
    world.publish(NodeName(4), report).unwrap();
    world.run_for(30 * SECOND);
    assert_eq!(phase(&world, newcomer), Phase::Waiting);
    assert!(world.deliveries(newcomer).is_empty());
}
