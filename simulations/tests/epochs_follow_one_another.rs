//! An epoch ends before anybody has to wait for the next one.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use watchfire_simulations::{NodeName, Workload, World};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn publishing_never_waits_for_an_epoch_and_a_node_that_slept_through_some_reads_them_all() {
    // The world begins an hour after its circle was founded: the first epoch has three hours left.
    let mut world = World::builder().seed(81).members(5).epochs_of(240 * MINUTE).clock_skew(MINUTE).build();
    world.run_for(MINUTE);
    let sleeper = NodeName(4);
    world.stop(sleeper);
    let mut workload = Workload::new(world.seeds());
    let mut epochs = BTreeSet::new();
    for round in 0..24 {
        let author = NodeName(round % 4);
        let publication = world.publish(author, workload.report(2)).unwrap();
        assert!(!publication.waiting, "round {round}");
        epochs.insert(world.engine(author).unwrap().epoch().unwrap());
        world.run_for(20 * MINUTE);
        let sealing: BTreeSet<_> = (0..4).map(|node| world.engine(NodeName(node)).unwrap().epoch()).collect();
        assert_eq!(sealing.len(), 1, "round {round}: all seal under the same epoch");
    }
    assert!(epochs.len() >= 3, "{} epochs in eight hours", epochs.len());
    world.start(sleeper);
    assert!(world.run_until(MINUTE, World::is_settled), "{:?}", world.broken_promises());
    world.assert_promises();
    assert!(world.engine(sleeper).unwrap().can_seal());
}
