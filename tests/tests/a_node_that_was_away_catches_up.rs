//! A node that was switched off gets what it missed, also from a member that did not write it.

#![allow(clippy::unwrap_used)]

use watchfire_tests::cluster::{Node, found, start_all, two_founders};
use watchfire_tests::samples::stix;
use watchfire_tests::wait::wait_until;

fn publish(node: &Node, number: usize) {
    let file = stix(
        &format!("Lure {number}"),
        &[&format!("[domain-name:value = 'lure-{number}.watchfire-sample.net']")],
    );
    let title = format!("Lure {number}");
    let published = node.ok(&["publish", &node.file("lure.json", file), "--yes", "--title", &title]);
    assert_eq!(published["outcome"], "published");
}

#[test]
fn what_was_published_meanwhile_arrives_and_only_once() {
    let (smith, mut jones) = two_founders();
    publish(&smith, 1);
    jones.alerts(1);
    jones.stop();
    for number in 2..=12 {
        publish(&smith, number);
    }
    assert_eq!(jones.alerts(1).len(), 1, "without a daemon it shows what it holds");
    jones.start(&[&smith]);
    let mut titles: Vec<String> =
        jones.alerts(12).iter().map(|alert| alert["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 12);
    assert_eq!(smith.alerts(12).len(), 12);
}

#[test]
fn it_arrives_from_a_rival_while_its_author_is_off() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut baker = Node::init("Baker for Senate", "democratic");
    found("Ohio Watch", &[&smith, &jones, &baker]);
    start_all(&mut [&mut smith, &mut jones, &mut baker]);
    baker.stop();
    publish(&smith, 1);
    jones.alerts(1);
    smith.stop();
    baker.start(&[&jones]);
    let alert = &baker.alerts(1)[0];
    assert_eq!(alert["author"], "Smith for State");
}

#[test]
fn it_finds_the_others_again_without_being_told_where_they_are() {
    let (smith, mut jones) = two_founders();
    jones.stop();
    publish(&smith, 1);
    jones.start(&[]);
    jones.alerts(1);
    wait_until("the link to be back", || smith.linked() == 1 && jones.linked() == 1);
}
