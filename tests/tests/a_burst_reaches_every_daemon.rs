//! Many records at once, published at every node of a circle of real daemons: none is lost.
//!
//! The long form has 30 daemons and 300 records:
//!
//! ```text
//! WATCHFIRE_LONG=1 cargo test --release -p watchfire-tests --test a_burst_reaches_every_daemon -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::time::Instant;

use watchfire_tests::cluster::{Node, as_str, found, publish_at_all};
use watchfire_tests::wait::{PATIENCE, wait_for};

/// Whom a node calls when it starts; presences tell it of the others.
const CALLED: usize = 3;

#[test]
fn a_burst_reaches_every_daemon() {
    let (count, records) = if std::env::var_os("WATCHFIRE_LONG").is_some() { (30, 300) } else { (10, 100) };
    let patience = PATIENCE * 5;
    let mut nodes: Vec<Node> = (0..count)
        .map(|number| Node::init(&format!("Campaign {number}"), ["democratic", "republican"][number % 2]))
        .collect();
    found("Thirty Campaigns", &nodes.iter().map(|node| &**node).collect::<Vec<_>>());
    for number in 0..nodes.len() {
        let (before, rest) = nodes.split_at_mut(number);
        let called: Vec<&Node> = before.iter().rev().take(CALLED).collect();
        rest[0].start(&called);
    }
    let nodes = &nodes;
    for node in nodes {
        wait_for("every founder to be a linked member with an epoch", patience, || {
            let status = node.status();
            let ready = status["state"] == "member" && status["epoch"].is_string() && node.linked() > 0;
            ready.then_some(())
        });
    }

    let begun = Instant::now();
    let published = publish_at_all(nodes, records / count);
    let said = begun.elapsed();
    assert_eq!(published.len(), records / count * count);
    for node in nodes {
        wait_for("every record to be here", patience, || {
            (node.status()["records"].as_u64().unwrap() >= published.len() as u64).then_some(())
        });
    }
    let everywhere = begun.elapsed();
    for node in nodes {
        let alerts = node.ok(&["alerts"])["alerts"].as_array().unwrap().clone();
        let shown: BTreeSet<String> = alerts.iter().map(|alert| as_str(&alert["record"])).collect();
        assert!(shown == published, "{} of {} records", shown.len(), published.len());
    }
    eprintln!(
        "{} records published by {count} daemons within {:.1} s; everywhere {:.1} s after the first",
        published.len(),
        said.as_secs_f64(),
        everywhere.as_secs_f64(),
    );
}
