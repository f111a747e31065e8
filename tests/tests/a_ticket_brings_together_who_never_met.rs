//! A founder signed, and its node was off while the circle began. Meanwhile another founder was taken out, so the
//! founding's secret proves nothing any more, and the two find that they cannot greet. A new ticket helps, as the message
//! says.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use watchfire_tests::cluster::{Node, approve, as_str, found, shown};
use watchfire_tests::wait::wait_until;

const RIVERA: &str = "Rivera for Senate";
const WALSH: &str = "Walsh for Mayor";

#[test]
fn a_founder_that_was_off_while_another_one_went_joins_by_a_ticket() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut walsh = Node::init(WALSH, "republican");
    let mut rivera = Node::init(RIVERA, "democratic");
    found("Ohio Watch", &[&smith, &jones, &walsh, &rivera]);
    smith.start(&[]);
    jones.start(&[&smith]);
    walsh.start(&[&smith, &jones]);
    wait_until("the three to be linked", || [&smith, &jones, &walsh].map(|node| node.linked()) == [2; 3]);
    let removed = smith.ok(&["circle", "remove", WALSH, "--reason", "it was bought"]);
    assert_eq!(approve(&jones, &as_str(&removed["act"]))["missing_sides"], json!([]));
    wait_until("the others to know", || shown(&smith, WALSH)["state"] == "removed");
    smith.publish("Warning");
    jones.alerts(1);

    let refused = smith.turned_away();
    rivera.start(&[&smith]);
    wait_until("it to be turned away", || smith.turned_away() > refused);
    assert_eq!(rivera.linked(), 0);
    let health = rivera.status()["health"].as_array().unwrap().clone();
    let note = health.iter().find(|note| note["code"] == "no-links").unwrap();
    let remedy = as_str(&note["remedy"]);
    assert!(remedy.contains("circle ticket") && remedy.contains("watchfire join"), "{remedy}");

    let ticket = as_str(&smith.ok(&["circle", "ticket", RIVERA])["ticket"]);
    rivera.stop();
    rivera.ok(&["join", &ticket]);
    rivera.start(&[]);
    wait_until("it to be among them", || {
        rivera.linked() == 2 && smith.status()["epoch"] == rivera.status()["epoch"]
    });
    assert_eq!(rivera.alerts(1)[0]["title"], "Warning");
    assert_eq!(shown(&rivera, WALSH)["state"], "removed");
    rivera.publish("Answer");
    smith.alerts(2);
    assert_eq!((walsh.linked(), walsh.titles().len()), (0, 0));
}
