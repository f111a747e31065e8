//! Two members behind NAT boxes of their own, neither of which lets anybody in, and a relay in the open: alerts go both
//! ways, through the relay where the boxes leave no other way, and directly where they do.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, found};
use watchfire_tests::daemon::Daemon;
use watchfire_tests::netns::{Line, Nat, Network};
use watchfire_tests::wait::wait_until;

const LINE: Line =
    Line { delay: Duration::from_millis(20), jitter: Duration::from_millis(5), loss_per_mille: 5 };

/// A relay and its home.
struct Relay {
    running: Daemon,
    _home: Home,
}

/// A circle of two that met once in the open, as people do at a founding, and is paired with a relay there. Both nodes
/// are stopped, and run behind boxes of this kind from now on.
fn met_once(network: &mut Network, kind: Nat) -> (Node, Node, Relay) {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);
    let (open, other, public) = (network.host(), network.host(), network.host());
    open.run(&mut smith, &[]);
    other.run(&mut jones, &[open.dial(&as_str(&smith.daemon().ready()["peer"]))]);
    wait_until("the two to be linked members", || {
        [&smith, &jones].iter().all(|node| node.linked() == 1 && node.status()["epoch"].is_string())
    });
    let home = Home::empty();
    let running = public.serve(&home, &["relay".into(), "run".into()]);
    smith.ok(&["relay", "pair", &public.dial(&as_str(&running.ready()["peer"]))]);
    wait_until("both to use the relay", || uses_relay(&smith) && uses_relay(&jones));
    for node in [&mut smith, &mut jones] {
        assert!(!node.notes("behind-nat"));
        node.stop();
        network.behind(kind).run(node, &[]);
    }
    wait_until("both to use the relay from behind their boxes", || uses_relay(&smith) && uses_relay(&jones));
    wait_until("both to know of their boxes", || smith.notes("behind-nat") && jones.notes("behind-nat"));
    (smith, jones, Relay { running, _home: home })
}

fn uses_relay(node: &Node) -> bool {
    node.status()["relays"].as_array().unwrap().len() == 1
}

fn write_to_one_another(smith: &Node, jones: &Node) {
    smith.publish("North");
    wait_until("what one wrote to reach the other", || jones.titles() == ["North"]);
    jones.publish("South");
    wait_until("what the other wrote to come back", || smith.titles() == ["North", "South"]);
}

#[test]
fn a_relay_links_two_whose_boxes_let_nobody_through() {
    let Some(mut network) = Network::start(20_261_104, LINE) else { return };
    let (smith, jones, relay) = met_once(&mut network, Nat::Symmetric);
    wait_until("a link through the relay", || smith.relayed() == 1 && jones.relayed() == 1);
    write_to_one_another(&smith, &jones);
    assert_eq!((smith.relayed(), jones.relayed()), (1, 1));
    let report = relay.running.stop_with_report();
    assert_eq!(report["opened"], 0, "{report}");
}

#[test]
fn two_who_call_one_another_at_once_meet_in_the_open() {
    let Some(mut network) = Network::start(20_261_105, LINE) else { return };
    let (smith, jones, relay) = met_once(&mut network, Nat::Strict);
    wait_until("a link in the open", || {
        [&smith, &jones].iter().all(|node| node.linked() == 1 && node.relayed() == 0)
    });
    // The relay is not needed any more.
    drop(relay);
    write_to_one_another(&smith, &jones);
}
