//! Members that keep acts from one of them keep nothing from it, as long as one honest member reaches it.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_protocol::circle::Decision;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const VICTIM: NodeName = NodeName(6);
/// The one that keeps nothing back, of the other side.
const HONEST: NodeName = NodeName(5);
const GONE: NodeName = NodeName(4);

#[test]
fn a_removal_that_all_but_one_withhold_is_known_within_a_minute() {
    for seed in 131..135 {
        let mut world = World::builder().seed(seed).members(10).build();
        let mut workload = Workload::new(world.seeds());
        world.run_for(20 * SECOND);
        for node in world.nodes().filter(|node| *node != HONEST) {
            world.withhold(node, VICTIM);
        }
        let act = world.remove(NodeName(0), GONE).unwrap();
        world.run_for(SECOND);
        world.decide(NodeName(1), act, Decision::Approve).unwrap();
        world.distrust(GONE);
        let member = world.person(GONE).member();
        let knows = |world: &World| !world.engine(VICTIM).unwrap().roster().unwrap().is_member(&member);
        assert!(world.run_until(60 * SECOND, knows), "seed {seed}");
        let epoch = world.engine(HONEST).unwrap().epoch();
        let seals = |world: &World| world.engine(VICTIM).unwrap().epoch() == epoch;
        assert!(world.run_until(30 * SECOND, seals), "seed {seed}: and gets the secret");
        let published = world.publish(VICTIM, workload.report(2)).unwrap();
        assert!(world.run_until(30 * SECOND, World::is_settled), "{:?}", world.broken_promises());
        assert!(!world.has(GONE, &published.records[0]));
        world.assert_promises();
    }
}
