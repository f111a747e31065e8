//! One home in two circles: what is published in one stays in that one.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::cluster::{Node, found};
use watchfire_tests::wait::wait_until;

#[test]
fn what_is_published_in_one_circle_does_not_reach_the_other() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut vendor = Node::init("Vendor", "nonpartisan");
    found("Ohio Watch", &[&smith, &jones]);
    found("Vendors", &[&smith, &vendor]);
    jones.start(&[]);
    vendor.start(&[]);
    smith.start(&[&jones, &vendor]);
    wait_until("both circles to be linked", || {
        smith.is_linked_in("Ohio Watch") && smith.is_linked_in("Vendors")
    });

    // Which one is meant has to be said.
    let said = smith.refuses(&["status"], 2);
    assert!(said["try"].as_str().unwrap().contains("Vendors"), "{said}");
    let publish = |name: &str, circle: &[&str]| {
        let file = smith.file(name, format!("hxxp://{name}[.]watchfire-sample[.]net/"));
        smith.cmd(&[&["publish", &file, "--yes", "--title", name], circle].concat())
    };
    assert_eq!(publish("nowhere", &[]).code, 2);
    assert_eq!(publish("ohio", &["--circle", "Ohio Watch"]).code, 0);
    assert_eq!(publish("vendors", &["--circle", "Vendors"]).code, 0);

    let titles = |alerts: Vec<Value>| alerts.iter().map(|alert| alert["title"].clone()).collect::<Vec<_>>();
    assert_eq!(titles(jones.alerts(1)), ["ohio"]);
    assert_eq!(titles(vendor.alerts(1)), ["vendors"]);
    // Each has had the time to get the other one too.
    smith.stop();
    assert_eq!((jones.alerts(1).len(), vendor.alerts(1).len()), (1, 1));
    let told = format!("{} {}", vendor.status(), vendor.ok(&["circle", "show"]));
    assert!(!told.contains("Jones") && !told.contains("Ohio"), "{told}");
}
