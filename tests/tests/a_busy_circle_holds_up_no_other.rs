//! A node that fetches many records in one circle gets the alerts of another meanwhile, and answers questions.

#![allow(clippy::unwrap_used)]

use watchfire_tests::cluster::{Node, found};
use watchfire_tests::stock;
use watchfire_tests::wait::{PATIENCE, wait_for, wait_until};

/// Records that wait in the busy circle: more than a node takes in the time that an alert needs.
const WAITING: usize = 20_000;

fn records(node: &Node, circle: &str) -> u64 {
    node.ok(&["status", "--circle", circle])["records"].as_u64().unwrap()
}

#[test]
fn an_alert_comes_while_another_circle_is_being_caught_up_with() {
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
    smith.stop();
    jones.stop();
    stock::add_reports(jones.path(), WAITING, 1);

    jones.start(&[]);
    smith.start(&[&jones, &vendor]);
    wait_until("the first of many records, and the other circle's link", || {
        records(&smith, "Ohio Watch") > 0 && smith.is_linked_in("Vendors")
    });
    let file = vendor.file("lure.txt", "hxxp://one-alert[.]watchfire-sample[.]net/");
    vendor.ok(&["publish", &file, "--yes"]);
    wait_until("the alert of the other circle", || records(&smith, "Vendors") == 1);
    let fetched = records(&smith, "Ohio Watch");
    assert!(fetched < WAITING as u64, "the alert came after all {fetched} records");
    // Only that they come: how fast so many do is measured elsewhere.
    wait_for("the rest", PATIENCE * 5, || (records(&smith, "Ohio Watch") == WAITING as u64).then_some(()));
}
