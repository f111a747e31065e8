//! A removal was proposed by a steward who did not know what the removed had done since. To approve it would end the
//! effect of that, so it is refused with what it would end, until somebody says that it is meant; what ended can be
//! confirmed by another steward of that side.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use watchfire_tests::cluster::{Node, approve, arrived, as_str, found, shown, start_all};
use watchfire_tests::wait::wait_until;

const WALSH: &str = "Walsh for Mayor";
const BAKER: &str = "Baker for Senate";
const MILLER: &str = "Miller for Senate";

/// The texts of a list in order.
fn sorted(list: &Value) -> Vec<String> {
    let mut texts: Vec<String> = list.as_array().unwrap().iter().map(as_str).collect();
    texts.sort();
    texts
}

/// The row of an act in `circle log`.
fn row(node: &Node, act: &str) -> Value {
    let log = node.ok(&["circle", "log"])["acts"].as_array().unwrap().clone();
    log.into_iter().find(|row| row["act"] == act).unwrap_or_default()
}

#[test]
fn it_is_refused_with_what_it_would_end_until_it_is_meant() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut rivera = Node::init("Rivera for Senate", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut walsh = Node::init(WALSH, "republican");
    found("Ohio Watch", &[&smith, &rivera, &jones, &walsh]);
    start_all(&mut [&mut smith, &mut rivera, &mut jones, &mut walsh]);

    // Smith is cut off: all others move, and it is told of none of them.
    for node in [&mut smith, &mut rivera, &mut jones, &mut walsh] {
        node.stop();
    }
    rivera.start(&[]);
    jones.start(&[&rivera]);
    walsh.start(&[&rivera, &jones]);
    wait_until("the three to be linked", || [&rivera, &jones, &walsh].map(|node| node.linked()) == [2; 3]);
    let [baker, miller] = [BAKER, MILLER].map(|name| Node::init(name, "republican"));
    // One that Walsh proposes, and one that it agrees to.
    let proposed = as_str(&walsh.ok(&["circle", "invite", "--card", &baker.card()])["act"]);
    assert_eq!(approve(&rivera, &proposed)["missing_sides"], json!([]));
    let agreed = as_str(&rivera.ok(&["circle", "invite", "--card", &miller.card()])["act"]);
    assert_eq!(approve(&walsh, &agreed)["missing_sides"], json!([]));
    wait_until("the newcomers to be known", || {
        [BAKER, MILLER].iter().all(|name| shown(&jones, name)["state"] == "active")
    });

    smith.start(&[]);
    let removed = as_str(&smith.ok(&["circle", "remove", WALSH, "--reason", "it was bought"])["act"]);
    assert_eq!(shown(&smith, BAKER), Value::Null, "it does not know what it would end");
    smith.stop();
    smith.start(&[&rivera, &jones]);

    let waits = arrived(&jones, &removed);
    assert_eq!(sorted(&waits["voids"]), sorted(&json!([proposed, agreed])));
    let named =
        [(BAKER, &proposed), (MILLER, &agreed)].map(|(name, act)| format!("add {name} ({})", &act[..12]));
    assert_eq!(sorted(&waits["voided"]), sorted(&json!(named)));
    let pending = jones.text(&["circle", "pending"]).out;
    let refused = jones.refuses(&["circle", "approve", &removed], 8);
    assert_eq!(refused["code"], "would-void");
    let (text, remedy) = (as_str(&refused["text"]), as_str(&refused["try"]));
    assert!(remedy.contains("--anyway"), "{remedy}");
    for named in &named {
        assert!(pending.contains(named) && text.contains(named), "{named}: {pending} {text}");
    }
    assert_eq!(row(&jones, &removed)["approvals"], json!([]), "nothing was signed");

    assert_eq!(jones.ok(&["circle", "approve", &removed, "--anyway"])["missing_sides"], json!([]));
    let left = [&smith, &rivera, &jones];
    for node in left {
        wait_until("all three to be out", || {
            shown(node, WALSH)["state"] == "removed"
                && [BAKER, MILLER].iter().all(|name| shown(node, name) == Value::Null)
        });
        let states = [&removed, &proposed, &agreed].map(|act| as_str(&row(node, act)["state"]));
        assert_eq!(states, ["in-force", "voided", "voided"]);
        node.ok(&["circle", "log", "--verify"]);
    }

    // What Walsh only agreed to waits for another voice of its side; what it proposed is proposed by somebody else.
    assert_eq!(arrived(&jones, &agreed)["missing_sides"], json!(["republican"]));
    assert_eq!(approve(&jones, &agreed)["missing_sides"], json!([]));
    assert_eq!(jones.refuses(&["circle", "approve", &proposed], 8)["try"], "propose it again");
    let again = as_str(&smith.ok(&["circle", "invite", "--card", &baker.card()])["act"]);
    assert_eq!(approve(&jones, &again)["missing_sides"], json!([]));
    for node in left {
        wait_until("both to be in", || {
            [BAKER, MILLER].iter().all(|name| shown(node, name)["state"] == "active")
        });
        assert_eq!(
            (&row(node, &agreed)["state"], &row(node, &proposed)["state"]),
            (&"in-force".into(), &"voided".into())
        );
        assert_eq!(shown(node, WALSH)["state"], "removed");
        node.ok(&["circle", "log", "--verify"]);
    }
}
