//! Whoever dials a node without belonging to its circle is told neither circle, member nor record, and is counted.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use watchfire::net::{self, LinkKind, NetCommand, NetConfig, NetEvent};
use watchfire_tests::cluster::{Node, found, start_all, two_founders};
use watchfire_tests::wait::{PATIENCE, wait_until};

/// How often a node saw any rule broken whose label begins like this.
fn refused(node: &Node, label: &str) -> u64 {
    let status = node.status();
    let rows = status["refused"].as_array().unwrap();
    let matching = rows.iter().filter(|row| row["rule"].as_str().unwrap().starts_with(label));
    matching.map(|row| row["count"].as_u64().unwrap()).sum()
}

/// Everything that could tell an outsider who is there.
fn secrets(node: &Node) -> Vec<Vec<u8>> {
    let status = node.status();
    let mut texts: Vec<String> = ["member", "name", "circle", "circle_name", "epoch"]
        .map(|key| status[key].as_str().unwrap().to_owned())
        .into();
    texts.extend(
        status["peers"].as_array().unwrap().iter().map(|peer| peer["name"].as_str().unwrap().to_owned()),
    );
    let ids: Vec<Vec<u8>> = texts.iter().filter_map(|text| unhex(text)).collect();
    texts.into_iter().map(String::into_bytes).chain(ids).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len() / 2).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok());
    (text.len() == 64).then(|| pairs.collect::<Option<_>>()).flatten()
}

fn holds_none(bytes: &[u8], secrets: &[Vec<u8>]) {
    for secret in secrets {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{bytes:?} holds {secret:?}");
    }
}

#[test]
fn a_member_of_another_circle_is_turned_away_and_counted() {
    let (smith, jones) = two_founders();
    let mut vendor = Node::init("Vendor", "nonpartisan");
    let mut other = Node::init("Other vendor", "nonpartisan");
    found("Vendors", &[&vendor, &other]);
    start_all(&mut [&mut vendor, &mut other]);
    vendor.start(&[&smith, &other]);

    wait_until("the refusal to be counted", || refused(&smith, "frame.greeting-failed") > 0);
    wait_until("the vendor to find its own circle again", || vendor.linked() == 1);
    let told = format!("{} {}", vendor.status(), vendor.ok(&["circle", "show"]));
    for secret in ["Smith for State", "Jones for Ohio", "Ohio Watch"] {
        assert!(!told.contains(secret), "{told}");
    }
    assert!(!vendor.daemon().log().contains("Smith for State"));
    // The circle itself did not notice.
    assert_eq!((smith.linked(), jones.linked()), (1, 1));
    assert!(!smith.status().to_string().contains("Vendor"));
}

#[test]
fn frames_of_one_who_speaks_the_protocol_but_holds_no_secret_end_the_link() {
    let (smith, jones) = two_founders();
    let secrets = secrets(&smith);
    let address = smith.address();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let frames: [Vec<u8>; 5] =
        [vec![0], vec![0xff; 300], vec![1; 16 * 1024], vec![2; 20 * 1024], b"GET / HTTP/1.1\r\n\r\n".into()];
    for (number, frame) in frames.into_iter().enumerate() {
        let before = refused(&smith, "");
        let heard = runtime.block_on(async {
            let seed = [u8::try_from(number).unwrap() + 1; 32];
            let config = NetConfig::new(seed.into(), Vec::new(), LinkKind::Member);
            let (handle, mut events) = net::spawn(config).await.unwrap();
            let addresses = vec![address.parse().unwrap()];
            handle.send(NetCommand::Dial { peer: None, addresses, kind: LinkKind::Member });
            let mut heard = Vec::new();
            loop {
                match tokio::time::timeout(PATIENCE, events.recv()).await.unwrap().unwrap() {
                    NetEvent::Up { peer, .. } => {
                        handle.send(NetCommand::Send { peer, frame: frame.clone().into() });
                    }
                    NetEvent::Frame { frame, .. } => heard.extend(frame),
                    NetEvent::Down { .. } => break,
                    NetEvent::DialFailed { error, .. } => panic!("{error}"),
                    NetEvent::Listening(_) | NetEvent::Reserved { .. } => {}
                }
            }
            handle.shutdown().await;
            heard
        });
        holds_none(&heard, &secrets);
        // A frame over the bound for strangers is not even read: the link ends below the engine that counts.
        if frame_is_read(number) {
            wait_until("the broken rule to be counted", || refused(&smith, "") > before);
        }
    }
    assert_eq!((smith.linked(), jones.linked()), (1, 1));
}

/// Which of the frames are small enough to reach the engine.
fn frame_is_read(number: usize) -> bool {
    number != 3
}

#[test]
fn garbage_on_the_bare_port_is_answered_with_nothing_of_ours() {
    let (mut smith, jones) = two_founders();
    smith.stop();
    smith.start_with(&["--listen", "/ip4/127.0.0.1/tcp/0", "--connect", &jones.address()]);
    wait_until("the circle to be linked", || smith.linked() == 1);
    let listen: Vec<String> = match &smith.daemon().ready()["listen"] {
        Value::Array(all) => all.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        other => panic!("{other}"),
    };
    let tcp = listen.iter().find(|address| address.contains("/tcp/")).unwrap();
    let port: u16 = tcp.split('/').nth(4).unwrap().parse().unwrap();
    let secrets = secrets(&smith);
    for garbage in [
        &b"\x00\x01\x02"[..],
        &[0xff; 64 * 1024],
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x13/multistream/1.0.0\n",
    ] {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // The node may close at once.
        let _ = socket.write_all(garbage);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let mut heard = Vec::new();
        // Closed by the node, in order or with a reset; a time-out would be a socket that stays open.
        if let Err(error) = socket.read_to_end(&mut heard) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        holds_none(&heard, &secrets);
    }
    assert_eq!(smith.linked(), 1);
}
