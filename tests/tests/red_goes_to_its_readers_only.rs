//! A TLP:RED report with named readers: read by them, carried by everybody, exported by nobody.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use watchfire_tests::cluster::{Node, found, start_all};
use watchfire_tests::wait::wait_until;

const VALUE: &str = "login.watchfire-sample.net";

fn titles(alerts: &Value) -> Vec<&str> {
    alerts["alerts"].as_array().unwrap().iter().map(|alert| alert["title"].as_str().unwrap()).collect()
}

/// Whether a file of this home holds these bytes.
fn holds(node: &Node, bytes: &str) -> bool {
    let contains = |all: &[u8]| all.windows(bytes.len()).any(|part| part == bytes.as_bytes());
    node.files().iter().any(|(_, all)| contains(all))
}

#[test]
fn a_red_report_is_read_by_those_it_names_and_leaves_no_trace_at_the_others() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut clerk = Node::init("County Clerk", "nonpartisan");
    found("Ohio Watch", &[&smith, &jones, &clerk]);
    start_all(&mut [&mut smith, &mut jones, &mut clerk]);
    let file = smith.file("quiet.txt", VALUE.replace('.', "[.]"));

    // Red needs somebody to read it, and that one has to be a member.
    let red = ["publish", &file, "--yes", "--title", "Quiet warning", "--tlp", "red"];
    assert!(smith.refuses(&red, 2)["try"].as_str().unwrap().contains("--to"));
    let stranger = [&red[..], &["--to", "Nobody"]].concat();
    assert_eq!(smith.cmd(&stranger).code, 8);
    let shown = smith.ok(&["publish", &file, "--dry-run", "--tlp", "red", "--to", "Jones for Ohio"]);
    assert_eq!((&shown["to"][0], &shown["tlp"]), (&Value::from("Jones for Ohio"), &Value::from("red")));

    let published = smith.ok(&[&red[..], &["--to", "Jones for Ohio"]].concat());
    let record = published["record"].as_str().unwrap().to_owned();
    // The reader sees it, with who else does.
    let alert = jones.alerts(1).remove(0);
    assert_eq!((&alert["title"], &alert["tlp"]), (&Value::from("Quiet warning"), &Value::from("red")));
    assert_eq!(alert["author"], "Smith for State");
    let mut readers: Vec<&str> =
        alert["readers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    readers.sort_unstable();
    assert_eq!(readers, ["Jones for Ohio", "Smith for State"]);
    assert_eq!(jones.ok(&["show", &record])["record"], record.as_str());
    assert_eq!(smith.alerts(1)[0]["received"], Value::Null);

    // An ordinary report tells that the clerk has had the time to get the red one, and the record itself.
    let common = smith.file("common.txt", "hxxp://other[.]watchfire-sample[.]org/");
    smith.ok(&["publish", &common, "--yes", "--title", "For all", "--tlp", "green"]);
    wait_until("both records at the clerk's", || clerk.status()["records"] == 2);
    assert_eq!(titles(&clerk.ok(&["alerts"])), ["For all"]);
    assert_eq!(clerk.cmd(&["show", &record]).code, 1);
    assert_eq!(clerk.cmd(&["check", VALUE]).code, 1);

    // It changes no shared state, at its readers neither, and enters no export: nor does amber+strict.
    let strict = smith.file("strict.txt", "hxxp://strict[.]watchfire-sample[.]org/");
    smith.ok(&["publish", &strict, "--yes", "--title", "Members only", "--tlp", "amber+strict"]);
    assert_eq!(jones.alerts(3).len(), 3);
    let checked = jones.cmd(&["check", VALUE]);
    assert_eq!(checked.code, 0);
    let result = &checked.json()["results"][0];
    assert_eq!(
        (&result["state"], &result["alerts"][0]),
        (&Value::from("unknown"), &Value::from(record.as_str()))
    );
    for format in ["text", "csv", "stix"] {
        let exported = jones.file("exported", "");
        jones.ok(&["export", format, "--state", "reported", "--out", &exported]);
        let text = std::fs::read_to_string(&exported).unwrap();
        assert!(text.contains("other.watchfire-sample.org"), "{format}: {text}");
        for kept_here in
            ["login.watchfire-sample", "strict.watchfire-sample", "Quiet warning", "Members only"]
        {
            assert!(!text.contains(kept_here), "{format} lets {kept_here} out");
        }
    }

    // After a restart the reader still has it; on no disk does it stand in the clear.
    jones.stop();
    assert!(titles(&jones.ok(&["alerts"])).contains(&"Quiet warning"));
    clerk.stop();
    assert!(!holds(&jones, "Quiet warning") && !holds(&clerk, "Quiet warning"));
    assert!(!holds(&jones, VALUE) && !holds(&clerk, VALUE));
}
