//! The assumption is one honest member that can be reached, of any side.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_member_whose_every_own_side_neighbour_is_silent_still_gets_the_other_sides_alert() {
    let mut world = World::builder().seed(11).members(24).build();
    world.run_for(20 * SECOND);
    let victim = NodeName(8);
    let own = world.side(victim).unwrap().to_owned();
    for neighbour in world.of_side(&own) {
        world.silence(neighbour, victim);
    }
    let author = *world.of_side("republican").iter().find(|node| !world.is_linked(**node, victim)).unwrap();
    let report = Workload::new(world.seeds()).report(3);
    let alert = world.publish(author, report).unwrap().records[0];
    assert!(world.run_until(SECOND, |world| world.has(victim, &alert)), "no alert within a second");
    assert!(world.statistics().swallowed() > 0);
}

#[test]
fn a_whole_side_that_censors_the_other_only_silences_itself() {
    let mut world = World::builder().seed(12).members(24).build();
    world.run_for(20 * SECOND);
    let (censors, others) = (world.of_side("democratic"), world.of_side("republican"));
    for censor in &censors {
        world.mute(*censor);
    }
    let mut workload = Workload::new(world.seeds());
    let mut alerts = Vec::new();
    for author in &others {
        alerts.extend(world.publish(*author, workload.report(3)).unwrap().records);
    }
    let reached =
        |world: &World| others.iter().all(|node| alerts.iter().all(|alert| world.has(*node, alert)));
    assert!(world.run_until(30 * SECOND, reached));
}
