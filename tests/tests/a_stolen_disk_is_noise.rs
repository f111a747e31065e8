//! With a passphrase, what a home keeps of its circles and its keys tells a thief of the disk nothing.

#![allow(clippy::unwrap_used)]

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, found, start_all};
use watchfire_tests::samples::phishing;
use watchfire_tests::wait::wait_until;

#[test]
fn records_members_and_keys_cannot_be_read_without_the_passphrase() {
    let thief = Home::empty();
    let words = thief.file("passphrase", "correct horse battery staple\n");
    let locked = Home::empty();
    locked.ok(&["init", "--name", "Smith for State", "--side", "democratic", "--passphrase-file", &words]);
    let mut jones = Node::init("Jones for Ohio", "republican");
    // The rival drafts, so that what Smith's home holds of others came to it from outside.
    let drafted = jones.ok(&["circle", "found", "--name", "Ohio Watch", "--card", &locked.card()]);
    let draft = as_str(&drafted["draft"]);
    locked.ok(&["circle", "sign", &draft, "--passphrase-file", &words]);
    jones.start(&[]);
    let daemon = locked.run(&["--passphrase-file", &words, "--connect", &jones.address()]);
    // A running daemon answers without the passphrase.
    wait_until("the circle to be founded", || locked.cmd(&["status"]).json()["epoch"].is_string());
    wait_until("the rival to see it too", || jones.status()["epoch"].is_string());
    let lure = jones.file("lure.json", phishing().0);
    jones.ok(&["publish", &lure, "--yes", "--title", "Fake donation page"]);
    wait_until("the alert to arrive", || locked.ok(&["alerts"])["alerts"].as_array().unwrap().len() == 1);
    daemon.stop();

    let mut secrets: Vec<Vec<u8>> = phishing().1.into_iter().map(|(_, value)| value.into_bytes()).collect();
    secrets.extend(["Fake donation page", "Jones for Ohio", "Ohio Watch", "republican"].map(Into::into));
    let sealed = locked.path().join("circles");
    let mut looked_at = 0;
    for (path, bytes) in locked.files() {
        if path.starts_with(&sealed) || path.ends_with("identity.key") {
            looked_at += bytes.len();
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret);
                assert!(!found, "{} holds {}", path.display(), String::from_utf8_lossy(secret));
            }
        }
    }
    assert!(looked_at > 4096, "{looked_at}");
    // And the program itself does not show it to who has not the words.
    locked.refuses(&["alerts"], 5);
    locked.refuses(&["circle", "show"], 5);
    locked.ok(&["alerts", "--passphrase-file", &words]);
}

#[test]
fn what_lies_in_the_clear_is_what_the_page_on_security_says() {
    let home = Home::init("Smith for State", "democratic");
    let jones = Home::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&home, &jones]);
    let mut clear: Vec<String> = home
        .files()
        .iter()
        .map(|(path, _)| path.strip_prefix(home.path()).unwrap().to_str().unwrap().to_owned())
        .filter(|path| path != "identity.key" && !path.starts_with("circles/"))
        .map(|path| path.split('/').next().unwrap().to_owned())
        .collect();
    clear.sort();
    clear.dedup();
    assert_eq!(clear, ["card.txt", "drafts", "settings.toml"]);
    let page = watchfire_tests::repository::read("SECURITY.md");
    for name in clear {
        assert!(
            page.contains(&format!("`{name}`")),
            "SECURITY.md does not say that {name} lies in the clear"
        );
    }
}

/// So nobody who reads along in one home can tell what another one holds.
#[test]
fn two_homes_of_one_circle_share_no_bytes_of_their_stores() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);
    start_all(&mut [&mut smith, &mut jones]);
    smith.ok(&["publish", &smith.file("lure.json", phishing().0), "--yes"]);
    jones.alerts(1);
    smith.stop();
    jones.stop();
    let store = |node: &Node| {
        let inside = |path: &std::path::Path| path.components().any(|part| part.as_os_str() == "store");
        let files = node.files().into_iter().filter(|(path, _)| inside(path));
        files.flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>()
    };
    let (one, other) = (store(&smith), store(&jones));
    // Blocks of high variety stand for sealed values; the tree's own bookkeeping is alike everywhere.
    let varied = |block: &&[u8]| {
        let mut seen = block.to_vec();
        seen.sort_unstable();
        seen.dedup();
        seen.len() > 24
    };
    let blocks: std::collections::BTreeSet<&[u8]> = one.windows(32).filter(varied).collect();
    let shared = other.windows(32).filter(varied).filter(|block| blocks.contains(block)).count();
    assert!(!blocks.is_empty());
    assert_eq!(shared, 0, "the same records are sealed under each home's own key");
}
