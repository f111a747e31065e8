//! Two halves of a circle that cannot reach one another: one takes a member out, the other lets one in, deals a new epoch
//! and publishes. Once they meet, all agree, and everybody who is left reads what stands of both halves.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::cluster::{Node, approve, as_str, found, join, shown, start_all};
use watchfire_tests::wait::wait_until;

const WALSH: &str = "Walsh for Mayor";
const BAKER: &str = "Baker for Senate";

#[test]
fn who_was_removed_is_out_who_was_added_is_in_and_both_halves_are_read() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut walsh = Node::init(WALSH, "republican");
    let mut rivera = Node::init("Rivera for Senate", "democratic");
    let mut miller = Node::init("Miller for Senate", "republican");
    found("Ohio Watch", &[&smith, &jones, &walsh, &rivera, &miller]);
    start_all(&mut [&mut smith, &mut jones, &mut walsh, &mut rivera, &mut miller]);
    for node in [&mut smith, &mut jones, &mut walsh, &mut rivera, &mut miller] {
        node.stop();
    }
    // All come up at other addresses, and are told only those of their own half.
    smith.start(&[]);
    jones.start(&[&smith]);
    walsh.start(&[&smith, &jones]);
    rivera.start(&[]);
    miller.start(&[&rivera]);
    wait_until("the halves to be linked in themselves", || {
        [&smith, &jones, &walsh].map(|node| node.linked()) == [2; 3]
            && [&rivera, &miller].map(|node| node.linked()) == [1; 2]
    });

    let removed = smith.ok(&["circle", "remove", WALSH, "--reason", "it talks to the press"]);
    approve(&jones, &as_str(&removed["act"]));
    wait_until("the removed one to know", || walsh.status()["state"] == "removed");
    let mut baker = Node::init(BAKER, "republican");
    join(&mut baker, "publisher", &rivera, &[&miller]);
    let rotated = rivera.ok(&["circle", "rotate"])["epoch"].clone();
    wait_until("the rotated epoch", || {
        miller.status()["epoch"] == rotated && baker.status()["epoch"] == rotated
    });
    wait_until("an epoch without the removed one", || {
        let epoch = smith.status()["epoch"].clone();
        epoch.is_string() && epoch == jones.status()["epoch"]
    });
    smith.publish("North");
    baker.publish("South");
    jones.alerts(1);
    miller.alerts(1);
    assert_eq!((shown(&smith, BAKER), &shown(&rivera, WALSH)["state"]), (Value::Null, &"active".into()));

    // They meet, at one place.
    smith.stop();
    smith.start(&[&jones, &rivera]);
    let all = [&smith, &jones, &rivera, &miller, &baker];
    for node in all {
        wait_until("all to agree", || {
            shown(node, WALSH)["state"] == "removed" && shown(node, BAKER)["state"] == "active"
        });
        wait_until("both halves' alerts", || node.titles() == ["North", "South"]);
    }
    wait_until("one epoch for all", || {
        let epoch = smith.status()["epoch"].clone();
        epoch.is_string() && all.iter().all(|node| node.status()["epoch"] == epoch)
    });
    miller.publish("Together");
    for node in all {
        wait_until("what is published after it", || node.titles().len() == 3);
        let roster = node.ok(&["circle", "log", "--verify"])["roster"].clone();
        assert_eq!(roster, smith.ok(&["circle", "log", "--verify"])["roster"]);
    }
    assert_eq!((walsh.titles(), walsh.linked()), (Vec::new(), 0));
}
