//! Eight nodes on two coasts, with slow lines that lose packets: what is published while the coasts are cut off from one
//! another and a line flaps is with everybody soon after, and nothing is lost.
//!
//! The long form publishes 2,000 records during a minute without a line:
//!
//! ```text
//! WATCHFIRE_LONG=1 cargo test -p watchfire-tests --test network_partition -- --nocapture
//! ```

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use watchfire_tests::cluster::{Node, as_str, found, publish_at_all};
use watchfire_tests::netns::{Host, Line, Network};
use watchfire_tests::wait::{PATIENCE, wait_for, wait_until};

/// A line across a continent, on a bad day.
const LINE: Line =
    Line { delay: Duration::from_millis(50), jitter: Duration::from_millis(10), loss_per_mille: 10 };

/// Sizes of one run.
struct Size {
    records: usize,
    /// The shortest time that the coasts are apart: links that hear nothing for 20 seconds are given up.
    apart: Duration,
    patience: Duration,
}

fn size() -> Size {
    if std::env::var_os("WATCHFIRE_LONG").is_some() {
        Size { records: 2_000, apart: Duration::from_secs(60), patience: PATIENCE * 5 }
    } else {
        Size { records: 200, apart: Duration::from_secs(24), patience: PATIENCE * 2 }
    }
}

/// The records of all alerts that this node shows whole.
fn records(node: &Node) -> BTreeSet<String> {
    let document = node.ok(&["alerts"]);
    let alerts = document["alerts"].as_array().unwrap().iter();
    alerts.filter(|alert| alert["complete"] == true).map(|alert| as_str(&alert["record"])).collect()
}

#[test]
fn what_is_published_while_the_coasts_are_apart_reaches_everybody() {
    let Some(mut network) = Network::start(20_261_103, LINE) else { return };
    let size = size();
    let mut nodes: Vec<Node> = (0..8)
        .map(|number| Node::init(&format!("Campaign {number}"), ["democratic", "republican"][number % 2]))
        .collect();
    found("Two Coasts", &nodes.iter().map(|node| &**node).collect::<Vec<_>>());
    let hosts: Vec<Host> = nodes.iter().map(|_| network.host()).collect();
    let mut addresses: Vec<String> = Vec::new();
    for (node, host) in nodes.iter_mut().zip(&hosts) {
        host.run(node, &addresses);
        addresses.push(host.dial(&as_str(&node.daemon().ready()["peer"])));
    }
    let (nodes, hosts) = (&nodes, &hosts);
    for node in nodes {
        wait_until("every founder to be linked to every other", || {
            let status = node.status();
            status["state"] == "member" && status["epoch"].is_string() && node.linked() + 1 == nodes.len()
        });
    }

    // Members of both sides live on both coasts.
    network.cut_off(&hosts[..4].iter().collect::<Vec<_>>());
    network.flap(&hosts[5], Duration::from_secs(1));
    let apart = Instant::now();
    let published = publish_at_all(nodes, size.records / nodes.len());
    assert_eq!(published.len(), size.records);
    wait_for("the time apart to pass", size.apart + PATIENCE, || {
        (apart.elapsed() >= size.apart).then_some(())
    });
    let half = size.records / 2;
    for node in nodes {
        let has = records(node).len();
        assert!(has <= half, "{has} records on one coast of {half} published there: the cut does not hold");
    }
    let cut = network.counts().cut;
    assert!(cut > 0);

    network.heal();
    network.steady(&hosts[5]);
    let healed = Instant::now();
    let apart = healed.duration_since(apart);
    for node in nodes {
        wait_for("everybody to have every record", size.patience, || {
            (node.status()["records"].as_u64().unwrap() >= size.records as u64).then_some(())
        });
    }
    let took = healed.elapsed();
    for node in nodes {
        assert!(records(node) == published, "{} of {} records", records(node).len(), published.len());
    }
    let counts = network.counts();
    assert!(counts.lost > 0, "{counts:?}");
    eprintln!(
        "{} records, apart for {:.1} s; equal everywhere {:.1} s after the heal; {} packets delivered, {} lost, {} cut",
        size.records,
        apart.as_secs_f64(),
        took.as_secs_f64(),
        counts.delivered,
        counts.lost,
        counts.cut,
    );
}
