//! A full or read-only disk: it is said, nothing that was acknowledged is lost, questions are answered, and when the disk
//! works again the daemon goes on.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use watchfire_tests::cluster::{Node, found, start_all};
use watchfire_tests::disk::SmallDisk;
use watchfire_tests::samples::phishing;
use watchfire_tests::wait::wait_until;

/// Room for a circle's store and for a disk that is nearly full.
const MEGABYTES: u32 = 24;

/// A circle of two, the first of which has its stores on a disk of its own. None where that is not possible.
fn two_with_a_small_disk() -> Option<(Node, Node, SmallDisk)> {
    let mut smith = Node::init("Smith for State", "democratic");
    let Some(disk) = SmallDisk::over(&smith.path().join("circles"), MEGABYTES) else {
        eprintln!("skipped: mounting a small disk is not permitted here");
        return None;
    };
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);
    start_all(&mut [&mut smith, &mut jones]);
    Some((smith, jones, disk))
}

#[test]
fn a_full_disk_is_said_and_the_daemon_goes_on_when_there_is_room_again() {
    let Some((mut smith, jones, disk)) = two_with_a_small_disk() else { return };
    smith.publish("Before");
    let pid = smith.daemon().pid();
    disk.fill();
    // What cannot be written is refused aloud, and everything else is answered.
    let lure = smith.file("lure.json", phishing().0);
    let refused = smith.exits(&["publish", &lure, "--title", "While it is full", "--yes"], 10);
    assert_eq!(refused["error"]["code"], "not-written", "{refused}");
    let error = smith.refuses(&["publish", &lure, "--title", "And another one", "--yes"], 10);
    assert_eq!(error["code"], "store-unusable", "{error}");
    let status = smith.exits(&["status"], 7);
    assert!(smith.notes("store-unusable"), "{status}");
    assert_eq!(smith.titles(), ["Before"]);
    smith.ok(&["check", "http://before.watchfire-sample.net/x"]);
    // The other side is not held up, and what it says meanwhile is not lost either.
    jones.publish("Meanwhile");

    disk.make_room();
    wait_until("the store to be written again", || !smith.notes("store-unusable"));
    for node in [&smith, &jones] {
        wait_until("all that was said", || {
            // Of those that were refused, the one that was told that it would follow by itself.
            node.titles() == ["Before", "Meanwhile", "While it is full"]
        });
    }
    assert_eq!(smith.daemon().pid(), pid);
    smith.publish("After");
    smith.kill();
    smith.start(&[&jones]);
    wait_until("what was written after it", || smith.titles().contains(&"After".to_owned()));
    assert!(!smith.notes("recovering") && !smith.notes("store-damaged"));
}

#[test]
fn what_waited_for_a_full_disk_is_named_when_the_daemon_ends() {
    let Some((mut smith, _jones, disk)) = two_with_a_small_disk() else { return };
    smith.publish("Before");
    disk.fill();
    smith.exits(&["publish", &smith.file("lure.json", phishing().0), "--yes"], 10);
    let kept = smith.titles();
    assert_eq!(kept, ["Before"]);
    let said = smith.stop_with_failure(10);
    assert_eq!(said["error"]["code"], "store-unusable", "{said}");
    // Its store is as good as before.
    disk.make_room();
    smith.start(&[]);
    assert_eq!(smith.titles(), ["Before"]);
    assert!(!smith.notes("recovering"));
}

#[test]
fn a_read_only_disk_is_refused_by_name_and_left_as_it_is() {
    let Some((mut smith, jones, disk)) = two_with_a_small_disk() else { return };
    smith.publish("Before");
    smith.stop();
    disk.read_only();
    let before = smith.files();
    for arguments in [&["run"][..], &["alerts"]] {
        let error = smith.refuses(arguments, 10);
        assert!(error["text"].as_str().unwrap().contains("Read-only"), "{error}");
    }
    assert_eq!(smith.files(), before);
    disk.writable();
    smith.start(&[&jones]);
    assert_eq!(smith.titles(), ["Before"]);
    smith.publish("After");
    jones.alerts(2);
}

/// Files over a size are refused as if the disk were full, in the middle of what is written: sled meets this one itself.
#[test]
fn a_write_that_fails_halfway_costs_nothing() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);
    start_all(&mut [&mut smith, &mut jones]);
    smith.publish("Before");
    smith.stop();
    let size = smith.files().iter().map(|(_, bytes)| bytes.len() as u64).max().unwrap();
    smith.start_with_file_limits(&[&jones]);
    smith.daemon().limit_files(Some(size + 4096));
    let refused = (0..400).find(|number| {
        let lure = smith.file("lure.json", phishing().0);
        let title = format!("Lure {number}");
        smith.cmd(&["publish", &lure, "--title", &title, "--yes"]).code == 10
    });
    let refused = refused.expect("a publication that is over the limit");
    assert_eq!(smith.cmd(&["status"]).code, 7);
    assert!(smith.notes("store-unusable"));
    smith.daemon().limit_files(None);
    wait_until("the store to be written again", || !smith.notes("store-unusable"));
    let all = usize::try_from(refused).unwrap() + 2;
    for node in [&smith, &jones] {
        wait_until("all that was said", || node.titles().len() == all);
    }
    smith.kill();
    smith.start(&[&jones]);
    assert_eq!(smith.titles().len(), all);
    assert!(!smith.notes("recovering") && !smith.notes("store-damaged"));
}
