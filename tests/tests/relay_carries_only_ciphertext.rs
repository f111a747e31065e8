//! A relay in between forwards and keeps what it cannot open: its disk, its output and its log hold nothing readable.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use watchfire_tests::client::Home;
use watchfire_tests::cluster::{Node, as_str, found, start_all, two_founders};
use watchfire_tests::daemon::Daemon;
use watchfire_tests::ports::free_port;
use watchfire_tests::samples::{pairs, phishing};
use watchfire_tests::wait::wait_until;

/// Pairs the circle of two with a relay; both have found it when this returns.
fn paired(smith: &Node, jones: &Node, relay: &Daemon) {
    let paired = smith.ok(&["relay", "pair", &relay.address()]);
    assert!(as_str(&paired["relay"]).ends_with(&as_str(&relay.ready()["peer"])));
    wait_until("both to use the relay", || {
        [smith, jones].iter().all(|node| node.status()["relays"].as_array().unwrap().len() == 1)
    });
}

/// Everything that the alert and the circle would be known by.
fn secrets(node: &Node) -> Vec<String> {
    let (_, values) = phishing();
    let status = node.status();
    let mut secrets: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
    secrets
        .extend(["Fake donation page", "Smith for State", "Jones for Ohio", "Ohio Watch"].map(str::to_owned));
    secrets.extend(["member", "circle"].map(|key| as_str(&status[key])));
    secrets
}

/// No file below the folder holds any of these, as text or as the bytes that a hexadecimal id stands for. What a running
/// program takes away or renames while this looks is passed over.
fn holds_none(folder: &Path, secrets: &[String]) -> usize {
    let mut looked_at = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            looked_at += holds_none(&path, secrets);
        } else if path.is_file() {
            let bytes = match fs::read(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                read => read.unwrap(),
            };
            for secret in secrets {
                let raw = (0..secret.len() / 2)
                    .map(|at| u8::from_str_radix(secret.get(2 * at..2 * at + 2)?, 16).ok())
                    .collect::<Option<Vec<u8>>>();
                for form in [Some(secret.clone().into_bytes()), raw.filter(|raw| raw.len() == 32)]
                    .into_iter()
                    .flatten()
                {
                    let found = bytes.windows(form.len()).any(|window| window == form);
                    assert!(!found, "{} holds {secret}", path.display());
                }
            }
            looked_at += bytes.len();
        }
    }
    looked_at
}

#[test]
fn what_a_relay_keeps_reaches_a_member_that_was_away_and_nobody_else() {
    let (mut smith, mut jones) = two_founders();
    let forwarder = Home::empty();
    // The same before and after it was away, so it is no port that another may be given meanwhile.
    let port = free_port().to_string();
    let mut running = forwarder.relay(&port);
    paired(&smith, &jones, &running);
    let secrets = secrets(&smith);

    // The two are never there at the same time: only the relay can bring it over.
    jones.stop();
    let before = holds_none(forwarder.path(), &secrets);
    let (file, expected) = phishing();
    let lure = smith.file("lure.json", file);
    let published = smith.ok(&["publish", &lure, "--yes", "--title", "Fake donation page"]);
    // The smallest envelope is over 600 bytes.
    wait_until("the relay to have written it down", || {
        holds_none(forwarder.path(), &secrets) >= before + 600
    });
    smith.stop();
    // What it keeps outlives it.
    let report = running.stop_with_report();
    assert!(report["envelopes"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["opened"], 0);
    running = forwarder.relay(&port);
    jones.start(&[]);
    let alert = &jones.alerts(1)[0];
    assert_eq!((&alert["record"], pairs(&alert["indicators"])), (&published["record"], expected));

    holds_none(forwarder.path(), &secrets);
    let log = running.log();
    assert!(secrets.iter().all(|secret| !log.contains(secret.as_str())), "{log}");
    let report = running.stop_with_report();
    assert!(report["forwarded"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["opened"], 0);
}

#[test]
fn a_relay_stays_away_from_a_members_home() {
    let home = Home::init("Smith for State", "democratic");
    let before = home.files();
    home.refuses(&["relay", "run", "--listen", "/ip4/127.0.0.1/udp/0/quic-v1"], 2);
    assert!(home.files() == before);
    home.refuses(&["relay", "pair", "/ip4/127.0.0.1/udp/4001/quic-v1"], 3);
}

#[test]
fn a_members_node_is_no_relay_and_stays_linked() {
    let (smith, jones) = two_founders();
    for address in ["nowhere", "/ip4/127.0.0.1/udp/4001/quic-v1", &jones.address(), &smith.address()] {
        smith.refuses(&["relay", "pair", address], 2);
    }
    assert_eq!((smith.linked(), jones.linked()), (1, 1));
}

/// Relays are found by what members say of them, and a member may lie.
#[test]
fn a_member_that_calls_anothers_node_a_relay_cuts_nobody_off() {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    let mut baker = Node::init("Baker for Senate", "democratic");
    let circle = found("Ohio Watch", &[&smith, &jones, &baker]);
    start_all(&mut [&mut smith, &mut jones, &mut baker]);

    smith.stop();
    let path = smith.path().join("settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let address = jones.address();
    let lie = format!("{settings}\n[[relay]]\ncircle = \"{circle}\"\naddress = \"{address}\"\n");
    fs::write(&path, lie).unwrap();
    smith.start(&[&jones, &baker]);
    wait_until("the liar to be heard", || baker.linked() == 2 && jones.linked() >= 1);
    smith.ok(&["publish", &smith.file("one.txt", "hxxp://one[.]watchfire-sample[.]net/"), "--yes"]);
    jones.alerts(1);
    baker.alerts(1);
    smith.stop();

    // Only the link between these two is left.
    jones.ok(&["publish", &jones.file("two.txt", "hxxp://two[.]watchfire-sample[.]net/"), "--yes"]);
    baker.alerts(2);
    assert_eq!((jones.linked(), baker.linked()), (1, 1));
}
