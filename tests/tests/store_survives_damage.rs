//! A store whose files were torn, changed or removed gives back what was acknowledged or says what is lost; the long form is
//! the fuzz target `store`. And a node whose store was damaged is what it was once it has met the others.

#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use watchfire_tests::cluster::{Node, two_founders};
use watchfire_tests::repository::root;
use watchfire_tests::torn::survive;
use watchfire_tests::wait::wait_until;

/// Inputs of the short form.
const INPUTS: u64 = 60;

#[test]
fn random_histories_of_writes_and_damage_never_make_a_store_lie() {
    for seed in 0..INPUTS {
        let mut bytes = [0; 400];
        ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
        survive(&bytes);
    }
}

#[test]
fn what_the_fuzzer_found_once_stays_mended() {
    let mut inputs = 0;
    for entry in std::fs::read_dir(root().join("tests/fuzz/corpus/store")).unwrap() {
        survive(&std::fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0);
}

/// Ways in which a disk spoils the largest file of a store.
const SPOILT: [fn(&mut Vec<u8>); 4] = [
    |bytes| bytes.truncate(bytes.len() / 3),
    |bytes| bytes.iter_mut().step_by(997).for_each(|byte| *byte ^= 0x10),
    |bytes| bytes.clear(),
    |bytes| bytes.iter_mut().skip(64).take(4096).for_each(|byte| *byte = 0xa5),
];

#[test]
fn a_node_with_a_damaged_store_is_what_it_was_once_it_has_met_the_others() {
    let (mut smith, jones) = two_founders();
    let identity = |node: &Node| ["member", "circle"].map(|key| node.status()[key].clone());
    let before = identity(&smith);
    smith.publish("By smith");
    jones.publish("By jones");
    smith.alerts(2);
    let mut titles = vec!["By jones".to_owned(), "By smith".to_owned()];
    for (round, spoil) in SPOILT.iter().enumerate() {
        smith.stop();
        let files = smith.files();
        let in_store = files.iter().filter(|(path, _)| path.parent().unwrap().ends_with("store"));
        let (path, mut bytes) = in_store.max_by_key(|(_, bytes)| bytes.len()).unwrap().clone();
        spoil(&mut bytes);
        std::fs::write(path, bytes).unwrap();

        smith.start(&[&jones]);
        wait_until("what was lost to be back", || smith.titles() == titles && !smith.notes("recovering"));
        assert_eq!(identity(&smith), before, "round {round}");
        let title = format!("By smith after round {round}");
        smith.publish(&title);
        titles.push(title);
        titles.sort();
        wait_until("the other one to have it", || jones.titles() == titles);
        assert!(!smith.daemon().log().contains("panicked"), "{}", smith.daemon().log());
    }
}

#[test]
fn room_that_is_given_back_before_the_next_start_hides_no_loss() {
    let (mut smith, mut jones) = two_founders();
    smith.stop();
    let earlier = smith.files();
    smith.start(&[&jones]);
    smith.publish("One");
    jones.alerts(1);
    smith.stop();
    jones.stop();
    // The store is what it was before that, and the count beside it is not.
    for (path, bytes) in earlier.iter().filter(|(path, _)| path.parent().unwrap().ends_with("store")) {
        std::fs::write(path, bytes).unwrap();
    }
    smith.ok(&["prune"]);
    smith.start(&[]);
    assert!(smith.notes("recovering"), "it must not sign in the place of a record that the other one has");
    let lure = smith.file("lure.txt", "hxxp://early[.]watchfire-sample[.]net/x");
    // Its own acts are numbered, too.
    for arguments in
        [&["publish", &lure, "--yes"][..], &["key", "revoke", "publisher"], &["circle", "leave", "--yes"]]
    {
        assert_eq!(smith.refuses(arguments, 6)["code"], "recovering", "{arguments:?}");
    }
}
