//! One link for each pair of nodes, whoever dials and whatever breaks.

use std::time::Duration;

use watchfire::net::NetEvent;

use crate::support::{Node, QUIC, TCP, dies_silently};

/// The two seeds in the order of their peer ids: the first node names the link.
fn in_order(one: u8, other: u8) -> (u8, u8) {
    let peer = |seed: u8| watchfire::net::peer_id(&[seed; 32]);
    if peer(one) < peer(other) { (one, other) } else { (other, one) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_dials_at_once_give_one_link_that_loses_nothing() {
    for listen in [QUIC, TCP] {
        for round in 0..8_u8 {
            let mut a = Node::start(10 + round, &[listen]).await;
            let mut b = Node::start(40 + round, &[listen]).await;
            a.dial(&b);
            b.dial(&a);
            let a_dialed = a.up(b.peer()).await;
            a.send(b.peer(), *b"first of a");
            let b_dialed = b.up(a.peer()).await;
            b.send(a.peer(), *b"first of b");
            assert_ne!(a_dialed, b_dialed);
            assert_eq!(b.frame().await, b"first of a");
            assert_eq!(a.frame().await, b"first of b");
            a.accept(b.peer());
            b.accept(a.peer());
            a.quiet(Duration::from_millis(200)).await;
            b.quiet(Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test]
async fn a_race_leaves_no_link_that_dies_later() {
    let mut a = Node::start(1, &[QUIC]).await;
    let mut b = Node::start(2, &[QUIC]).await;
    a.dial(&b);
    b.dial(&a);
    a.up(b.peer()).await;
    b.up(a.peer()).await;
    a.accept(b.peer());
    b.accept(a.peer());
    // Longer than the patience with a surplus stream and than the time of a stranger.
    a.quiet(Duration::from_secs(12)).await;
    b.quiet(Duration::from_millis(10)).await;
}

#[tokio::test]
async fn a_second_dial_changes_nothing() {
    let mut a = Node::start(1, &[QUIC]).await;
    let mut b = Node::start(2, &[QUIC]).await;
    a.dial(&b);
    a.dial(&b);
    a.up(b.peer()).await;
    b.up(a.peer()).await;
    a.dial(&b);
    b.dial(&a);
    a.quiet(Duration::from_secs(3)).await;
    b.quiet(Duration::from_millis(10)).await;
    a.send(b.peer(), *b"still");
    assert_eq!(b.frame().await, b"still");
}

/// A node that dies without a word and comes back with the same key gets its link at once, before the other has noticed.
async fn comes_back(dead: u8, other: u8) {
    let mut other = Node::start(other, &[QUIC]).await;
    dies_silently(dead, &mut other).await;
    let peer = watchfire::net::peer_id(&[dead; 32]);
    let mut back = Node::start(dead, &[]).await;
    back.dial(&other);
    assert!(back.up(other.peer()).await);
    other.down(peer).await;
    other.up(peer).await;
    back.send(other.peer(), *b"back");
    assert_eq!(other.frame().await, b"back");
}

#[tokio::test]
async fn a_node_that_names_the_link_comes_back() {
    let (names, follows) = in_order(1, 2);
    comes_back(names, follows).await;
}

#[tokio::test]
async fn a_node_that_follows_comes_back() {
    let (names, follows) = in_order(1, 2);
    comes_back(follows, names).await;
}

#[tokio::test]
async fn another_peer_id_than_the_wanted_one_is_refused() {
    for listen in [QUIC, TCP] {
        let mut a = Node::start(1, &[]).await;
        let mut b = Node::start(2, &[listen]).await;
        let text = b.addresses()[0].to_string();
        let bare = text.split("/p2p/").next().unwrap().parse().unwrap();
        let wanted = watchfire::net::peer_id(&[3; 32]);
        a.dial_at(Some(wanted), vec![bare]);
        match a.next().await {
            NetEvent::DialFailed { peer, error, .. } => {
                assert_eq!(peer, Some(wanted));
                assert!(error.contains("another node"), "{error}");
            }
            other => panic!("{other:?}"),
        }
        a.dial_at(Some(wanted), b.addresses());
        assert!(a.dial_error().await.contains("another node"));
        b.quiet(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn addresses_that_lead_elsewhere_do_not_hide_the_right_one() {
    let mut a = Node::start(1, &[TCP]).await;
    let mut wrong = Node::start(2, &[QUIC]).await;
    let mut right = Node::start(3, &[TCP]).await;
    let bare = |node: &Node| node.addresses()[0].to_string().split("/p2p/").next().unwrap().parse().unwrap();
    let dead = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
    a.dial_at(Some(right.peer()), vec![bare(&wrong), bare(&a), dead, bare(&right)]);
    assert!(a.up(right.peer()).await);
    right.up(a.peer()).await;
    wrong.quiet(Duration::from_millis(100)).await;
}

#[tokio::test]
async fn a_dial_that_leads_nowhere_is_reported() {
    let mut a = Node::start(1, &[QUIC, TCP]).await;
    let nobody = watchfire::net::peer_id(&[3; 32]);
    a.dial_at(Some(nobody), vec!["/ip4/127.0.0.1/tcp/1".parse().unwrap()]);
    assert!(a.dial_error().await.contains("refused"));
    a.dial_at(Some(nobody), Vec::new());
    a.dial_error().await;
    a.dial_at(None, vec!["/memory/1".parse().unwrap()]);
    a.dial_error().await;
    let own = a.addresses();
    for address in own {
        let bare = address.to_string().split("/p2p/").next().unwrap().parse().unwrap();
        for address in [address, bare] {
            a.dial_at(None, vec![address]);
            let error = a.dial_error().await;
            assert!(error.contains("itself"), "{error}");
        }
    }
}
