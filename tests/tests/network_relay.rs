//! Two members behind NAT boxes of their own, neither of which lets anybody in, and a relay in the open: alerts go both ways.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, found};
use watchfire_tests::netns::{Host, Line, Nat, Network};
use watchfire_tests::wait::wait_until;

const LINE: Line =
    Line { delay: Duration::from_millis(20), jitter: Duration::from_millis(5), loss_per_mille: 5 };

#[test]
fn alerts_go_both_ways_between_two_who_cannot_be_called() {
    let Some(mut network) = Network::start(20_261_104, LINE) else { return };
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);

    // They meet once in the open, as people do at a founding, and pair the circle with a relay.
    let (open, other) = (network.host(), network.host());
    open.run(&mut smith, &[]);
    other.run(&mut jones, &[open.dial(&as_str(&smith.daemon().ready()["peer"]))]);
    wait_until("the two to be linked members", || {
        [&smith, &jones].iter().all(|node| node.linked() == 1 && node.status()["epoch"].is_string())
    });
    let forwarder = Home::empty();
    let public = network.host();
    let relay = public.serve(&forwarder, &["relay".into(), "run".into()]);
    smith.ok(&["relay", "pair", &public.dial(&as_str(&relay.ready()["peer"]))]);
    let carried =
        |nodes: [&Node; 2]| nodes.iter().all(|node| node.status()["relays"].as_array().unwrap().len() == 1);
    wait_until("both to use the relay", || carried([&smith, &jones]));
    smith.stop();
    jones.stop();

    // From now on each is at home.
    let homes: [Host; 2] = [network.behind(Nat::Strict), network.behind(Nat::Strict)];
    homes[0].run(&mut smith, &[]);
    homes[1].run(&mut jones, &[]);
    wait_until("both to use the relay from behind their boxes", || carried([&smith, &jones]));
    smith.publish("North");
    wait_until("what one wrote to reach the other", || jones.titles() == ["North"]);
    jones.publish("South");
    wait_until("what the other wrote to come back", || smith.titles() == ["North", "South"]);
    let report = relay.stop_with_report();
    assert_eq!(report["opened"], 0, "{report}");
}
