//! What a link carries.

use std::time::{Duration, Instant};

use watchfire::net::{self, Limits, LinkKind, NetCommand, NetConfig, NetError, NetEvent};
use zeroize::Zeroizing;

use crate::support::{Node, QUIC, TCP, free_port, pair};

async fn frames_go_both_ways(listen: &str) {
    let (mut a, mut b) = pair(listen, Limits::default()).await;
    a.send(b.peer(), *b"from a");
    b.send(a.peer(), *b"from b");
    assert_eq!(b.frame().await, b"from a");
    assert_eq!(a.frame().await, b"from b");
    a.handle.shutdown().await;
    b.down(a.peer()).await;
    a.down(b.peer()).await;
    assert_eq!(a.events.recv().await, None);
}

#[tokio::test]
async fn frames_go_both_ways_over_quic() {
    frames_go_both_ways(QUIC).await;
}

#[tokio::test]
async fn frames_go_both_ways_over_tcp() {
    frames_go_both_ways(TCP).await;
}

#[tokio::test]
async fn addresses_have_bound_ports_and_name_the_node() {
    let node = Node::start(1, &["/ip4/0.0.0.0/udp/0/quic-v1", TCP]).await;
    let addresses = node.addresses();
    assert!(addresses.len() >= 2);
    for address in &addresses {
        let text = address.to_string();
        assert!(text.ends_with(&format!("/p2p/{}", node.peer())), "{text}");
        assert!(!text.contains("/0.0.0.0/") && !text.contains("/udp/0/") && !text.contains("/tcp/0/"));
    }
    assert_eq!(node.peer(), net::peer_id(&[1; 32]));
}

/// A node that did not wait for an address that never comes, which takes five seconds; a busy machine may need several
/// tries to show it.
async fn started_at_once(listen: &[&str]) -> Node {
    for _ in 0..5 {
        let begin = Instant::now();
        let node = Node::start(1, listen).await;
        if begin.elapsed() < Duration::from_secs(4) {
            return node;
        }
    }
    panic!("it never started within four seconds");
}

#[tokio::test]
async fn the_usual_wildcards_come_up_with_or_without_ip6() {
    let usual =
        ["/ip4/0.0.0.0/udp/0/quic-v1", "/ip4/0.0.0.0/tcp/0", "/ip6/::/udp/0/quic-v1", "/ip6/::/tcp/0"];
    let node = started_at_once(&usual).await;
    let local = |text: &String| text.starts_with("/ip4/127.0.0.1/");
    let texts: Vec<String> = node.addresses().iter().map(ToString::to_string).collect();
    assert_eq!(texts.iter().filter(|text| local(text)).count(), 2);
}

#[tokio::test]
async fn a_node_that_only_dials_needs_no_listener() {
    assert!(started_at_once(&[]).await.addresses().is_empty());
}

#[tokio::test]
async fn an_address_without_a_peer_id_is_enough() {
    let mut a = Node::start(1, &[]).await;
    let mut b = Node::start(2, &[TCP]).await;
    let text = b.addresses()[0].to_string();
    let bare = text.split("/p2p/").next().unwrap().parse().unwrap();
    a.dial_at(None, vec![bare]);
    assert!(a.up(b.peer()).await);
    assert!(!b.up(a.peer()).await);
}

#[tokio::test]
async fn a_thousand_frames_arrive_in_order() {
    for listen in [QUIC, TCP] {
        let (a, mut b) = pair(listen, Limits::default()).await;
        for number in 0..1000_u32 {
            let mut frame = vec![0; 4 + (number as usize * 37) % 3000];
            frame[..4].copy_from_slice(&number.to_be_bytes());
            a.send(b.peer(), frame);
        }
        for number in 0..1000_u32 {
            let frame = b.frame().await;
            assert_eq!(frame[..4], number.to_be_bytes());
            assert_eq!(frame.len(), 4 + (number as usize * 37) % 3000);
        }
    }
}

#[tokio::test]
async fn what_is_queued_is_written_before_a_link_is_closed() {
    for listen in [QUIC, TCP] {
        let (mut a, mut b) = pair(listen, Limits::default()).await;
        for _ in 0..50 {
            a.send(b.peer(), vec![5; 20_000]);
        }
        a.handle.send(NetCommand::Disconnect { peer: b.peer() });
        for _ in 0..50 {
            assert_eq!(b.frame().await.len(), 20_000);
        }
        b.down(a.peer()).await;
        a.down(b.peer()).await;
        a.dial(&b);
        a.up(b.peer()).await;
        b.up(a.peer()).await;
    }
}

#[tokio::test]
async fn megabytes_pass_in_seconds() {
    const FRAMES: usize = 500;
    const BYTES: usize = 64 * 1024;
    for listen in [QUIC, TCP] {
        let (a, mut b) = pair(listen, Limits::default()).await;
        let to = b.peer();
        let begin = Instant::now();
        let sender = tokio::spawn(async move {
            for _ in 0..FRAMES {
                while a.handle.queued_bytes(&to).unwrap() > 1024 * 1024 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                a.send(to, vec![9; BYTES]);
            }
            a
        });
        for _ in 0..FRAMES {
            assert_eq!(b.frame().await.len(), BYTES);
        }
        let seconds = begin.elapsed().as_secs_f64();
        let rate = (FRAMES * BYTES) as f64 / 1e6 / seconds;
        // A bound against hanging: an unoptimised build on a busy machine manages several times as much.
        assert!(rate > 0.5, "{listen}: {rate:.1} MB/s");
        drop(sender.await.unwrap());
    }
}

#[tokio::test]
async fn a_small_frame_passes_in_milliseconds() {
    for listen in [QUIC, TCP] {
        let (mut a, mut b) = pair(listen, Limits::default()).await;
        let mut trips = Vec::new();
        for _ in 0..50 {
            let begin = Instant::now();
            a.send(b.peer(), *b"ping");
            b.frame().await;
            b.send(a.peer(), *b"pong");
            a.frame().await;
            trips.push(begin.elapsed());
        }
        trips.sort();
        // Nagle's algorithm with delayed acknowledgements would cost each of them 40 ms; a busy machine costs some.
        assert!(trips[5] < Duration::from_millis(20), "{listen}: {trips:?}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_an_error_with_a_remedy() {
    for listen in [QUIC, TCP] {
        let node = Node::start(1, &[listen]).await;
        let taken = node.addresses()[0].to_string();
        let taken = taken.split("/p2p/").next().unwrap().parse().unwrap();
        let seed = Zeroizing::new([2; 32]);
        let config = NetConfig::new(seed, vec![taken], LinkKind::Member);
        match net::spawn(config).await {
            Err(error @ NetError::Listen { .. }) => assert!(!error.remedy().is_empty()),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("two nodes on one port"),
        }
    }
}

#[tokio::test]
async fn a_shutdown_frees_the_ports() {
    let port = free_port();
    for listen in [format!("/ip4/127.0.0.1/udp/{port}/quic-v1"), format!("/ip4/127.0.0.1/tcp/{port}")] {
        let node = Node::start(1, &[&listen]).await;
        assert!(node.addresses()[0].to_string().starts_with(&listen));
        node.handle.shutdown().await;
        Node::start(2, &[&listen]).await;
    }
}

#[tokio::test]
async fn relay_links_are_told_from_member_links() {
    let mut relay = Node::with(1, &[QUIC], LinkKind::Relay, Limits::default()).await;
    let mut member = Node::start(2, &[QUIC]).await;
    member.dial(&relay);
    assert!(member.dial_error().await.contains("does not take this kind of link"));
    member.handle.send(NetCommand::Dial {
        peer: Some(relay.peer()),
        addresses: relay.addresses(),
        kind: LinkKind::Relay,
    });
    let up = |peer, dialed| NetEvent::Up { peer, dialed, kind: LinkKind::Relay };
    assert_eq!(member.next().await, up(relay.peer(), true));
    assert_eq!(relay.next().await, up(member.peer(), false));
}
