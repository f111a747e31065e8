//! `key rotate`: the member goes on reading under its new sealing key, over a restart too, and a new epoch follows.

#![allow(clippy::unwrap_used)]

use watchfire_tests::cluster::two_founders;
use watchfire_tests::wait::wait_until;

#[test]
fn a_member_reads_under_its_new_sealing_key() {
    let (smith, mut jones) = two_founders();
    let red = |title: &str| {
        let file = smith.file(title, "quiet[.]watchfire-sample[.]net");
        smith.ok(&["publish", &file, "--yes", "--title", title, "--tlp", "red", "--to", "Jones for Ohio"]);
    };
    red("before");
    jones.alerts(1);
    let epoch = smith.status()["epoch"].clone();
    let rotated = jones.ok(&["key", "rotate"]);
    assert_eq!(rotated["circles"].as_array().unwrap().len(), 1);
    // Its readers are other keys now: an epoch is dealt for them, and both seal to it.
    wait_until("a new epoch at both", || {
        let now = smith.status()["epoch"].clone();
        now.is_string() && now != epoch && jones.status()["epoch"] == now
    });
    red("after");
    jones.alerts(2);
    jones.stop();
    jones.start(&[&smith]);
    wait_until("both to be linked again", || smith.linked() == 1 && jones.linked() == 1);
    red("after a restart");
    let titles: Vec<String> =
        jones.alerts(3).iter().map(|alert| alert["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles, ["after a restart", "after", "before"]);
}
